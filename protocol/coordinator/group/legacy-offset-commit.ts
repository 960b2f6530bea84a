import { int32, int64, message, string, type Value } from '../../schema/notation.ts'

/** LegacyOffsetCommitKey and LegacyOffsetCommitValue (record type 0). Source: their specification in Apache Kafka 4.3.1. */
export const LegacyOffsetCommitKey = message({
  name: 'LegacyOffsetCommitKey',
  kind: 'coordinator-key',
  key: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    group: string('0'),
    topic: string('0'),
    partition: int32('0'),
  },
})
export type LegacyOffsetCommitKey = Value<typeof LegacyOffsetCommitKey>

export const LegacyOffsetCommitValue = message({
  name: 'LegacyOffsetCommitValue',
  kind: 'coordinator-value',
  key: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    offset: int64('0'),
    metadata: string('0'),
    commitTimestamp: int64('0'),
  },
})
export type LegacyOffsetCommitValue = Value<typeof LegacyOffsetCommitValue>
