/**
 * The records of one partition on their way: batches that wait, and the one that was sent. A batch keeps producer id and sequence from
 * its first try, so that a broker knows it when it comes again; one that is too large is split, each part with its own. Who bounds
 * memory and gives the ids is the `Producer`.
 */
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ProduceApi } from '../../../../protocol/messages/produce.ts'
import { incrementSequence } from '../../../../protocol/records/batch.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { type Deferred, deferred } from '../../../base/deferred.ts'
import type { Timer } from '../../../base/ports.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { leaderOf, partitionLeaders } from '../cluster/partition-leaders.ts'
import { upToVersion } from '../cluster/up-to-version.ts'
import { isTransient, KafkaError } from '../kafka-error.ts'
import { inTime } from '../within.ts'
import type { OutgoingRecord } from './outgoing-record.ts'
import type { ProducerSettings } from './producer-settings.ts'

/** Later versions name topics by their ids alone. */
const ProduceByName = upToVersion(ProduceApi, 12)

export interface ProducerId {
  readonly id: number
  readonly epoch: number
}

export interface QueueOptions {
  readonly client: ClusterClient
  readonly settings: ProducerSettings
  readonly topic: string
  readonly partition: number
  /** Records wait for no others. */
  isHurried(): boolean
  /** null for batches without one. */
  producerId(): Promise<ProducerId | null>
  /** A batch that was tried under this id was lost: what was not tried yet begins anew under another. */
  forgetProducerId(id: ProducerId): void
}

/** By what a broker knows a batch when it comes again. */
interface Identity {
  /** null for a batch without one. */
  readonly producerId: ProducerId | null
  readonly baseSequence: number
}

interface QueuedRecord {
  readonly record: OutgoingRecord
  readonly timestamp: number
  /** Another when that was split. */
  batch: Batch
}

interface Batch {
  /** In the order in which they were added; grows while the batch waits. */
  readonly records: QueuedRecord[]
  /** On the monotonic clock. */
  readonly deadlineMs: number
  /** From the first try on, and the same in all that follow: the first may have been written. null before. */
  identity: Identity | null
  /** Settles for all of its records: when it is written or lost, or has become two. */
  readonly done: Deferred<void>
}

/** What passes, beside what `isTransient` says. */
const RETRIABLE = new Set<number>([
  ErrorCode.CORRUPT_MESSAGE,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
])

export class PartitionQueue {
  readonly #options: QueueOptions
  /** The first is the one that is sent; records join the last. */
  readonly #batches: Batch[] = []
  #openBytes = 0
  #linger: Timer | null = null
  #sending: Promise<void> | null = null
  #leader: number | null = null
  /** Of the next batch that is tried for the first time, under the id `#numberedFor`. */
  #nextSequence = 0
  #numberedFor: ProducerId | null = null

  constructor(options: QueueOptions) {
    this.#options = options
  }

  /** Resolves when the record is acknowledged. */
  async add(record: OutgoingRecord, sizeBytes: number, timestamp: number): Promise<void> {
    const queued = this.#queue(record, sizeBytes, timestamp)
    for (let batch: Batch | null = null; batch !== queued.batch; ) {
      batch = queued.batch
      await batch.done.promise
    }
  }

