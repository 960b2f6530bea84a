import { api, array, int16, int32, int64, message, string, struct, uint16, uuid, type Value } from '../schema/notation.ts'

const PartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
})

const TopicData = struct('TopicData', {
  topicName: string('0+'),
  partitions: array(PartitionData, '0+'),
})

export const DescribeQuorumRequest = message({
  name: 'DescribeQuorumRequest',
  kind: 'request',
  key: 55,
  versions: '0-2',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    topics: array(TopicData, '0+'),
  },
})
export type DescribeQuorumRequest = Value<typeof DescribeQuorumRequest>

const ReplicaState = struct('ReplicaState', {
  replicaId: int32('0+'),
  replicaDirectoryId: uuid('2+'),
  logEndOffset: int64('0+'),
  lastFetchTimestamp: int64('1+', { default: -1, ignorable: true }),
  lastCaughtUpTimestamp: int64('1+', { default: -1, ignorable: true }),
})

const ResponsePartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('2+', { nullable: '2+', ignorable: true }),
  leaderId: int32('0+'),
  leaderEpoch: int32('0+'),
  highWatermark: int64('0+'),
  currentVoters: array(ReplicaState, '0+'),
  observers: array(ReplicaState, '0+'),
})

const ResponseTopicData = struct('TopicData', {
  topicName: string('0+'),
  partitions: array(ResponsePartitionData, '0+'),
})

const Listener = struct('Listener', {
  name: string('2+', { mapKey: true }),
  host: string('2+'),
  port: uint16('2+'),
})

const Node = struct('Node', {
  nodeId: int32('2+', { mapKey: true }),
  listeners: array(Listener, '2+'),
})

export const DescribeQuorumResponse = message({
  name: 'DescribeQuorumResponse',
  kind: 'response',
  key: 55,
  versions: '0-2',
  flexible: '0+',
  fields: {
    errorCode: int16('0+'),
    errorMessage: string('2+', { nullable: '2+', ignorable: true }),
    topics: array(ResponseTopicData, '0+'),
    nodes: array(Node, '2+'),
  },
})
export type DescribeQuorumResponse = Value<typeof DescribeQuorumResponse>

/** API key 55. Source: the specifications of DescribeQuorumRequest and DescribeQuorumResponse in Apache Kafka 4.3.1. */
export const DescribeQuorumApi = api('DescribeQuorum', DescribeQuorumRequest, DescribeQuorumResponse)
