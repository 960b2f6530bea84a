/** The records of one partition on their way: batches that wait, and the one that was sent. See `Producer`. */
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
  /** A batch was lost: what comes after it begins anew under another id. */
  forgetProducerId(): void
}

interface Batch {
  /** In the order in which they were added; grows while the batch waits. */
  readonly records: { readonly record: OutgoingRecord; readonly timestamp: number }[]
  /** On the monotonic clock. */
  readonly deadlineMs: number
  /** Settles with the batch, for all of its records. */
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
  /** Of the batch that is sent next, under the id that `#numbered` is. */
  #nextSequence = 0
  #numberedFor: number | null = null

  constructor(options: QueueOptions) {
    this.#options = options
  }

  /** Resolves when the record is acknowledged. */
  add(record: OutgoingRecord, sizeBytes: number, timestamp: number): Promise<void> {
    const { settings } = this.#options
    const open = this.#batches.at(-1)
    const joins = open !== undefined && !(this.#sending !== null && this.#batches.length === 1) && this.#openBytes + sizeBytes <= settings.batchBytes
    const batch = joins ? open : this.#begin()
    batch.records.push({ record, timestamp })
    this.#openBytes += sizeBytes
    if (this.#openBytes >= settings.batchBytes || this.#batches.length > 1 || settings.lingerMs === 0 || this.#options.isHurried()) this.#start()
    else this.#linger ??= this.#options.client.ports.timers.schedule(settings.lingerMs, () => this.#start())
    return batch.done.promise
  }

  /** What waits for more records goes now. */
  hurry(): void {
    if (this.#batches.length > 0) this.#start()
  }

  #begin(): Batch {
    const { client, settings } = this.#options
    const batch = { records: [], deadlineMs: client.ports.clock.monotonicMs() + settings.deliveryTimeoutMs, done: deferred<void>() }
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
      if (failure === null) batch.done.resolve()
      else {
        this.#options.forgetProducerId()
        this.#numberedFor = null
        batch.done.reject(failure)
      }
    }
  }

  /** Two halves in its place; their records share the promise of the second, which settles last. */
  #split(batch: Batch): void {
    const middle = batch.records.length >> 1
    const first = { ...batch, records: batch.records.slice(0, middle), done: deferred<void>() }
    const second = { ...batch, records: batch.records.slice(middle), done: deferred<void>() }
    Promise.all([first.done.promise, second.done.promise]).then(() => batch.done.resolve(), batch.done.reject)
    this.#batches.splice(0, 1, first, second)
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
        const isOver = tries >= settings.retries || client.ports.clock.monotonicMs() + settings.retryBackoffMs > batch.deadlineMs
        if (isOver || !isRetriable(error)) return error
        this.#leader = null
        client.forget()
        await client.ports.timers.sleep(settings.retryBackoffMs)
      }
    }
  }

  async #sendOnce(batch: Batch): Promise<void> {
    const { client, settings, topic, partition } = this.#options
    const producerId = await this.#options.producerId()
    const records = this.#encoded(batch, producerId)
    const leader = await this.#findLeader()
    const request = { acks: settings.acks, timeoutMs: settings.requestTimeoutMs, topicData: [{ name: topic, partitionData: [{ index: partition, records }] }] }
    if (settings.acks === 0) return client.tellBroker(leader, ProduceByName, request)
    const { responses } = await client.askBroker(leader, ProduceByName, request)
    const answer = responses[0]?.partitionResponses[0]
    if (answer === undefined) throw new KafkaError(ErrorCode.UNKNOWN_SERVER_ERROR)
    // It was written when the answer to an earlier try was lost.
    if (answer.errorCode !== ErrorCode.NONE && answer.errorCode !== ErrorCode.DUPLICATE_SEQUENCE_NUMBER)
      throw new KafkaError(answer.errorCode, answer.recordErrors[0]?.batchIndexErrorMessage ?? answer.errorMessage)
    this.#nextSequence = incrementSequence(this.#nextSequence, batch.records.length)
  }

  #encoded({ records }: Batch, producerId: ProducerId | null): Buffer {
    if (producerId !== null && this.#numberedFor !== producerId.id) {
      this.#numberedFor = producerId.id
      this.#nextSequence = 0
    }
    const { compression } = this.#options.settings
    return buildBatch(
      { compression, ...(producerId === null ? {} : { producerId: producerId.id, producerEpoch: producerId.epoch, baseSequence: this.#nextSequence }) },
      records.map(({ record: { key, value, headers = [] }, timestamp }) => ({ key, value, headers, timestamp })),
    )
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

function isRetriable(error: Error): boolean {
  return isTransient(error) || (error instanceof KafkaError && RETRIABLE.has(error.errorCode))
}

function isTooLarge(error: Error): boolean {
  return error instanceof KafkaError && error.errorCode === ErrorCode.MESSAGE_TOO_LARGE
}
