import { api, array, bool, int16, int32, int64, message, object, string, struct, uuid, type Value } from '../schema/notation.ts'

const AcknowledgementBatch = struct('AcknowledgementBatch', {
  firstOffset: int64('0+'),
  lastOffset: int64('0+'),
  acknowledgeTypes: array('int8', '0+'),
})

const AcknowledgePartition = struct('AcknowledgePartition', {
  partitionIndex: int32('0+', { mapKey: true }),
  acknowledgementBatches: array(AcknowledgementBatch, '0+'),
})

const AcknowledgeTopic = struct('AcknowledgeTopic', {
  topicId: uuid('0+', { mapKey: true }),
  partitions: array(AcknowledgePartition, '0+'),
})

export const ShareAcknowledgeRequest = message({
  name: 'ShareAcknowledgeRequest',
  kind: 'request',
  key: 79,
  versions: '1-2',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+', { nullable: '0+', default: null }),
    memberId: string('0+', { nullable: '0+' }),
    shareSessionEpoch: int32('0+'),
    isRenewAck: bool('2+', { default: false }),
    topics: array(AcknowledgeTopic, '0+'),
  },
})
export type ShareAcknowledgeRequest = Value<typeof ShareAcknowledgeRequest>

const LeaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: int32('0+'),
  leaderEpoch: int32('0+'),
})

const PartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
  currentLeader: object(LeaderIdAndEpoch, '0+'),
})

const ShareAcknowledgeTopicResponse = struct('ShareAcknowledgeTopicResponse', {
  topicId: uuid('0+', { mapKey: true }),
  partitions: array(PartitionData, '0+'),
})

const NodeEndpoint = struct('NodeEndpoint', {
  nodeId: int32('0+', { mapKey: true }),
  host: string('0+'),
  port: int32('0+'),
  rack: string('0+', { nullable: '0+', default: null }),
})

export const ShareAcknowledgeResponse = message({
  name: 'ShareAcknowledgeResponse',
  kind: 'response',
  key: 79,
  versions: '1-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    acquisitionLockTimeoutMs: int32('2+', { ignorable: true }),
    responses: array(ShareAcknowledgeTopicResponse, '0+'),
    nodeEndpoints: array(NodeEndpoint, '0+'),
  },
})
export type ShareAcknowledgeResponse = Value<typeof ShareAcknowledgeResponse>

/** API key 79. Source: the specifications of ShareAcknowledgeRequest and ShareAcknowledgeResponse in Apache Kafka 4.3.1. */
export const ShareAcknowledgeApi = api('ShareAcknowledge', ShareAcknowledgeRequest, ShareAcknowledgeResponse)
