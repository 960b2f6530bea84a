import { int32, int64, message, type Value } from '../schema/notation.ts'

/** UnfenceBrokerRecord (record type 8). Source: its specification in Apache Kafka 4.3.1. */
export const UnfenceBrokerRecord = message({
  name: 'UnfenceBrokerRecord',
  kind: 'metadata',
  key: 8,
  versions: '0',
  flexible: '0+',
  fields: {
    id: int32('0+'),
    epoch: int64('0+'),
  },
})
export type UnfenceBrokerRecord = Value<typeof UnfenceBrokerRecord>
