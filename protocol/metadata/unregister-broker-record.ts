import { int32, int64, message, type Value } from '../schema/notation.ts'

/** UnregisterBrokerRecord (record type 1). Source: its specification in Apache Kafka 4.3.1. */
export const UnregisterBrokerRecord = message({
  name: 'UnregisterBrokerRecord',
  kind: 'metadata',
  key: 1,
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+'),
  },
})
export type UnregisterBrokerRecord = Value<typeof UnregisterBrokerRecord>
