import { api, array, bool, int16, int32, message, object, string, struct, uuid, type Value } from '../schema/notation.ts'

const TopicRequest = struct('TopicRequest', {
  name: string('0+'),
})

const Cursor = struct('Cursor', {
  topicName: string('0+'),
  partitionIndex: int32('0+'),
})

export const DescribeTopicPartitionsRequest = message({
  name: 'DescribeTopicPartitionsRequest',
  kind: 'request',
  key: 75,
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    topics: array(TopicRequest, '0+'),
    responsePartitionLimit: int32('0+', { default: 2000 }),
    cursor: object(Cursor, '0+', { nullable: '0+', default: null }),
  },
})
export type DescribeTopicPartitionsRequest = Value<typeof DescribeTopicPartitionsRequest>

const DescribeTopicPartitionsResponsePartition = struct('DescribeTopicPartitionsResponsePartition', {
  errorCode: int16('0+'),
  partitionIndex: int32('0+'),
  leaderId: int32('0+'),
  leaderEpoch: int32('0+', { default: -1, ignorable: true }),
  replicaNodes: array('int32', '0+'),
  isrNodes: array('int32', '0+'),
  eligibleLeaderReplicas: array('int32', '0+', { nullable: '0+', default: null }),
  lastKnownElr: array('int32', '0+', { nullable: '0+', default: null }),
  offlineReplicas: array('int32', '0+', { ignorable: true }),
})

const DescribeTopicPartitionsResponseTopic = struct('DescribeTopicPartitionsResponseTopic', {
  errorCode: int16('0+'),
  name: string('0+', { nullable: '0+', mapKey: true }),
  topicId: uuid('0+', { ignorable: true }),
  isInternal: bool('0+', { default: false, ignorable: true }),
  partitions: array(DescribeTopicPartitionsResponsePartition, '0+'),
  topicAuthorizedOperations: int32('0+', { default: -2147483648 }),
})

const ResponseCursor = struct('Cursor', {
  topicName: string('0+'),
  partitionIndex: int32('0+'),
})

export const DescribeTopicPartitionsResponse = message({
  name: 'DescribeTopicPartitionsResponse',
  kind: 'response',
  key: 75,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+', { ignorable: true }),
    topics: array(DescribeTopicPartitionsResponseTopic, '0+'),
    nextCursor: object(ResponseCursor, '0+', { nullable: '0+', default: null }),
  },
})
export type DescribeTopicPartitionsResponse = Value<typeof DescribeTopicPartitionsResponse>

/** API key 75. Source: the specifications of DescribeTopicPartitionsRequest and DescribeTopicPartitionsResponse in Apache Kafka 4.3.1. */
export const DescribeTopicPartitionsApi = api('DescribeTopicPartitions', DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse)
