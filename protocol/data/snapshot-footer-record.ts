import { int16, message, type Value } from '../schema/notation.ts'

/** Source: the specification of SnapshotFooterRecord in Apache Kafka 4.3.1. */
export const SnapshotFooterRecord = message({
  name: 'SnapshotFooterRecord',
  kind: 'data',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16('0+'),
  },
})
export type SnapshotFooterRecord = Value<typeof SnapshotFooterRecord>
