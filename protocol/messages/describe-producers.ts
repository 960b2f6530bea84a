import { api, array, int16, int32, int64, message, string, struct, type Value } from '../schema/notation.ts'

const TopicRequest = struct('TopicRequest', {
  name: string('0+'),
  partitionIndexes: array('int32', '0+'),
})

export const DescribeProducersRequest = message({
  name: 'DescribeProducersRequest',
  kind: 'request',
  key: 61,
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    topics: array(TopicRequest, '0+'),
  },
})
export type DescribeProducersRequest = Value<typeof DescribeProducersRequest>

const ProducerState = struct('ProducerState', {
  producerId: int64('0+'),
  producerEpoch: int32('0+'),
  lastSequence: int32('0+', { default: -1 }),
  lastTimestamp: int64('0+', { default: -1 }),
  coordinatorEpoch: int32('0+'),
  currentTxnStartOffset: int64('0+', { default: -1 }),
})

const PartitionResponse = struct('PartitionResponse', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
  activeProducers: array(ProducerState, '0+'),
})

const TopicResponse = struct('TopicResponse', {
  name: string('0+'),
  partitions: array(PartitionResponse, '0+'),
})

export const DescribeProducersResponse = message({
  name: 'DescribeProducersResponse',
  kind: 'response',
  key: 61,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    topics: array(TopicResponse, '0+'),
  },
})
export type DescribeProducersResponse = Value<typeof DescribeProducersResponse>

/** API key 61. Source: the specifications of DescribeProducersRequest and DescribeProducersResponse in Apache Kafka 4.3.1. */
export const DescribeProducersApi = api('DescribeProducers', DescribeProducersRequest, DescribeProducersResponse)
