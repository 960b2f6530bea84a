import { ErrorCode, errorName } from '../../protocol/error-codes.ts'
import { ProduceApi, type ProduceRequest, type ProduceResponse } from '../../protocol/messages/produce.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import { currentLeader, NamedLeaders } from '../replication/current-leader.ts'
import {
  hasSeveralProducers,
  type ProduceOutcome,
  type ProduceResult,
  type ProduceWrite,
  produceRecords,
  TOO_MANY_PRODUCERS_MESSAGE,
} from '../replication/produce/produce-records.ts'
import { type ProduceEntry, type ProduceRefusal, produceEntries, refusalOfRequest } from '../replication/produce/produce-request.ts'
import { defineHandler } from './define-handler.ts'
import { ProduceCount } from './produce-count.ts'
import type { RequestContext } from './request-context.ts'
import { toldEndpoints } from './told-endpoints.ts'

type Response = Input<typeof ProduceResponse>
type TopicResponse = Response['responses'][number]
type PartitionResponse = TopicResponse['partitionResponses'][number]

/** From this version on, a client that asked the wrong node is told the right one. Source: KIP-951. */
const FIRST_LEADER_VERSION = 10
/** Kafka's own tools that repair internal topics write under this client id. */
const ADMIN_CLIENT_ID = '__admin_client'

/**
 * Produce (key 0), versions 3-13. Appends record batches to partitions that this node leads.
 * With acks=0 nothing is answered, and a failure closes the connection. Records that are null are never answered, as in Kafka.
 * Deviates: a transaction that is not open in the partition is answered INVALID_PRODUCER_ID_MAPPING, since no coordinator serves here yet.
 * Source: Kafka protocol guide; KIP-98, KIP-360, KIP-467, KIP-516, KIP-890, KIP-951.
 */
export const produceHandler = defineHandler({
  api: ProduceApi,
  listeners: ['broker'],
  // Batches are in the log's file, or refused, when `produceRecords` returns; what waits for replicas is their offsets.
  borrowsBytes: true,
  // So that followers copy at once what a producer has on its way: one by one each batch would take a whole round of fetches.
  overlaps: true,
  handle(context, request) {
    const count = new ProduceCount(context, request)
    const refuse = (refusal: ProduceRefusal) => {
      count.refused()
      return answerRefused(context, request, refusal)
    }
    const refusal = refusalOfRequest(request)
    if (refusal !== null) return refuse(refusal)
    const { replicas } = context.services
    const entries = produceEntries(replicas, request, context.apiVersion)
    if (entries === null) return request.acks === 0 ? close(context, 'null records') : neverAnswered(context)
    const writes = writesOf(entries)
    if (writes.length > 1 && hasSeveralProducers(writes)) {
      return refuse({ errorCode: ErrorCode.INVALID_PRODUCER_ID_MAPPING, message: TOO_MANY_PRODUCERS_MESSAGE })
    }
    const params = {
      acks: request.acks,
      timeoutMs: request.timeoutMs,
      allowsInternalTopics: context.clientId === ADMIN_CLIENT_ID,
      closed: () => context.closed,
    }
    count.writing(writes)
    const respond = (results: ProduceOutcome) => {
      if (results === null) return null
      count.settled(results)
      return answer(context, request, entries, results)
    }
    const outcome = produceRecords(replicas, params, writes)
    return outcome instanceof Promise ? outcome.then(respond) : respond(outcome)
  },
})

function writesOf(entries: readonly ProduceEntry[]): ProduceWrite[] {
  const writes: ProduceWrite[] = []
  for (const { write } of entries) if (write !== undefined) writes.push(write)
  return writes
}

/** `results` stand in the order of the entries that have a write. */
function answer(context: RequestContext, request: ProduceRequest, entries: readonly ProduceEntry[], results: readonly ProduceResult[]): Response | null {
  if (request.acks === 0) return answerNothing(context, entries, results)
  const endpoints = new NamedLeaders(context.services.replicas, context.listenerName)
  const topics: TopicResponses = new Map()
  let next = 0
  for (const entry of entries) {
    const result = entry.write === undefined ? undefined : results[next++]
    const errorCode = result?.errorCode ?? entry.errorCode
    const partition = result === undefined ? failedPartition(entry.index, entry.errorCode, null) : partitionOf(entry, result)
    const isElsewhere = errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER && context.apiVersion >= FIRST_LEADER_VERSION
    addTo(topics, entry, isElsewhere ? withLeader(context, partition, entry, endpoints) : partition)
  }
  return { responses: [...topics.values()], throttleTimeMs: 0, nodeEndpoints: toldEndpoints(context, endpoints) }
}

type TopicResponses = Map<string, { readonly name: string; readonly topicId: ProduceEntry['topicId']; readonly partitionResponses: PartitionResponse[] }>

function addTo(topics: TopicResponses, { topic, topicId }: ProduceEntry, partition: PartitionResponse): void {
  const key = topic === '' ? topicId : topic
  const known = topics.get(key)
  if (known === undefined) topics.set(key, { name: topic, topicId, partitionResponses: [partition] })
  else known.partitionResponses.push(partition)
}

function partitionOf({ index }: ProduceEntry, result: ProduceResult): PartitionResponse {
  return {
    index,
    errorCode: result.errorCode,
    baseOffset: result.baseOffset,
    logAppendTimeMs: result.logAppendTimeMs,
    logStartOffset: result.logStartOffset,
    recordErrors: result.recordErrors.map(({ batchIndex, message }) => ({ batchIndex, batchIndexErrorMessage: message })),
    errorMessage: result.errorMessage,
  }
}

function withLeader(context: RequestContext, partition: PartitionResponse, { topic, index }: ProduceEntry, endpoints: NamedLeaders): PartitionResponse {
  const leader = currentLeader(context.services.replicas, topic, index)
  endpoints.add(leader.leaderId)
  return { ...partition, currentLeader: leader }
}

function failedPartition(index: number, errorCode: ErrorCode, errorMessage: string | null): PartitionResponse {
  return { index, errorCode, baseOffset: -1, logAppendTimeMs: -1, logStartOffset: -1, recordErrors: [], errorMessage }
}

function answerRefused(context: RequestContext, request: ProduceRequest, { errorCode, message }: ProduceRefusal): Response | null {
  if (request.acks === 0) return close(context, errorName(errorCode))
  return {
    responses: request.topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index }) => failedPartition(index, errorCode, message)),
    })),
    throttleTimeMs: 0,
  }
}

function answerNothing(context: RequestContext, entries: readonly ProduceEntry[], results: readonly ProduceResult[]): null {
  const failed = entries.find(({ write }) => write === undefined) ?? results.find(({ errorCode }) => errorCode !== ErrorCode.NONE)
  if (failed !== undefined) close(context, errorName(failed.errorCode))
  return null
}

/** The client asked for no answer, so this is how it learns that something went wrong. */
function close(context: RequestContext, error: string): null {
  context.closeConnection(`a produce with acks=0 failed: ${error}`)
  return null
}

/** Holds the place in the order of replies, so that nothing behind it is answered either, until the connection closes. */
function neverAnswered(context: RequestContext): Promise<null> {
  const { closed } = context
  return new Promise((resolve) => {
    if (closed.aborted) resolve(null)
    else closed.addEventListener('abort', () => resolve(null), { once: true })
  })
}
