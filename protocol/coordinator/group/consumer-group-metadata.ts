import { int32, int64, message, string, type Value } from '../../schema/notation.ts'

/** ConsumerGroupMetadataKey and ConsumerGroupMetadataValue (record type 3). Source: their specification in Apache Kafka 4.3.1. */
export const ConsumerGroupMetadataKey = message({
  name: 'ConsumerGroupMetadataKey',
  kind: 'coordinator-key',
  key: 3,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
})
export type ConsumerGroupMetadataKey = Value<typeof ConsumerGroupMetadataKey>

export const ConsumerGroupMetadataValue = message({
  name: 'ConsumerGroupMetadataValue',
  kind: 'coordinator-value',
  key: 3,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32('0+'),
    metadataHash: int64('0+', { default: 0, tag: 0, tagged: '0+' }),
  },
})
export type ConsumerGroupMetadataValue = Value<typeof ConsumerGroupMetadataValue>
