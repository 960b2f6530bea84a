import { array, int8, int32, message, string, struct, uuid, type Value } from '../../schema/notation.ts'

/** ConsumerGroupCurrentMemberAssignmentKey and ConsumerGroupCurrentMemberAssignmentValue (record type 8). Source: their specification in Apache Kafka 4.3.1. */
export const ConsumerGroupCurrentMemberAssignmentKey = message({
  name: 'ConsumerGroupCurrentMemberAssignmentKey',
  kind: 'coordinator-key',
  key: 8,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
})
export type ConsumerGroupCurrentMemberAssignmentKey = Value<typeof ConsumerGroupCurrentMemberAssignmentKey>

const TopicPartitions = struct('TopicPartitions', {
  topicId: uuid('0+'),
  partitions: array('int32', '0+'),
  assignmentEpochs: array('int32', '0+', { nullable: '0+', tag: 0, tagged: '0+' }),
})

export const ConsumerGroupCurrentMemberAssignmentValue = message({
  name: 'ConsumerGroupCurrentMemberAssignmentValue',
  kind: 'coordinator-value',
  key: 8,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    assignedPartitions: array(TopicPartitions, '0+'),
    partitionsPendingRevocation: array(TopicPartitions, '0+'),
  },
})
export type ConsumerGroupCurrentMemberAssignmentValue = Value<typeof ConsumerGroupCurrentMemberAssignmentValue>
