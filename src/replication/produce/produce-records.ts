import { ErrorCode } from '../../../protocol/error-codes.ts'
import { isInternalTopic } from '../../../protocol/internal-topics.ts'
import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import type { Appended, AppendResult, RecordError } from '../../storage/log/results.ts'
import type { TopicTraffic } from '../../telemetry/traffic.ts'
import { DelayedPartitions } from '../delayed-partitions.ts'
import type { Partition } from '../partition.ts'
import { appendRefused, NO_RECORD_ERRORS } from '../refusal.ts'
import type { ReplicaManager } from '../replica-manager.ts'
import { type TransactionalProducer, transactionalProducerOf } from './produce-batch.ts'

/** One batch for one partition. */
export interface ProduceWrite {
  readonly topic: string
  /** The zero id when it is not known. */
  readonly topicId: Uuid
  readonly index: number
  /** Changed by the log (offsets are written into it), and of no use to anybody afterwards. */
  readonly batch: Buffer
}

/** What one partition answers. */
export interface ProduceResult {
  errorCode: ErrorCode
  readonly baseOffset: number
  readonly logAppendTimeMs: number
  readonly logStartOffset: number
  readonly recordErrors: readonly RecordError[]
  readonly errorMessage: string | null
}

export interface ProduceParams {
  readonly acks: number
  readonly timeoutMs: number
  /** Clients may not write to the topics of coordinators. */
  readonly allowsInternalTopics: boolean
  /** Asked for only when the answer has to wait. */
  readonly closed: () => AbortSignal
}

/** null: the connection is gone, nobody wants the answer. */
export type ProduceOutcome = readonly ProduceResult[] | null

/** The batches of one request come from different producers: refused as a whole. */
export const TOO_MANY_PRODUCERS_MESSAGE = 'Transactional records contained more than one producer ID'

/**
 * Appends one batch each to several partitions as their leader, and answers when they are written as `acks` asks.
 * Source: kafka.server.ReplicaManager.handleProduceAppend.
 *
 * All batches have been written, or refused, when it returns: their memory may be used for something else.
 *
 * @returns results in the order of `writes`; a promise only where other replicas must be waited for
 */
export function produceRecords(replicas: ReplicaManager, params: ProduceParams, writes: readonly ProduceWrite[]): ProduceOutcome | Promise<ProduceOutcome> {
  const nowMs = replicas.clock.nowMs()
  let pending: Map<Partition, () => boolean> | null = null
  const results: ProduceResult[] = []
  for (const write of writes) {
    const partition = replicas.partition(write.topic, write.index)
    const appended = append(replicas, params, write, partition, nowMs)
    const result = toResult(appended)
    results.push(result)
    count(replicas, write, appended)
    if (params.acks === 0 || partition === undefined || appended.kind === 'refused') continue
    const hasSettled = () => settle(result, partition, appended, params.acks)
    if (hasSettled()) continue
    result.errorCode = ErrorCode.REQUEST_TIMED_OUT
    pending ??= new Map()
    pending.set(partition, hasSettled)
  }
  return pending === null ? results : whenSettled(replicas, params, pending, results)
}

/** Whether a request's batches may be appended together: a transaction has one producer. */
export function hasSeveralProducers(writes: readonly ProduceWrite[]): boolean {
  let first: TransactionalProducer | null = null
  for (const { batch } of writes) {
    const producer = transactionalProducerOf(batch)
    if (producer === null) continue
    if (first === null) first = producer
    else if (first.producerId !== producer.producerId || first.producerEpoch !== producer.producerEpoch) return true
  }
  return false
}

