import { array, int8, int32, message, string, struct, uuid, type Value } from '../../schema/notation.ts'

/** ShareGroupCurrentMemberAssignmentKey and ShareGroupCurrentMemberAssignmentValue (record type 14). Source: their specification in Apache Kafka 4.3.1. */
export const ShareGroupCurrentMemberAssignmentKey = message({
  name: 'ShareGroupCurrentMemberAssignmentKey',
  kind: 'coordinator-key',
  key: 14,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
})
export type ShareGroupCurrentMemberAssignmentKey = Value<typeof ShareGroupCurrentMemberAssignmentKey>

const TopicPartitions = struct('TopicPartitions', {
  topicId: uuid('0+'),
  partitions: array('int32', '0+'),
})

export const ShareGroupCurrentMemberAssignmentValue = message({
  name: 'ShareGroupCurrentMemberAssignmentValue',
  kind: 'coordinator-value',
  key: 14,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: array(TopicPartitions, '0+'),
  },
})
export type ShareGroupCurrentMemberAssignmentValue = Value<typeof ShareGroupCurrentMemberAssignmentValue>
