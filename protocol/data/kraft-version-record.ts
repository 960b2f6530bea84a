import { int16, message, type Value } from '../schema/notation.ts'

/** Source: the specification of KRaftVersionRecord in Apache Kafka 4.3.1. */
export const KRaftVersionRecord = message({
  name: 'KRaftVersionRecord',
  kind: 'data',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16('0+'),
    kRaftVersion: int16('0+'),
  },
})
export type KRaftVersionRecord = Value<typeof KRaftVersionRecord>
