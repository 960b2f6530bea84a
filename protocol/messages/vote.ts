import { api, array, bool, int16, int32, int64, message, string, struct, uint16, uuid, type Value } from '../schema/notation.ts'

const PartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
  replicaEpoch: int32('0+'),
  replicaId: int32('0+'),
  replicaDirectoryId: uuid('1+', { ignorable: true }),
  voterDirectoryId: uuid('1+', { ignorable: true }),
  lastOffsetEpoch: int32('0+'),
  lastOffset: int64('0+'),
  preVote: bool('2+'),
})

const TopicData = struct('TopicData', {
  topicName: string('0+'),
  partitions: array(PartitionData, '0+'),
})

export const VoteRequest = message({
  name: 'VoteRequest',
  kind: 'request',
  key: 52,
  versions: '0-2',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    clusterId: string('0+', { nullable: '0+', default: null }),
    voterId: int32('1+', { default: -1, ignorable: true }),
    topics: array(TopicData, '0+'),
  },
})
export type VoteRequest = Value<typeof VoteRequest>

const ResponsePartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
  leaderId: int32('0+'),
  leaderEpoch: int32('0+'),
  voteGranted: bool('0+'),
})

const ResponseTopicData = struct('TopicData', {
  topicName: string('0+'),
  partitions: array(ResponsePartitionData, '0+'),
})

const NodeEndpoint = struct('NodeEndpoint', {
  nodeId: int32('1+', { mapKey: true }),
  host: string('1+'),
  port: uint16('1+'),
})

export const VoteResponse = message({
  name: 'VoteResponse',
  kind: 'response',
  key: 52,
  versions: '0-2',
  flexible: '0+',
  fields: {
    errorCode: int16('0+'),
    topics: array(ResponseTopicData, '0+'),
    nodeEndpoints: array(NodeEndpoint, '1+', { tag: 0, tagged: '1+' }),
  },
})
export type VoteResponse = Value<typeof VoteResponse>

/** API key 52. Source: the specifications of VoteRequest and VoteResponse in Apache Kafka 4.3.1. */
export const VoteApi = api('Vote', VoteRequest, VoteResponse)
