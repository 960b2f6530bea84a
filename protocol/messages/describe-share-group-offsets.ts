import { api, array, int16, int32, int64, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const DescribeShareGroupOffsetsRequestTopic = struct('DescribeShareGroupOffsetsRequestTopic', {
  topicName: string('0+'),
  partitions: array('int32', '0+'),
})

const DescribeShareGroupOffsetsRequestGroup = struct('DescribeShareGroupOffsetsRequestGroup', {
  groupId: string('0+'),
  topics: array(DescribeShareGroupOffsetsRequestTopic, '0+', { nullable: '0+' }),
})

export const DescribeShareGroupOffsetsRequest = message({
  name: 'DescribeShareGroupOffsetsRequest',
  kind: 'request',
  key: 90,
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groups: array(DescribeShareGroupOffsetsRequestGroup, '0+'),
  },
})
export type DescribeShareGroupOffsetsRequest = Value<typeof DescribeShareGroupOffsetsRequest>

const DescribeShareGroupOffsetsResponsePartition = struct('DescribeShareGroupOffsetsResponsePartition', {
  partitionIndex: int32('0+'),
  startOffset: int64('0+'),
  leaderEpoch: int32('0+'),
  lag: int64('1+', { default: -1, ignorable: true }),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
})

const DescribeShareGroupOffsetsResponseTopic = struct('DescribeShareGroupOffsetsResponseTopic', {
  topicName: string('0+'),
  topicId: uuid('0+'),
  partitions: array(DescribeShareGroupOffsetsResponsePartition, '0+'),
})

const DescribeShareGroupOffsetsResponseGroup = struct('DescribeShareGroupOffsetsResponseGroup', {
  groupId: string('0+'),
  topics: array(DescribeShareGroupOffsetsResponseTopic, '0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
})

export const DescribeShareGroupOffsetsResponse = message({
  name: 'DescribeShareGroupOffsetsResponse',
  kind: 'response',
  key: 90,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    groups: array(DescribeShareGroupOffsetsResponseGroup, '0+'),
  },
})
export type DescribeShareGroupOffsetsResponse = Value<typeof DescribeShareGroupOffsetsResponse>

/** API key 90. Source: the specifications of DescribeShareGroupOffsetsRequest and DescribeShareGroupOffsetsResponse in Apache Kafka 4.3.1. */
export const DescribeShareGroupOffsetsApi = api('DescribeShareGroupOffsets', DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse)
