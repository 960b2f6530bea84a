import { array, message, string, struct, uuid, type Value } from '../../schema/notation.ts'

/** ShareGroupTargetAssignmentMemberKey and ShareGroupTargetAssignmentMemberValue (record type 13). Source: their specification in Apache Kafka 4.3.1. */
export const ShareGroupTargetAssignmentMemberKey = message({
  name: 'ShareGroupTargetAssignmentMemberKey',
  kind: 'coordinator-key',
  key: 13,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
})
export type ShareGroupTargetAssignmentMemberKey = Value<typeof ShareGroupTargetAssignmentMemberKey>

const TopicPartition = struct('TopicPartition', {
  topicId: uuid('0+'),
  partitions: array('int32', '0+'),
})

export const ShareGroupTargetAssignmentMemberValue = message({
  name: 'ShareGroupTargetAssignmentMemberValue',
  kind: 'coordinator-value',
  key: 13,
  versions: '0',
  flexible: '0+',
  fields: {
    topicPartitions: array(TopicPartition, '0+'),
  },
})
export type ShareGroupTargetAssignmentMemberValue = Value<typeof ShareGroupTargetAssignmentMemberValue>
