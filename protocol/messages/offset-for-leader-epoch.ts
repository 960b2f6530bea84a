import { api, array, int16, int32, int64, message, string, struct, type Value } from '../schema/notation.ts'

const OffsetForLeaderPartition = struct('OffsetForLeaderPartition', {
  partition: int32('0+'),
  currentLeaderEpoch: int32('2+', { default: -1, ignorable: true }),
  leaderEpoch: int32('0+'),
})

const OffsetForLeaderTopic = struct('OffsetForLeaderTopic', {
  topic: string('0+', { mapKey: true }),
  partitions: array(OffsetForLeaderPartition, '0+'),
})

export const OffsetForLeaderEpochRequest = message({
  name: 'OffsetForLeaderEpochRequest',
  kind: 'request',
  key: 23,
  versions: '2-4',
  flexible: '4+',
  listeners: ['broker'],
  fields: {
    replicaId: int32('3+', { default: -2, ignorable: true }),
    topics: array(OffsetForLeaderTopic, '0+'),
  },
})
export type OffsetForLeaderEpochRequest = Value<typeof OffsetForLeaderEpochRequest>

const EpochEndOffset = struct('EpochEndOffset', {
  errorCode: int16('0+'),
  partition: int32('0+'),
  leaderEpoch: int32('1+', { default: -1, ignorable: true }),
  endOffset: int64('0+', { default: -1 }),
})

const OffsetForLeaderTopicResult = struct('OffsetForLeaderTopicResult', {
  topic: string('0+', { mapKey: true }),
  partitions: array(EpochEndOffset, '0+'),
})

export const OffsetForLeaderEpochResponse = message({
  name: 'OffsetForLeaderEpochResponse',
  kind: 'response',
  key: 23,
  versions: '2-4',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array(OffsetForLeaderTopicResult, '0+'),
  },
})
export type OffsetForLeaderEpochResponse = Value<typeof OffsetForLeaderEpochResponse>

/** API key 23. Source: the specifications of OffsetForLeaderEpochRequest and OffsetForLeaderEpochResponse in Apache Kafka 4.3.1. */
export const OffsetForLeaderEpochApi = api('OffsetForLeaderEpoch', OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse)