function append(replicas: ReplicaManager, params: ProduceParams, write: ProduceWrite, partition: Partition | undefined, nowMs: number): AppendResult {
  const unverified = transactionError(replicas, write, partition)
  if (unverified !== ErrorCode.NONE) return appendRefused(unverified)
  if (params.acks < -1 || params.acks > 1) return appendRefused(ErrorCode.INVALID_REQUIRED_ACKS)
  if (!params.allowsInternalTopics && isInternalTopic(write.topic)) return appendRefused(ErrorCode.INVALID_TOPIC_EXCEPTION)
  if (partition === undefined) return appendRefused(replicas.hostingError(write.topic, write.index))
  if (partition.isOffline) return appendRefused(ErrorCode.KAFKA_STORAGE_ERROR)
  if (write.topicId !== ZERO_UUID && write.topicId !== partition.topicId) return appendRefused(ErrorCode.UNKNOWN_TOPIC_ID)
  return partition.appendAsLeader(write.batch, {
    origin: 'client',
    nowMs,
    requiredAcks: params.acks,
  })
}

/**
 * A transactional batch is taken where its transaction is open already (one that Apache Kafka began in this data). To open
 * one, the transaction's coordinator must know its id; this node's knows none yet and says so. Source: KIP-890.
 */
function transactionError(replicas: ReplicaManager, write: ProduceWrite, partition: Partition | undefined): ErrorCode {
  const producer = transactionalProducerOf(write.batch)
  if (producer === null) return ErrorCode.NONE
  if (partition === undefined || partition.isOffline) return replicas.hostingError(write.topic, write.index)
  if (!partition.isLeader || partition.log === null) return ErrorCode.NOT_LEADER_OR_FOLLOWER
  const isOpen = partition.log.hasOngoingTransaction(Number(producer.producerId), producer.producerEpoch)
  return isOpen ? ErrorCode.NONE : ErrorCode.INVALID_PRODUCER_ID_MAPPING
}

function count(replicas: ReplicaManager, { topic, batch }: ProduceWrite, appended: AppendResult): void {
  countIn(replicas.traffic, batch, appended)
  const ofTopic = replicas.trafficOf(topic)
  if (ofTopic !== null) countIn(ofTopic, batch, appended)
}

function countIn(traffic: TopicTraffic, batch: Buffer, appended: AppendResult): void {
  traffic.produceRequests++
  if (appended.kind === 'refused') {
    traffic.failedProduceRequests++
  } else if (!appended.duplicate) {
    traffic.messagesIn += appended.lastOffset - appended.firstOffset + 1
    traffic.bytesIn += batch.length
  }
}

/** True when a write has its answer: it is where `acks` wants it, or this node cannot tell any more. */
function settle(result: ProduceResult, partition: Partition, appended: Appended, acks: number): boolean {
  const endOffset = appended.lastOffset + 1
  if (partition.isOffline || !partition.isLeader) {
    result.errorCode = partition.isOffline ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NOT_LEADER_OR_FOLLOWER
    return true
  }
  if (!(acks === -1 ? partition.highWatermark >= endOffset : partition.isFlushedTo(endOffset))) return false
  result.errorCode = acks === -1 ? partition.minIsrErrorAfterAppend() : ErrorCode.NONE
  return true
}

function whenSettled(
  replicas: ReplicaManager,
  params: ProduceParams,
  pending: ReadonlyMap<Partition, () => boolean>,
  results: readonly ProduceResult[],
): Promise<ProduceOutcome> {
  return new Promise((resolve) => {
    new DelayedPartitions({
      pending,
      timeoutMs: params.timeoutMs,
      schedule: (delayMs, callback) => replicas.timers.schedule(delayMs, callback),
      closed: params.closed(),
      onEnd: (outcome) => resolve(outcome === 'closed' ? null : results),
    })
  })
}

function toResult(appended: AppendResult): ProduceResult {
  if (appended.kind === 'refused') {
    const { errorCode, logStartOffset, recordErrors, message } = appended
    return { errorCode: errorCode as ErrorCode, baseOffset: -1, logAppendTimeMs: -1, logStartOffset, recordErrors, errorMessage: message }
  }
  const { firstOffset, logAppendTimeMs, logStartOffset } = appended
  return { errorCode: ErrorCode.NONE, baseOffset: firstOffset, logAppendTimeMs, logStartOffset, recordErrors: NO_RECORD_ERRORS, errorMessage: null }
}
