import { api, array, int16, int32, message, string, struct, uint16, uuid, type Value } from '../schema/notation.ts'

const ReplicaInfo = struct('ReplicaInfo', {
  candidateId: int32('1+'),
  candidateDirectoryId: uuid('1+'),
})

const PartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
  leaderId: int32('0+'),
  leaderEpoch: int32('0+'),
  preferredSuccessors: array('int32', '0', { ignorable: true }),
  preferredCandidates: array(ReplicaInfo, '1+', { ignorable: true }),
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

export const EndQuorumEpochRequest = message({
  name: 'EndQuorumEpochRequest',
  kind: 'request',
  key: 54,
  versions: '0-1',
  flexible: '1+',
  listeners: ['controller'],
  fields: {
    clusterId: string('0+', { nullable: '0+', default: null }),
    topics: array(TopicData, '0+'),
    leaderEndpoints: array(LeaderEndpoint, '1+', { ignorable: true }),
  },
})
export type EndQuorumEpochRequest = Value<typeof EndQuorumEpochRequest>

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

export const EndQuorumEpochResponse = message({
  name: 'EndQuorumEpochResponse',
  kind: 'response',
  key: 54,
  versions: '0-1',
  flexible: '1+',
  fields: {
    errorCode: int16('0+'),
    topics: array(ResponseTopicData, '0+'),
    nodeEndpoints: array(NodeEndpoint, '1+', { tag: 0, tagged: '1+' }),
  },
})
export type EndQuorumEpochResponse = Value<typeof EndQuorumEpochResponse>

/** API key 54. Source: the specifications of EndQuorumEpochRequest and EndQuorumEpochResponse in Apache Kafka 4.3.1. */
export const EndQuorumEpochApi = api('EndQuorumEpoch', EndQuorumEpochRequest, EndQuorumEpochResponse)
