import { ErrorCode } from '../../../protocol/error-codes.ts'
import { METADATA_TOPIC } from '../../../protocol/internal-topics.ts'
import { FetchApi, type FetchRequest as FetchMessage, type FetchResponse } from '../../../protocol/messages/fetch.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import { METADATA_TOPIC_ID } from '../../../protocol/uuid.ts'
import type { FetchAnswer, FetchContent, FetchRequest } from '../core/messages.ts'
import { answered, type Exchange, type PeerReply, refused, type Sender } from './exchange.ts'
import { type Inbound, NO_EXTRAS } from './inbound.ts'
import { METADATA_PARTITION, refusalOf, UNKNOWN } from './metadata-log.ts'
import { type AnswerContext, nodeEndpoints, readHead } from './told-leader.ts'

/**
 * Fetch of the metadata log, key 1, versions 4-18: from 13 with topic ids, from 17 with directories (KIP-853), from 18 with the
 * high watermark that the replica knows (KIP-1166). Nodes of the quorum ask from 13 on.
 */

const FIRST_VERSION_WITH_TOPIC_IDS = 13
const FIRST_VERSION_WITH_REPLICA_STATE = 15
const FIRST_VERSION_WITH_ENDPOINTS = 17
/** Of a request that does not say which high watermark it knows. */
const NO_HIGH_WATERMARK = 9223372036854775807n
const NO_RECORDS = Buffer.alloc(0)

type RequestPartition = FetchMessage['topics'][number]['partitions'][number]
type ResponsePartition = FetchResponse['responses'][number]['partitions'][number]

export function fetchExchange(request: FetchRequest, sender: Sender): Exchange<typeof FetchApi.request.fields, typeof FetchApi.response.fields, FetchAnswer> {
  return {
    api: FetchApi,
    oldestVersion: FIRST_VERSION_WITH_TOPIC_IDS,
    request: (version) => fetchMessage(request, sender, version),
    read: (response) => readFetchResponse(response, request.offset),
  }
}

export function readFetch(message: FetchMessage, clusterId: string): Inbound<FetchRequest, Input<typeof FetchResponse>> {
  const partition = requestedPartition(message)
  const errorCode = refusalOf(message.clusterId, clusterId, partition !== null)
  if (partition === null || errorCode !== ErrorCode.NONE) return { kind: 'refused', response: { throttleTimeMs: 0, errorCode, responses: [] } }
  const { currentLeaderEpoch, fetchOffset, lastFetchedEpoch, replicaDirectoryId, highWatermark } = partition
  const id = message.replicaId === UNKNOWN ? message.replicaState.replicaId : message.replicaId
  const request: FetchRequest = {
    type: 'fetch',
    replica: { id, directoryId: replicaDirectoryId },
    epoch: currentLeaderEpoch,
    offset: fetchOffset,
    lastFetchedEpoch,
    highWatermark: highWatermark === NO_HIGH_WATERMARK ? null : Number(highWatermark),
    maxWaitMs: message.maxWaitMs,
  }
  return { kind: 'request', request, extras: { ...NO_EXTRAS, maxBytes: message.maxBytes } }
}

export function fetchResponse(answer: FetchAnswer, context: AnswerContext): Input<typeof FetchResponse> {
  const { content, errorCode } = answer
  const partition = {
    partitionIndex: METADATA_PARTITION,
    errorCode,
    highWatermark: answer.highWatermark ?? UNKNOWN,
    logStartOffset: answer.logStartOffset,
    currentLeader: { leaderId: answer.leaderId ?? UNKNOWN, leaderEpoch: answer.epoch },
    abortedTransactions: [],
    ...contentFields(content),
  }
  return {
    throttleTimeMs: 0,
    errorCode: ErrorCode.NONE,
    responses: [{ topic: METADATA_TOPIC, topicId: METADATA_TOPIC_ID, partitions: [partition] }],
    ...nodeEndpoints(context, FIRST_VERSION_WITH_ENDPOINTS, answer.leaderId),
  }
}

function contentFields(content: FetchContent) {
  switch (content.type) {
    case 'records':
      return { records: content.records ?? NO_RECORDS }
    case 'diverging':
      return { records: NO_RECORDS, divergingEpoch: { epoch: content.epoch, endOffset: content.endOffset } }
    case 'snapshot':
      return { records: NO_RECORDS, snapshotId: { endOffset: content.id.offset, epoch: content.id.epoch } }
  }
}

function fetchMessage(request: FetchRequest, sender: Sender, version: number): Input<typeof FetchApi.request> {
  const { replica, epoch, offset, lastFetchedEpoch, highWatermark, maxWaitMs } = request
  const partition = {
    partition: METADATA_PARTITION,
    currentLeaderEpoch: epoch,
    fetchOffset: offset,
    lastFetchedEpoch,
    partitionMaxBytes: 0,
    replicaDirectoryId: replica.directoryId,
    highWatermark: highWatermark === null ? NO_HIGH_WATERMARK : BigInt(highWatermark),
  }
  return {
    clusterId: sender.clusterId,
    ...(version < FIRST_VERSION_WITH_REPLICA_STATE ? { replicaId: replica.id } : { replicaState: { replicaId: replica.id } }),
    maxWaitMs,
    minBytes: 0,
    maxBytes: sender.fetchMaxBytes,
    topics: [{ topic: METADATA_TOPIC, topicId: METADATA_TOPIC_ID, partitions: [partition] }],
    forgottenTopicsData: [],
  }
}

function requestedPartition({ topics }: FetchMessage): RequestPartition | null {
  const [topic] = topics
  const [partition] = topic?.partitions ?? []
  const isTheLog = topics.length === 1 && topic?.topicId === METADATA_TOPIC_ID && topic.partitions.length === 1
  return isTheLog && partition?.partition === METADATA_PARTITION ? partition : null
}

function readFetchResponse({ errorCode, responses, nodeEndpoints: endpoints }: FetchResponse, offset: number): PeerReply<FetchAnswer> {
  const [topic] = responses
  const [partition] = topic?.partitions ?? []
  const isTheLog = responses.length === 1 && topic?.topicId === METADATA_TOPIC_ID && topic.partitions.length === 1
  if (errorCode !== ErrorCode.NONE || !isTheLog || partition?.partitionIndex !== METADATA_PARTITION) return refused(errorCode)
  const content = contentOf(partition, offset)
  if (content === null) return refused(errorCode)
  const answer: FetchAnswer = {
    type: 'fetch',
    ...readHead({ ...partition.currentLeader, errorCode: partition.errorCode }),
    highWatermark: partition.highWatermark < 0 ? null : partition.highWatermark,
    logStartOffset: partition.logStartOffset,
    content,
  }
  return answered(answer, endpoints)
}

/** null for a snapshot or an end of an epoch that is half said. */
function contentOf({ divergingEpoch, snapshotId, records }: ResponsePartition, offset: number): FetchContent | null {
  const { epoch, endOffset } = divergingEpoch
  if (epoch >= 0) return endOffset < 0 ? null : { type: 'diverging', epoch, endOffset }
  const isSnapshot = snapshotId.epoch >= 0 || snapshotId.endOffset >= 0
  if (!isSnapshot) return { type: 'records', offset, records: records ?? NO_RECORDS }
  return snapshotId.epoch < 0 || snapshotId.endOffset < 0 ? null : { type: 'snapshot', id: { offset: snapshotId.endOffset, epoch: snapshotId.epoch } }
}
