import { int32, int64, message, string, uuid, type Value } from '../../schema/notation.ts'

/** OffsetCommitKey and OffsetCommitValue (record type 1). Source: their specification in Apache Kafka 4.3.1. */
export const OffsetCommitKey = message({
  name: 'OffsetCommitKey',
  kind: 'coordinator-key',
  key: 1,
  versions: '0',
  flexible: 'none',
  fields: {
    group: string('0'),
    topic: string('0'),
    partition: int32('0'),
  },
})
export type OffsetCommitKey = Value<typeof OffsetCommitKey>

export const OffsetCommitValue = message({
  name: 'OffsetCommitValue',
  kind: 'coordinator-value',
  key: 1,
  versions: '0-4',
  flexible: '4+',
  fields: {
    offset: int64('0+'),
    leaderEpoch: int32('3+', { default: -1, ignorable: true }),
    metadata: string('0+'),
    commitTimestamp: int64('0+'),
    expireTimestamp: int64('1', { default: -1, ignorable: true }),
    topicId: uuid('4+', { tag: 0, tagged: '4+', ignorable: true }),
  },
})
export type OffsetCommitValue = Value<typeof OffsetCommitValue>
