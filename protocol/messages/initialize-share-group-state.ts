import { api, array, int16, int32, int64, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const PartitionData = struct('PartitionData', {
  partition: int32('0+'),
  stateEpoch: int32('0+'),
  startOffset: int64('0+'),
})

const InitializeStateData = struct('InitializeStateData', {
  topicId: uuid('0+'),
  partitions: array(PartitionData, '0+'),
})

export const InitializeShareGroupStateRequest = message({
  name: 'InitializeShareGroupStateRequest',
  kind: 'request',
  key: 83,
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    topics: array(InitializeStateData, '0+'),
  },
})
export type InitializeShareGroupStateRequest = Value<typeof InitializeShareGroupStateRequest>

const PartitionResult = struct('PartitionResult', {
  partition: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
})

const InitializeStateResult = struct('InitializeStateResult', {
  topicId: uuid('0+'),
  partitions: array(PartitionResult, '0+'),
})

export const InitializeShareGroupStateResponse = message({
  name: 'InitializeShareGroupStateResponse',
  kind: 'response',
  key: 83,
  versions: '0',
  flexible: '0+',
  fields: {
    results: array(InitializeStateResult, '0+'),
  },
})
export type InitializeShareGroupStateResponse = Value<typeof InitializeShareGroupStateResponse>

/** API key 83. Source: the specifications of InitializeShareGroupStateRequest and InitializeShareGroupStateResponse in Apache Kafka 4.3.1. */
export const InitializeShareGroupStateApi = api('InitializeShareGroupState', InitializeShareGroupStateRequest, InitializeShareGroupStateResponse)
