import { int32, int64, message, string, type Value } from '../../schema/notation.ts'

/** ShareGroupMetadataKey and ShareGroupMetadataValue (record type 11). Source: their specification in Apache Kafka 4.3.1. */
export const ShareGroupMetadataKey = message({
  name: 'ShareGroupMetadataKey',
  kind: 'coordinator-key',
  key: 11,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
})
export type ShareGroupMetadataKey = Value<typeof ShareGroupMetadataKey>

export const ShareGroupMetadataValue = message({
  name: 'ShareGroupMetadataValue',
  kind: 'coordinator-value',
  key: 11,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32('0+'),
    metadataHash: int64('0+'),
  },
})
export type ShareGroupMetadataValue = Value<typeof ShareGroupMetadataValue>
