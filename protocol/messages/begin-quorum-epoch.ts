import { api, array, int16, int32, message, string, struct, uint16, uuid, type Value } from '../schema/notation.ts'

const PartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
  voterDirectoryId: uuid('1+', { ignorable: true }),
  leaderId: int32('0+'),
  leaderEpoch: int32('0+'),
})

const TopicData = struct('TopicData', {
  topicName: string('0+'),
  partitions: array(PartitionData, '0+'),
})

const LeaderEndpoint = struct('LeaderEndpoint', {
  name: string('1+', { mapKey: true }),
  host: string('1+'),
  port: uint16('1+'),
})

export const BeginQuorumEpochRequest = message({
  name: 'BeginQuorumEpochRequest',
  kind: 'request',
  key: 53,
  versions: '0-1',
  flexible: '1+',
  listeners: ['controller'],
  fields: {
    clusterId: string('0+', { nullable: '0+', default: null }),
    voterId: int32('1+', { default: -1, ignorable: true }),
    topics: array(TopicData, '0+'),
    leaderEndpoints: array(LeaderEndpoint, '1+', { ignorable: true }),
  },
})
export type BeginQuorumEpochRequest = Value<typeof BeginQuorumEpochRequest>

const ResponsePartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
  leaderId: int32('0+'),
  leaderEpoch: int32('0+'),
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

export const BeginQuorumEpochResponse = message({
  name: 'BeginQuorumEpochResponse',
  kind: 'response',
  key: 53,
  versions: '0-1',
  flexible: '1+',
  fields: {
    errorCode: int16('0+'),
    topics: array(ResponseTopicData, '0+'),
    nodeEndpoints: array(NodeEndpoint, '1+', { tag: 0, tagged: '1+' }),
  },
})
export type BeginQuorumEpochResponse = Value<typeof BeginQuorumEpochResponse>

/** API key 53. Source: the specifications of BeginQuorumEpochRequest and BeginQuorumEpochResponse in Apache Kafka 4.3.1. */
export const BeginQuorumEpochApi = api('BeginQuorumEpoch', BeginQuorumEpochRequest, BeginQuorumEpochResponse)
