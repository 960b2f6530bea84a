import { int32, int64, message, type Value } from '../schema/notation.ts'

/** ProducerIdsRecord (record type 15). Source: its specification in Apache Kafka 4.3.1. */
export const ProducerIdsRecord = message({
  name: 'ProducerIdsRecord',
  kind: 'metadata',
  key: 15,
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
    nextProducerId: int64('0+'),
  },
})
export type ProducerIdsRecord = Value<typeof ProducerIdsRecord>
