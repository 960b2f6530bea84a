import { int32, int64, message, string, type Value } from '../../schema/notation.ts'

/** StreamsGroupTargetAssignmentMetadataKey and StreamsGroupTargetAssignmentMetadataValue (record type 20). Source: their specification in Apache Kafka 4.3.1. */
export const StreamsGroupTargetAssignmentMetadataKey = message({
  name: 'StreamsGroupTargetAssignmentMetadataKey',
  kind: 'coordinator-key',
  key: 20,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
})
export type StreamsGroupTargetAssignmentMetadataKey = Value<typeof StreamsGroupTargetAssignmentMetadataKey>

export const StreamsGroupTargetAssignmentMetadataValue = message({
  name: 'StreamsGroupTargetAssignmentMetadataValue',
  kind: 'coordinator-value',
  key: 20,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { default: 0, tag: 0, tagged: '0+', ignorable: true }),
  },
})
export type StreamsGroupTargetAssignmentMetadataValue = Value<typeof StreamsGroupTargetAssignmentMetadataValue>