  #queue(record: OutgoingRecord, sizeBytes: number, timestamp: number): QueuedRecord {
    const { settings } = this.#options
    const open = this.#batches.at(-1)
    const joins = open !== undefined && !(this.#sending !== null && this.#batches.length === 1) && this.#openBytes + sizeBytes <= settings.batchBytes
    const batch = joins ? open : this.#begin()
    const queued = { record, timestamp, batch }
    batch.records.push(queued)
    this.#openBytes += sizeBytes
    if (this.#openBytes >= settings.batchBytes || this.#batches.length > 1 || settings.lingerMs === 0 || this.#options.isHurried()) this.#start()
    else this.#linger ??= this.#options.client.ports.timers.schedule(settings.lingerMs, () => this.#start())
    return queued
  }

  /** What waits for more records goes now. */
  hurry(): void {
    if (this.#batches.length > 0) this.#start()
  }

  #begin(): Batch {
    const { client, settings } = this.#options
    const deadlineMs = client.ports.clock.monotonicMs() + settings.deliveryTimeoutMs
    const batch: Batch = { records: [], deadlineMs, identity: null, done: deferred<void>() }
    this.#batches.push(batch)
    this.#openBytes = 0
    return batch
  }

  #start(): void {
    this.#linger?.cancel()
    this.#linger = null
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null
      // What came in between.
      if (this.#batches.length > 0 && this.#linger === null) this.#start()
    })
  }

  /** All that there is when its turn comes. */
  async #sendAll(): Promise<void> {
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      const failure = await this.#deliver(batch)
      if (failure !== null && isTooLarge(failure) && batch.records.length > 1) {
        this.#split(batch)
        continue
      }
      this.#batches.shift()
      if (failure === null) this.#written(batch)
      else this.#lost(batch, failure)
    }
  }

  #written({ identity, records, done }: Batch): void {
    if (identity !== null && identity.producerId === this.#numberedFor) this.#nextSequence = incrementSequence(identity.baseSequence, records.length)
    done.resolve()
  }

  /** Whether it was written is not known: no other batch may have its numbers. */
  #lost({ identity, done }: Batch, failure: Error): void {
    const producerId = identity?.producerId ?? null
    if (producerId !== null) this.#options.forgetProducerId(producerId)
    done.reject(failure)
  }

  /** Two halves in its place, as nothing of it was written. */
  #split({ records, deadlineMs, done }: Batch): void {
    const middle = records.length >> 1
    const halves = [records.slice(0, middle), records.slice(middle)].map((some): Batch => {
      return { records: some, deadlineMs, identity: null, done: deferred<void>() }
    })
    for (const half of halves) for (const queued of half.records) queued.batch = half
    this.#batches.splice(0, 1, ...halves)
    done.resolve()
  }

  /** Sends until it is acknowledged: null, or why it never is. */
  async #deliver(batch: Batch): Promise<Error | null> {
    const { client, settings } = this.#options
    for (let tries = 0; ; tries++) {
      try {
        await this.#sendOnce(batch)
        return null
      } catch (error) {
        if (!(error instanceof Error)) throw error
        const isOver = tries >= settings.retries || this.#leftMs(batch) < settings.retryBackoffMs
        if (isOver || !isRetriable(error)) return error
        this.#leader = null
        client.forget()
        await client.ports.timers.sleep(settings.retryBackoffMs)
      }
    }
  }

  async #sendOnce(batch: Batch): Promise<void> {
    const { client, settings, topic, partition } = this.#options
    // It may have waited behind others all that time.
    if (this.#leftMs(batch) <= 0) throw this.#expired(batch)
    batch.identity ??= this.#identify(await this.#inTime(batch, this.#options.producerId()))
    const records = encoded(batch, batch.identity, settings)
    const leader = await this.#inTime(batch, this.#findLeader())
    const request = { acks: settings.acks, timeoutMs: settings.requestTimeoutMs, topicData: [{ name: topic, partitionData: [{ index: partition, records }] }] }
    if (settings.acks === 0) return this.#inTime(batch, client.tellBroker(leader, ProduceByName, request))
    const { responses } = await this.#inTime(batch, client.askBroker(leader, ProduceByName, request))
    const answer = responses[0]?.partitionResponses[0]
    if (answer === undefined) throw new KafkaError(ErrorCode.UNKNOWN_SERVER_ERROR)
    // It was written when the answer to an earlier try was lost.
    if (answer.errorCode !== ErrorCode.NONE && answer.errorCode !== ErrorCode.DUPLICATE_SEQUENCE_NUMBER)
      throw new KafkaError(answer.errorCode, answer.recordErrors[0]?.batchIndexErrorMessage ?? answer.errorMessage)
  }

  /** What a batch that is tried for the first time goes by. */
  #identify(producerId: ProducerId | null): Identity {
    if (producerId !== this.#numberedFor) this.#nextSequence = 0
    this.#numberedFor = producerId
    return { producerId, baseSequence: this.#nextSequence }
  }

  /** A step of delivering a batch, which has no more time than the batch. */
  #inTime<T>(batch: Batch, step: Promise<T>): Promise<T> {
    return inTime(this.#options.client.ports.timers, this.#leftMs(batch), step, () => this.#expired(batch))
  }

  #leftMs({ deadlineMs }: Batch): number {
    return deadlineMs - this.#options.client.ports.clock.monotonicMs()
  }

  #expired({ records }: Batch): KafkaError {
    const { settings, topic, partition } = this.#options
    const why = `Expiring ${records.length} record(s) for ${topic}-${partition}:${settings.deliveryTimeoutMs} ms has passed since batch creation`
    return new KafkaError(ErrorCode.REQUEST_TIMED_OUT, why)
  }

  async #findLeader(): Promise<number> {
    if (this.#leader !== null) return this.#leader
    const { client, topic, partition } = this.#options
    const found = leaderOf(await partitionLeaders(client, [topic]), topic, partition)
    if (found instanceof KafkaError) throw found
    this.#leader = found.leader
    return found.leader
  }
}

function encoded({ records }: Batch, { producerId, baseSequence }: Identity, { compression }: ProducerSettings): Buffer {
  return buildBatch(
    { compression, ...(producerId === null ? {} : { producerId: producerId.id, producerEpoch: producerId.epoch, baseSequence }) },
    records.map(({ record: { key, value, headers = [] }, timestamp }) => ({ key, value, headers, timestamp })),
  )
}

function isRetriable(error: Error): boolean {
  return isTransient(error) || (error instanceof KafkaError && RETRIABLE.has(error.errorCode))
}

function isTooLarge(error: Error): boolean {
  return error instanceof KafkaError && error.errorCode === ErrorCode.MESSAGE_TOO_LARGE
}
