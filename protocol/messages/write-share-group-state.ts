import { api, array, int8, int16, int32, int64, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const StateBatch = struct('StateBatch', {
  firstOffset: int64('0+'),
  lastOffset: int64('0+'),
  deliveryState: int8('0+'),
  deliveryCount: int16('0+'),
})

const PartitionData = struct('PartitionData', {
  partition: int32('0+'),
  stateEpoch: int32('0+'),
  leaderEpoch: int32('0+'),
  startOffset: int64('0+'),
  deliveryCompleteCount: int32('1+', { default: -1, ignorable: true }),
  stateBatches: array(StateBatch, '0+'),
})

const WriteStateData = struct('WriteStateData', {
  topicId: uuid('0+'),
  partitions: array(PartitionData, '0+'),
})

export const WriteShareGroupStateRequest = message({
  name: 'WriteShareGroupStateRequest',
  kind: 'request',
  key: 85,
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    topics: array(WriteStateData, '0+'),
  },
})
export type WriteShareGroupStateRequest = Value<typeof WriteShareGroupStateRequest>

const PartitionResult = struct('PartitionResult', {
  partition: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
})

const WriteStateResult = struct('WriteStateResult', {
  topicId: uuid('0+'),
  partitions: array(PartitionResult, '0+'),
})

export const WriteShareGroupStateResponse = message({
  name: 'WriteShareGroupStateResponse',
  kind: 'response',
  key: 85,
  versions: '0-1',
  flexible: '0+',
  fields: {
    results: array(WriteStateResult, '0+'),
  },
})
export type WriteShareGroupStateResponse = Value<typeof WriteShareGroupStateResponse>

/** API key 85. Source: the specifications of WriteShareGroupStateRequest and WriteShareGroupStateResponse in Apache Kafka 4.3.1. */
export const WriteShareGroupStateApi = api('WriteShareGroupState', WriteShareGroupStateRequest, WriteShareGroupStateResponse)
