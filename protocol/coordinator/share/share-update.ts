import { array, int8, int16, int32, int64, message, string, struct, uuid, type Value } from '../../schema/notation.ts'

/** ShareUpdateKey and ShareUpdateValue (record type 1). Source: their specification in Apache Kafka 4.3.1. */
export const ShareUpdateKey = message({
  name: 'ShareUpdateKey',
  kind: 'coordinator-key',
  key: 1,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    topicId: uuid('0'),
    partition: int32('0'),
  },
})
export type ShareUpdateKey = Value<typeof ShareUpdateKey>

const StateBatch = struct('StateBatch', {
  firstOffset: int64('0+'),
  lastOffset: int64('0+'),
  deliveryState: int8('0+'),
  deliveryCount: int16('0+'),
})

export const ShareUpdateValue = message({
  name: 'ShareUpdateValue',
  kind: 'coordinator-value',
  key: 1,
  versions: '0',
  flexible: '0+',
  fields: {
    snapshotEpoch: int32('0+'),
    leaderEpoch: int32('0+'),
    startOffset: int64('0+'),
    deliveryCompleteCount: int32('0+', { default: -1, tag: 0, tagged: '0+' }),
    stateBatches: array(StateBatch, '0+'),
  },
})
export type ShareUpdateValue = Value<typeof ShareUpdateValue>
