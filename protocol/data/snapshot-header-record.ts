import { int16, int64, message, type Value } from '../schema/notation.ts'

/** Source: the specification of SnapshotHeaderRecord in Apache Kafka 4.3.1. */
export const SnapshotHeaderRecord = message({
  name: 'SnapshotHeaderRecord',
  kind: 'data',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16('0+'),
    lastContainedLogTimestamp: int64('0+'),
  },
})
export type SnapshotHeaderRecord = Value<typeof SnapshotHeaderRecord>
