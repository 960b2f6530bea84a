import { array, int8, int16, int32, int64, message, string, struct, uuid, type Value } from '../../schema/notation.ts'

/** ShareSnapshotKey and ShareSnapshotValue (record type 0). Source: their specification in Apache Kafka 4.3.1. */
export const ShareSnapshotKey = message({
  name: 'ShareSnapshotKey',
  kind: 'coordinator-key',
  key: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    topicId: uuid('0'),
    partition: int32('0'),
  },
})
export type ShareSnapshotKey = Value<typeof ShareSnapshotKey>

const StateBatch = struct('StateBatch', {
  firstOffset: int64('0+'),
  lastOffset: int64('0+'),
  deliveryState: int8('0+'),
  deliveryCount: int16('0+'),
})

export const ShareSnapshotValue = message({
  name: 'ShareSnapshotValue',
  kind: 'coordinator-value',
  key: 0,
  versions: '0',
  flexible: '0+',
  fields: {
    snapshotEpoch: int32('0+'),
    stateEpoch: int32('0+'),
    leaderEpoch: int32('0+'),
    startOffset: int64('0+'),
    deliveryCompleteCount: int32('0+', { default: -1, tag: 0, tagged: '0+' }),
    createTimestamp: int64('0+'),
    writeTimestamp: int64('0+'),
    stateBatches: array(StateBatch, '0+'),
  },
})
export type ShareSnapshotValue = Value<typeof ShareSnapshotValue>
