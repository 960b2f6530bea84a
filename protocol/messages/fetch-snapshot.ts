import { api, array, int16, int32, int64, message, object, records, string, struct, uint16, uuid, type Value } from '../schema/notation.ts'

const SnapshotId = struct('SnapshotId', {
  endOffset: int64('0+'),
  epoch: int32('0+'),
})

const PartitionSnapshot = struct('PartitionSnapshot', {
  partition: int32('0+'),
  currentLeaderEpoch: int32('0+'),
  snapshotId: object(SnapshotId, '0+'),
  position: int64('0+'),
  replicaDirectoryId: uuid('1+', { tag: 0, tagged: '1+', ignorable: true }),
})

const TopicSnapshot = struct('TopicSnapshot', {
  name: string('0+'),
  partitions: array(PartitionSnapshot, '0+'),
})

export const FetchSnapshotRequest = message({
  name: 'FetchSnapshotRequest',
  kind: 'request',
  key: 59,
  versions: '0-1',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    clusterId: string('0+', { nullable: '0+', default: null, tag: 0, tagged: '0+' }),
    replicaId: int32('0+', { default: -1 }),
    maxBytes: int32('0+', { default: 2147483647 }),
    topics: array(TopicSnapshot, '0+'),
  },
})
export type FetchSnapshotRequest = Value<typeof FetchSnapshotRequest>

const ResponseSnapshotId = struct('SnapshotId', {
  endOffset: int64('0+'),
  epoch: int32('0+'),
})

const LeaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: int32('0+'),
  leaderEpoch: int32('0+'),
})

const ResponsePartitionSnapshot = struct('PartitionSnapshot', {
  index: int32('0+'),
  errorCode: int16('0+'),
  snapshotId: object(ResponseSnapshotId, '0+'),
  currentLeader: object(LeaderIdAndEpoch, '0+', { tag: 0, tagged: '0+' }),
  size: int64('0+'),
  position: int64('0+'),
  unalignedRecords: records('0+'),
})

const ResponseTopicSnapshot = struct('TopicSnapshot', {
  name: string('0+'),
  partitions: array(ResponsePartitionSnapshot, '0+'),
})

const NodeEndpoint = struct('NodeEndpoint', {
  nodeId: int32('1+', { mapKey: true }),
  host: string('1+'),
  port: uint16('1+'),
})

export const FetchSnapshotResponse = message({
  name: 'FetchSnapshotResponse',
  kind: 'response',
  key: 59,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+', { ignorable: true }),
    errorCode: int16('0+'),
    topics: array(ResponseTopicSnapshot, '0+'),
    nodeEndpoints: array(NodeEndpoint, '1+', { tag: 0, tagged: '1+' }),
  },
})
export type FetchSnapshotResponse = Value<typeof FetchSnapshotResponse>

/** API key 59. Source: the specifications of FetchSnapshotRequest and FetchSnapshotResponse in Apache Kafka 4.3.1. */
export const FetchSnapshotApi = api('FetchSnapshot', FetchSnapshotRequest, FetchSnapshotResponse)
