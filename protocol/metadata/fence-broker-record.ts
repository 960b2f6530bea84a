import { int32, int64, message, type Value } from '../schema/notation.ts'

/** FenceBrokerRecord (record type 7). Source: its specification in Apache Kafka 4.3.1. */
export const FenceBrokerRecord = message({
  name: 'FenceBrokerRecord',
  kind: 'metadata',
  key: 7,
  versions: '0',
  flexible: '0+',
  fields: {
    id: int32('0+'),
    epoch: int64('0+'),
  },
})
export type FenceBrokerRecord = Value<typeof FenceBrokerRecord>
