import { api, array, int8, int16, int32, int64, int64Exact, message, object, records, string, struct, uuid, type Value } from '../schema/notation.ts'

const ReplicaState = struct('ReplicaState', {
  replicaId: int32('15+', { default: -1 }),
  replicaEpoch: int64('15+', { default: -1 }),
})

const FetchPartition = struct('FetchPartition', {
  partition: int32('0+'),
  currentLeaderEpoch: int32('9+', { default: -1, ignorable: true }),
  fetchOffset: int64('0+'),
  lastFetchedEpoch: int32('12+', { default: -1 }),
  logStartOffset: int64('5+', { default: -1, ignorable: true }),
  partitionMaxBytes: int32('0+'),
  replicaDirectoryId: uuid('17+', { tag: 0, tagged: '17+', ignorable: true }),
  highWatermark: int64Exact('18+', { default: 9223372036854775807n, tag: 1, tagged: '18+', ignorable: true }),
})

const FetchTopic = struct('FetchTopic', {
  topic: string('0-12', { ignorable: true }),
  topicId: uuid('13+', { ignorable: true }),
  partitions: array(FetchPartition, '0+'),
})

const ForgottenTopic = struct('ForgottenTopic', {
  topic: string('7-12', { ignorable: true }),
  topicId: uuid('13+', { ignorable: true }),
  partitions: array('int32', '7+'),
})

export const FetchRequest = message({
  name: 'FetchRequest',
  kind: 'request',
  key: 1,
  versions: '4-18',
  flexible: '12+',
  listeners: ['broker', 'controller'],
  fields: {
    clusterId: string('12+', { nullable: '12+', default: null, tag: 0, tagged: '12+', ignorable: true }),
    replicaId: int32('0-14', { default: -1 }),
    replicaState: object(ReplicaState, '15+', { tag: 1, tagged: '15+' }),
    maxWaitMs: int32('0+'),
    minBytes: int32('0+'),
    maxBytes: int32('3+', { default: 2147483647, ignorable: true }),
    isolationLevel: int8('4+', { default: 0, ignorable: true }),
    sessionId: int32('7+', { default: 0, ignorable: true }),
    sessionEpoch: int32('7+', { default: -1, ignorable: true }),
    topics: array(FetchTopic, '0+'),
    forgottenTopicsData: array(ForgottenTopic, '7+'),
    rackId: string('11+', { default: '', ignorable: true }),
  },
})
export type FetchRequest = Value<typeof FetchRequest>

const EpochEndOffset = struct('EpochEndOffset', {
  epoch: int32('12+', { default: -1 }),
  endOffset: int64('12+', { default: -1 }),
})

const LeaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: int32('12+', { default: -1 }),
  leaderEpoch: int32('12+', { default: -1 }),
})

const SnapshotId = struct('SnapshotId', {
  endOffset: int64('0+', { default: -1 }),
  epoch: int32('0+', { default: -1 }),
})

const AbortedTransaction = struct('AbortedTransaction', {
  producerId: int64('4+'),
  firstOffset: int64('4+'),
})

const PartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
  highWatermark: int64('0+'),
  lastStableOffset: int64('4+', { default: -1, ignorable: true }),
  logStartOffset: int64('5+', { default: -1, ignorable: true }),
  divergingEpoch: object(EpochEndOffset, '12+', { tag: 0, tagged: '12+' }),
  currentLeader: object(LeaderIdAndEpoch, '12+', { tag: 1, tagged: '12+' }),
  snapshotId: object(SnapshotId, '12+', { tag: 2, tagged: '12+' }),
  abortedTransactions: array(AbortedTransaction, '4+', { nullable: '4+', ignorable: true }),
  preferredReadReplica: int32('11+', { default: -1 }),
  records: records('0+', { nullable: '0+' }),
})

const FetchableTopicResponse = struct('FetchableTopicResponse', {
  topic: string('0-12', { ignorable: true }),
  topicId: uuid('13+', { ignorable: true }),
  partitions: array(PartitionData, '0+'),
})

const NodeEndpoint = struct('NodeEndpoint', {
  nodeId: int32('16+', { mapKey: true }),
  host: string('16+'),
  port: int32('16+'),
  rack: string('16+', { nullable: '16+', default: null }),
})

export const FetchResponse = message({
  name: 'FetchResponse',
  kind: 'response',
  key: 1,
  versions: '4-18',
  flexible: '12+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('7+', { ignorable: true }),
    sessionId: int32('7+', { default: 0 }),
    responses: array(FetchableTopicResponse, '0+'),
    nodeEndpoints: array(NodeEndpoint, '16+', { tag: 0, tagged: '16+' }),
  },
})
export type FetchResponse = Value<typeof FetchResponse>

/** API key 1. Source: the specifications of FetchRequest and FetchResponse in Apache Kafka 4.3.1. */
export const FetchApi = api('Fetch', FetchRequest, FetchResponse)
