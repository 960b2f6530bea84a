import { api, array, int8, int16, int32, int64, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const PartitionData = struct('PartitionData', {
  partition: int32('0+'),
  leaderEpoch: int32('0+'),
})

const ReadStateData = struct('ReadStateData', {
  topicId: uuid('0+'),
  partitions: array(PartitionData, '0+'),
})

export const ReadShareGroupStateRequest = message({
  name: 'ReadShareGroupStateRequest',
  kind: 'request',
  key: 84,
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    topics: array(ReadStateData, '0+'),
  },
})
export type ReadShareGroupStateRequest = Value<typeof ReadShareGroupStateRequest>

const StateBatch = struct('StateBatch', {
  firstOffset: int64('0+'),
  lastOffset: int64('0+'),
  deliveryState: int8('0+'),
  deliveryCount: int16('0+'),
})

const PartitionResult = struct('PartitionResult', {
  partition: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
  stateEpoch: int32('0+'),
  startOffset: int64('0+'),
  stateBatches: array(StateBatch, '0+'),
})

const ReadStateResult = struct('ReadStateResult', {
  topicId: uuid('0+'),
  partitions: array(PartitionResult, '0+'),
})

export const ReadShareGroupStateResponse = message({
  name: 'ReadShareGroupStateResponse',
  kind: 'response',
  key: 84,
  versions: '0',
  flexible: '0+',
  fields: {
    results: array(ReadStateResult, '0+'),
  },
})
export type ReadShareGroupStateResponse = Value<typeof ReadShareGroupStateResponse>

/** API key 84. Source: the specifications of ReadShareGroupStateRequest and ReadShareGroupStateResponse in Apache Kafka 4.3.1. */
export const ReadShareGroupStateApi = api('ReadShareGroupState', ReadShareGroupStateRequest, ReadShareGroupStateResponse)
