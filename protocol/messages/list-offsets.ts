import { api, array, int8, int16, int32, int64, int64Exact, message, string, struct, type Value } from '../schema/notation.ts'

const ListOffsetsPartition = struct('ListOffsetsPartition', {
  partitionIndex: int32('0+'),
  currentLeaderEpoch: int32('4+', { default: -1, ignorable: true }),
  timestamp: int64Exact('0+'),
})

const ListOffsetsTopic = struct('ListOffsetsTopic', {
  name: string('0+'),
  partitions: array(ListOffsetsPartition, '0+'),
})

export const ListOffsetsRequest = message({
  name: 'ListOffsetsRequest',
  kind: 'request',
  key: 2,
  versions: '1-11',
  flexible: '6+',
  listeners: ['broker'],
  fields: {
    replicaId: int32('0+'),
    isolationLevel: int8('2+'),
    topics: array(ListOffsetsTopic, '0+'),
    timeoutMs: int32('10+', { ignorable: true }),
  },
})
export type ListOffsetsRequest = Value<typeof ListOffsetsRequest>

const ListOffsetsPartitionResponse = struct('ListOffsetsPartitionResponse', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
  timestamp: int64Exact('1+', { default: -1n }),
  offset: int64('1+', { default: -1 }),
  leaderEpoch: int32('4+', { default: -1 }),
})

const ListOffsetsTopicResponse = struct('ListOffsetsTopicResponse', {
  name: string('0+'),
  partitions: array(ListOffsetsPartitionResponse, '0+'),
})

export const ListOffsetsResponse = message({
  name: 'ListOffsetsResponse',
  kind: 'response',
  key: 2,
  versions: '1-11',
  flexible: '6+',
  fields: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array(ListOffsetsTopicResponse, '0+'),
  },
})
export type ListOffsetsResponse = Value<typeof ListOffsetsResponse>

/** API key 2. Source: the specifications of ListOffsetsRequest and ListOffsetsResponse in Apache Kafka 4.3.1. */
export const ListOffsetsApi = api('ListOffsets', ListOffsetsRequest, ListOffsetsResponse)
