import { int32, int64, message, string, type Value } from '../../schema/notation.ts'

/** ShareGroupTargetAssignmentMetadataKey and ShareGroupTargetAssignmentMetadataValue (record type 12). Source: their specification in Apache Kafka 4.3.1. */
export const ShareGroupTargetAssignmentMetadataKey = message({
  name: 'ShareGroupTargetAssignmentMetadataKey',
  kind: 'coordinator-key',
  key: 12,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
})
export type ShareGroupTargetAssignmentMetadataKey = Value<typeof ShareGroupTargetAssignmentMetadataKey>

export const ShareGroupTargetAssignmentMetadataValue = message({
  name: 'ShareGroupTargetAssignmentMetadataValue',
  kind: 'coordinator-value',
  key: 12,
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32('0+'),
    assignmentTimestamp: int64('0+', { default: 0, tag: 0, tagged: '0+', ignorable: true }),
  },
})
export type ShareGroupTargetAssignmentMetadataValue = Value<typeof ShareGroupTargetAssignmentMetadataValue>
