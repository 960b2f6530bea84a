import { int32, int64, message, string, type Value } from '../../schema/notation.ts'

/** ConsumerGroupTargetAssignmentMetadataKey and ConsumerGroupTargetAssignmentMetadataValue (record type 6). Source: their specification in Apache Kafka 4.3.1. */
export const ConsumerGroupTargetAssignmentMetadataKey = message({
  name: 'ConsumerGroupTargetAssignmentMetadataKey',
  kind: 'coordinator-key',
  key: 6,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
})
export type ConsumerGroupTargetAssignmentMetadataKey = Value<typeof ConsumerGroupTargetAssignmentMetadataKey>

export const ConsumerGroupTargetAssignmentMetadataValue = message({
  name: 'ConsumerGroupTargetAssignmentMetadataValue',
  kind: 'coordinator-value',
  key: 6,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { default: 0, tag: 0, tagged: '0+', ignorable: true }),
  },
})
export type ConsumerGroupTargetAssignmentMetadataValue = Value<typeof ConsumerGroupTargetAssignmentMetadataValue>
