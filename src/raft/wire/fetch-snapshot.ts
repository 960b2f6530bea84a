import { ErrorCode } from '../../../protocol/error-codes.ts'
import { METADATA_TOPIC } from '../../../protocol/internal-topics.ts'
import { FetchSnapshotApi, type FetchSnapshotRequest as FetchSnapshotMessage, type FetchSnapshotResponse } from '../../../protocol/messages/fetch-snapshot.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import type { FetchSnapshotAnswer, FetchSnapshotRequest } from '../core/messages.ts'
import { answered, type Exchange, type PeerReply, refused, type Sender } from './exchange.ts'
import { type Inbound, NO_EXTRAS } from './inbound.ts'
import { METADATA_PARTITION, refusalOf, UNKNOWN } from './metadata-log.ts'
import { type AnswerContext, nodeEndpoints, readHead } from './told-leader.ts'

/** FetchSnapshot, key 59, versions 0-1: from 1 with directories and the leader's end point (KIP-630, KIP-853). */

const FIRST_VERSION_WITH_ENDPOINTS = 1
const NO_BYTES = Buffer.alloc(0)

export function fetchSnapshotExchange(
  request: FetchSnapshotRequest,
  sender: Sender,
): Exchange<typeof FetchSnapshotApi.request.fields, typeof FetchSnapshotApi.response.fields, FetchSnapshotAnswer> {
  return {
    api: FetchSnapshotApi,
    oldestVersion: 0,
    request: () => fetchSnapshotMessage(request, sender),
    read: (response) => readFetchSnapshotResponse(response, request),
  }
}

/** Another partition alone is refused as Kafka does it: by an error in its own place. */
export function readFetchSnapshot(message: FetchSnapshotMessage, clusterId: string): Inbound<FetchSnapshotRequest, Input<typeof FetchSnapshotResponse>> {
  const [topic] = message.topics
  const [partition] = topic?.partitions ?? []
  const isOne = message.topics.length === 1 && topic?.partitions.length === 1
  const errorCode = refusalOf(message.clusterId, clusterId, isOne)
  if (errorCode !== ErrorCode.NONE || topic === undefined || partition === undefined) {
    return { kind: 'refused', response: { throttleTimeMs: 0, errorCode, topics: [] } }
  }
  if (topic.name !== METADATA_TOPIC || partition.partition !== METADATA_PARTITION) {
    return { kind: 'refused', response: unknownPartition(topic.name, partition.partition) }
  }
  const { currentLeaderEpoch: epoch, replicaDirectoryId: directoryId, snapshotId, position } = partition
  const request: FetchSnapshotRequest = {
    type: 'fetch-snapshot',
    replica: { id: message.replicaId, directoryId },
    epoch,
    snapshotId: { offset: snapshotId.endOffset, epoch: snapshotId.epoch },
    position,
  }
  return { kind: 'request', request, extras: { ...NO_EXTRAS, maxBytes: message.maxBytes } }
}

export function fetchSnapshotResponse(answer: FetchSnapshotAnswer, context: AnswerContext): Input<typeof FetchSnapshotResponse> {
  const { errorCode, snapshotId, sizeBytes, position, bytes, leaderId, epoch } = answer
  const isServed = errorCode === ErrorCode.NONE
  const partition = {
    index: METADATA_PARTITION,
    errorCode,
    snapshotId: isServed ? { endOffset: snapshotId.offset, epoch: snapshotId.epoch } : { endOffset: 0, epoch: 0 },
    currentLeader: { leaderId: leaderId ?? UNKNOWN, leaderEpoch: epoch },
    size: isServed ? sizeBytes : 0,
    position: isServed ? position : 0,
    unalignedRecords: bytes ?? NO_BYTES,
  }
  return {
    throttleTimeMs: 0,
    errorCode: ErrorCode.NONE,
    topics: [{ name: METADATA_TOPIC, partitions: [partition] }],
    ...nodeEndpoints(context, FIRST_VERSION_WITH_ENDPOINTS, leaderId),
  }
}

function fetchSnapshotMessage(request: FetchSnapshotRequest, sender: Sender): Input<typeof FetchSnapshotMessage> {
  const { replica, epoch, snapshotId, position } = request
  const partition = {
    partition: METADATA_PARTITION,
    currentLeaderEpoch: epoch,
    snapshotId: { endOffset: snapshotId.offset, epoch: snapshotId.epoch },
    position,
    replicaDirectoryId: replica.directoryId,
  }
  return {
    clusterId: sender.clusterId,
    replicaId: replica.id,
    maxBytes: sender.snapshotMaxBytes,
    topics: [{ name: METADATA_TOPIC, partitions: [partition] }],
  }
}

function readFetchSnapshotResponse(response: FetchSnapshotResponse, request: FetchSnapshotRequest): PeerReply<FetchSnapshotAnswer> {
  const { errorCode, topics, nodeEndpoints: endpoints } = response
  if (errorCode === ErrorCode.UNKNOWN_SERVER_ERROR) return answered(notFound(request), endpoints)
  const [topic] = topics
  const [partition] = topic?.partitions ?? []
  const isTheLog = topics.length === 1 && topic?.name === METADATA_TOPIC && topic.partitions.length === 1
  if (errorCode !== ErrorCode.NONE || !isTheLog || partition?.index !== METADATA_PARTITION) return refused(errorCode)
  const { snapshotId, position, size, unalignedRecords } = partition
  if (snapshotId.endOffset < 0 || snapshotId.epoch < 0 || position < 0) return refused(errorCode)
  const answer: FetchSnapshotAnswer = {
    type: 'fetch-snapshot',
    ...readHead({ ...partition.currentLeader, errorCode: partition.errorCode }),
    snapshotId: { offset: snapshotId.endOffset, epoch: snapshotId.epoch },
    position,
    sizeBytes: size,
    bytes: unalignedRecords,
  }
  return answered(answer, endpoints)
}

/** Apache Kafka means this where it cannot say it: an error of the partition alone makes it fail as it writes the answer. */
function notFound({ epoch, snapshotId, position }: FetchSnapshotRequest): FetchSnapshotAnswer {
  const errorCode = ErrorCode.SNAPSHOT_NOT_FOUND
  return { type: 'fetch-snapshot', errorCode, epoch, leaderId: null, snapshotId, position, sizeBytes: 0, bytes: null }
}

function unknownPartition(name: string, index: number): Input<typeof FetchSnapshotResponse> {
  const partition = {
    index,
    errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    snapshotId: { endOffset: 0, epoch: 0 },
    size: 0,
    position: 0,
    unalignedRecords: NO_BYTES,
  }
  return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, topics: [{ name, partitions: [partition] }] }
}
