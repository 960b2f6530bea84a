import { api, array, int16, int32, int64, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const PartitionData = struct('PartitionData', {
  partition: int32('0+'),
  leaderEpoch: int32('0+'),
})

const ReadStateSummaryData = struct('ReadStateSummaryData', {
  topicId: uuid('0+'),
  partitions: array(PartitionData, '0+'),
})

export const ReadShareGroupStateSummaryRequest = message({
  name: 'ReadShareGroupStateSummaryRequest',
  kind: 'request',
  key: 87,
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    topics: array(ReadStateSummaryData, '0+'),
  },
})
export type ReadShareGroupStateSummaryRequest = Value<typeof ReadShareGroupStateSummaryRequest>

const PartitionResult = struct('PartitionResult', {
  partition: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
  stateEpoch: int32('0+'),
  leaderEpoch: int32('0+'),
  startOffset: int64('0+'),
  deliveryCompleteCount: int32('1+', { default: -1, ignorable: true }),
})

const ReadStateSummaryResult = struct('ReadStateSummaryResult', {
  topicId: uuid('0+'),
  partitions: array(PartitionResult, '0+'),
})

export const ReadShareGroupStateSummaryResponse = message({
  name: 'ReadShareGroupStateSummaryResponse',
  kind: 'response',
  key: 87,
  versions: '0-1',
  flexible: '0+',
  fields: {
    results: array(ReadStateSummaryResult, '0+'),
  },
})
export type ReadShareGroupStateSummaryResponse = Value<typeof ReadShareGroupStateSummaryResponse>

/** API key 87. Source: the specifications of ReadShareGroupStateSummaryRequest and ReadShareGroupStateSummaryResponse in Apache Kafka 4.3.1. */
export const ReadShareGroupStateSummaryApi = api('ReadShareGroupStateSummary', ReadShareGroupStateSummaryRequest, ReadShareGroupStateSummaryResponse)
