import { ErrorCode } from '../../protocol/error-codes.ts'
import { FetchApi, type FetchRequest, type FetchResponse } from '../../protocol/messages/fetch.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import { type Uuid, ZERO_UUID } from '../../protocol/uuid.ts'
import { currentLeader, type NamedLeader, NamedLeaders } from '../replication/current-leader.ts'
import { fetchContext, type SessionAnswer } from '../replication/fetch/fetch-context.ts'
import { type FetchOutcome, fetchMessages } from '../replication/fetch/fetch-messages.ts'
import { fetchParams, forgottenPartitions, isIsolationLevel, splitKnown, usesTopicIds, wantedPartitions } from '../replication/fetch/fetch-request.ts'
import { type FetchedPartition, type PartitionData, unknownPartition } from '../replication/fetch/partition-fetch.ts'
import type { ReplicaManager } from '../replication/replica-manager.ts'
import { defineHandler } from './define-handler.ts'
import { countCopied, countFetched } from './fetch-count.ts'
import { fetchMetadataLog } from './fetch-metadata-log.ts'
import type { RequestContext } from './request-context.ts'
import { toldEndpoints } from './told-endpoints.ts'

type Response = Input<typeof FetchResponse>

/** From this version on, a client that asked the wrong node is told the right one. Source: KIP-951. */
const FIRST_LEADER_VERSION = 16
/** Up to this version, clients do not know KAFKA_STORAGE_ERROR. */
const LAST_VERSION_WITHOUT_STORAGE_ERROR = 5

/**
 * Fetch (key 1), versions 4-18. Gives record batches of partitions, waiting for them if asked to; with sessions. A controller's
 * listener gives the metadata log alone, to the nodes of the quorum and to brokers.
 * Deviates: nowhere. Source: Kafka protocol guide; KIP-74, KIP-98, KIP-227, KIP-320, KIP-392, KIP-516, KIP-595, KIP-951.
 */
export const fetchHandler = defineHandler({
  api: FetchApi,
  listeners: ['broker', 'controller'],
  // A fetch carries names and numbers only; none of them is a view of the request.
  borrowsBytes: true,
  handle(context, request) {
    if (context.listenerKind === 'controller') return fetchMetadataLog(context, request)
    const { replicas, fetchSessions } = context.services
    const version = context.apiVersion
    const startMs = replicas.clock.monotonicMs()
    const params = fetchParams(replicas, request, version, context.listenerName)
    const { byId } = replicas.image.topics
    const nameOf = (topicId: Uuid) => byId.get(topicId)?.name ?? null
    const session = fetchContext(fetchSessions, {
      sessionId: request.sessionId,
      sessionEpoch: request.sessionEpoch,
      isFromFollower: params.replicaId >= 0,
      usesTopicIds: usesTopicIds(version),
      wanted: wantedPartitions(request.topics, nameOf, version),
      forgotten: forgottenPartitions(request.forgottenTopicsData, nameOf, version),
      nameOf,
    })
    const { targets, unknown } = splitKnown(replicas, session.partitions)
    if (targets.length > 0 && !isIsolationLevel(request.isolationLevel)) return refusal(request, version)
    const outcome: FetchOutcome | Promise<FetchOutcome> = targets.length === 0 ? [] : fetchMessages(replicas, params, targets, () => context.closed)
    const respond = (fetched: FetchOutcome): Response | null => {
      if (fetched === null) return null
      if (params.replicaId < 0) countFetched(context, { startMs, waitedMs: params.waitedMs }, fetched)
      else countCopied(replicas, fetched)
      context.whenSent(() => giveBack(replicas, fetched))
      const endpoints = new NamedLeaders(replicas, context.listenerName)
      const shaped = fetched.map((one) => (one.data.errorCode === ErrorCode.NONE ? one : shapeError(context, one, endpoints)))
      return answer(session.respond(unknown.length === 0 ? shaped : [...shaped, ...unknown]), toldEndpoints(context, endpoints))
    }
    return outcome instanceof Promise ? outcome.then(respond) : respond(outcome)
  },
})

/** What Kafka answers when it fails before it reads the first partition. Source: FetchRequest.getErrorResponse. */
function refusal(request: FetchRequest, version: number): Response {
  const errorCode = ErrorCode.UNKNOWN_SERVER_ERROR
  const responses = usesTopicIds(version)
    ? []
    : request.topics.map(({ topic, partitions }) => ({ topic, partitions: partitions.map(({ partition }) => unknownPartition(partition, errorCode)) }))
  return { throttleTimeMs: 0, errorCode, sessionId: request.sessionId, responses }
}

function giveBack(replicas: ReplicaManager, fetched: readonly FetchedPartition[]): void {
  for (const { data } of fetched) replicas.readBuffers.giveBack(data.records)
}

function answer({ errorCode, sessionId, fetched }: SessionAnswer, nodeEndpoints: readonly NamedLeader[]): Response {
  return { throttleTimeMs: 0, errorCode, sessionId, responses: byTopic(fetched), nodeEndpoints }
}

interface TopicResponse {
  readonly topic: string
  readonly topicId: Uuid
  readonly partitions: PartitionData[]
}

/** Partitions of one topic that stand together share an entry; the order is kept, as in Kafka. */
function byTopic(fetched: readonly FetchedPartition[]): TopicResponse[] {
  const topics: TopicResponse[] = []
  let last: TopicResponse | undefined
  for (const { fetch, data } of fetched) {
    const isSameTopic = last !== undefined && (fetch.topicId === ZERO_UUID ? last.topic === fetch.topic : last.topicId === fetch.topicId)
    if (last === undefined || !isSameTopic) {
      last = { topic: fetch.topic ?? '', topicId: fetch.topicId, partitions: [] }
      topics.push(last)
    }
    last.partitions.push(data)
  }
  return topics
}

function shapeError(context: RequestContext, { fetch, data }: FetchedPartition, endpoints: NamedLeaders): FetchedPartition {
  if (data.errorCode === ErrorCode.KAFKA_STORAGE_ERROR && context.apiVersion <= LAST_VERSION_WITHOUT_STORAGE_ERROR) {
    return { fetch, data: { ...data, errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER } }
  }
  const isElsewhere = data.errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER || data.errorCode === ErrorCode.FENCED_LEADER_EPOCH
  if (!isElsewhere || context.apiVersion < FIRST_LEADER_VERSION || fetch.topic === null) return { fetch, data }
  const leader = currentLeader(context.services.replicas, fetch.topic, fetch.partition)
  endpoints.add(leader.leaderId)
  return { fetch, data: { ...data, currentLeader: leader } }
}
