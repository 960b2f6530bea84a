import { api, array, bool, int8, int16, int32, int64, message, object, records, string, struct, uuid, type Value } from '../schema/notation.ts'

const AcknowledgementBatch = struct('AcknowledgementBatch', {
  firstOffset: int64('0+'),
  lastOffset: int64('0+'),
  acknowledgeTypes: array('int8', '0+'),
})

const FetchPartition = struct('FetchPartition', {
  partitionIndex: int32('0+', { mapKey: true }),
  partitionMaxBytes: int32('0'),
  acknowledgementBatches: array(AcknowledgementBatch, '0+'),
})

const FetchTopic = struct('FetchTopic', {
  topicId: uuid('0+', { mapKey: true }),
  partitions: array(FetchPartition, '0+'),
})

const ForgottenTopic = struct('ForgottenTopic', {
  topicId: uuid('0+'),
  partitions: array('int32', '0+'),
})

export const ShareFetchRequest = message({
  name: 'ShareFetchRequest',
  kind: 'request',
  key: 78,
  versions: '1-2',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+', { nullable: '0+', default: null }),
    memberId: string('0+', { nullable: '0+' }),
    shareSessionEpoch: int32('0+'),
    maxWaitMs: int32('0+'),
    minBytes: int32('0+'),
    maxBytes: int32('0+', { default: 2147483647 }),
    maxRecords: int32('1+'),
    batchSize: int32('1+'),
    shareAcquireMode: int8('2+', { default: 0, ignorable: true }),
    isRenewAck: bool('2+', { default: false }),
    topics: array(FetchTopic, '0+'),
    forgottenTopicsData: array(ForgottenTopic, '0+'),
  },
})
export type ShareFetchRequest = Value<typeof ShareFetchRequest>

const LeaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: int32('0+'),
  leaderEpoch: int32('0+'),
})

const AcquiredRecords = struct('AcquiredRecords', {
  firstOffset: int64('0+'),
  lastOffset: int64('0+'),
  deliveryCount: int16('0+'),
})

const PartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
  acknowledgeErrorCode: int16('0+'),
  acknowledgeErrorMessage: string('0+', { nullable: '0+', default: null }),
  currentLeader: object(LeaderIdAndEpoch, '0+'),
  records: records('0+', { nullable: '0' }),
  acquiredRecords: array(AcquiredRecords, '0+'),
})

const ShareFetchableTopicResponse = struct('ShareFetchableTopicResponse', {
  topicId: uuid('0+', { mapKey: true }),
  partitions: array(PartitionData, '0+'),
})

const NodeEndpoint = struct('NodeEndpoint', {
  nodeId: int32('0+', { mapKey: true }),
  host: string('0+'),
  port: int32('0+'),
  rack: string('0+', { nullable: '0+', default: null }),
})

export const ShareFetchResponse = message({
  name: 'ShareFetchResponse',
  kind: 'response',
  key: 78,
  versions: '1-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    acquisitionLockTimeoutMs: int32('1+'),
    responses: array(ShareFetchableTopicResponse, '0+'),
    nodeEndpoints: array(NodeEndpoint, '0+'),
  },
})
export type ShareFetchResponse = Value<typeof ShareFetchResponse>

/** API key 78. Source: the specifications of ShareFetchRequest and ShareFetchResponse in Apache Kafka 4.3.1. */
export const ShareFetchApi = api('ShareFetch', ShareFetchRequest, ShareFetchResponse)
