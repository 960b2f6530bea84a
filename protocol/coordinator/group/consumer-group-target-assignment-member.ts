import { array, message, string, struct, uuid, type Value } from '../../schema/notation.ts'

/** ConsumerGroupTargetAssignmentMemberKey and ConsumerGroupTargetAssignmentMemberValue (record type 7). Source: their specification in Apache Kafka 4.3.1. */
export const ConsumerGroupTargetAssignmentMemberKey = message({
  name: 'ConsumerGroupTargetAssignmentMemberKey',
  kind: 'coordinator-key',
  key: 7,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
})
export type ConsumerGroupTargetAssignmentMemberKey = Value<typeof ConsumerGroupTargetAssignmentMemberKey>

const TopicPartition = struct('TopicPartition', {
  topicId: uuid('0+'),
  partitions: array('int32', '0+'),
})

export const ConsumerGroupTargetAssignmentMemberValue = message({
  name: 'ConsumerGroupTargetAssignmentMemberValue',
  kind: 'coordinator-value',
  key: 7,
  versions: '0',
  flexible: '0+',
  fields: {
    topicPartitions: array(TopicPartition, '0+'),
  },
})
export type ConsumerGroupTargetAssignmentMemberValue = Value<typeof ConsumerGroupTargetAssignmentMemberValue>
