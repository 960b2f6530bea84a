/**
 * Sends records to one topic. Records of a partition are sent in order, a batch at a time: the next waits for the answer to the one
 * before, so that retries keep the order and, with a producer id, write nothing twice. What fails for good fails its own records.
 *
 * Memory is bounded by `bufferBytes`: the caller awaits `room()` before it sends more.
 */
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { InitProducerIdApi } from '../../../../protocol/messages/init-producer-id.ts'
import { MetadataApi } from '../../../../protocol/messages/metadata.ts'
import { deferred } from '../../../base/deferred.ts'
import type { Random } from '../../../base/ports.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { check, isTransient, KafkaError } from '../kafka-error.ts'
import { inTime } from '../within.ts'
import type { OutgoingRecord } from './outgoing-record.ts'
import { PartitionQueue, type ProducerId } from './partition-queue.ts'
import { Partitioner } from './partitioner.ts'
import type { ProducerSettings } from './producer-settings.ts'

/** Around a record: lengths, deltas, and its share of the batch's header. */
const RECORD_OVERHEAD_BYTES = 70
const METADATA_RETRY_MS = 100

/** See the head of this file. */
export class Producer implements AsyncDisposable {
  readonly topic: string
  readonly #client: ClusterClient
  readonly #settings: ProducerSettings
  readonly #partitioner: Partitioner
  readonly #queues = new Map<number, PartitionQueue>()
  #partitionCount: Promise<number> | null = null
  #producerId: Promise<ProducerId | null> | null = null
  /** As it was last answered. */
  #lastProducerId: ProducerId | null = null
  #bufferedBytes = 0
  /** Until they are acknowledged or have failed. */
  readonly #sends = new Set<Promise<void>>()
  #isFlushing = false
  #roomWanted = deferred<void>()

  constructor(client: ClusterClient, topic: string, settings: ProducerSettings, random: Random) {
    this.#client = client
    this.topic = topic
    this.#settings = settings
    this.#partitioner = new Partitioner(random, settings.batchBytes)
  }

  /** Resolves when the record is written as `acks` wants it. Errors: `KafkaError` of Kafka's producers, REQUEST_TIMED_OUT among them. */
  async send(record: OutgoingRecord): Promise<void> {
    const sending = this.#send(record)
    this.#sends.add(sending)
    try {
      await sending
    } finally {
      this.#sends.delete(sending)
    }
  }

  async #send(record: OutgoingRecord): Promise<void> {
    const sizeBytes = sizeOf(record)
    const { maxRequestBytes } = this.#settings
    if (sizeBytes > maxRequestBytes) {
      const why = `The message is ${sizeBytes} bytes when serialized which is larger than ${maxRequestBytes}, which is the value of the max.request.size configuration.`
      throw new KafkaError(ErrorCode.MESSAGE_TOO_LARGE, why)
    }
    this.#bufferedBytes += sizeBytes
    try {
      const partitionCount = await this.#partitions()
      const partition = record.partition ?? this.#partitioner.partitionOf(record.key, sizeBytes, partitionCount)
      await this.#queue(partition).add(record, sizeBytes, record.timestamp ?? this.#client.ports.clock.nowMs())
    } finally {
      this.#bufferedBytes -= sizeBytes
      this.#roomWanted.resolve()
      this.#roomWanted = deferred<void>()
    }
  }

  /** Resolves when more may be sent. */
  async room(): Promise<void> {
    while (this.#bufferedBytes >= this.#settings.bufferBytes) await this.#roomWanted.promise
  }

  /** Sends what waits for more records, and resolves when nothing waits for an answer. Never rejects: each record has its own. */
  async flush(): Promise<void> {
    this.#isFlushing = true
    for (const queue of this.#queues.values()) queue.hurry()
    await Promise.allSettled(this.#sends)
    this.#isFlushing = false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush()
  }

  #queue(partition: number): PartitionQueue {
    const known = this.#queues.get(partition)
    if (known !== undefined) return known
    const queue = new PartitionQueue({
      client: this.#client,
      settings: this.#settings,
      topic: this.topic,
      partition,
      isHurried: () => this.#isFlushing,
      producerId: () => this.#identity(),
      forgetProducerId: (id) => this.#forgetProducerId(id),
    })
    this.#queues.set(partition, queue)
    return queue
  }

  /** A topic that cannot be found is looked for again by the next record. */
  #partitions(): Promise<number> {
    this.#partitionCount ??= this.#findPartitions().catch((error: unknown) => {
      this.#partitionCount = null
      throw error
    })
    return this.#partitionCount
  }

  /** Makes the topic where the broker does so. */
  async #findPartitions(): Promise<number> {
    const { clock, timers } = this.#client.ports
    const { maxBlockMs } = this.#settings
    const deadlineMs = clock.monotonicMs() + maxBlockMs
    let failure: unknown
    const late = () => new KafkaError(ErrorCode.REQUEST_TIMED_OUT, `Topic ${this.topic} not present in metadata after ${maxBlockMs} ms.`, { cause: failure })
    for (;;) {
      try {
        const found = await inTime(timers, deadlineMs - clock.monotonicMs(), this.#askForTopic(), late)
        if (found !== null) return found
        failure = undefined
      } catch (error) {
        if (!isTransient(error)) throw error
        failure = error
      }
      if (clock.monotonicMs() + METADATA_RETRY_MS > deadlineMs) throw late()
      this.#client.forget()
      await timers.sleep(METADATA_RETRY_MS)
    }
  }

  async #askForTopic(): Promise<number | null> {
    const { topics } = await this.#client.ask(MetadataApi, { topics: [{ name: this.topic }], allowAutoTopicCreation: true })
    const topic = topics[0]
    if (topic === undefined || topic.errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) return null
    check(topic.errorCode)
    return topic.partitions.length === 0 ? null : topic.partitions.length
  }

  /** null without idempotence, and where the broker has none. */
  #identity(): Promise<ProducerId | null> {
    if (!this.#settings.isIdempotent) return Promise.resolve(null)
    this.#producerId ??= this.#initProducerId().catch((error: unknown) => {
      this.#producerId = null
      throw error
    })
    return this.#producerId
  }

  /** A batch under it is lost: what was not tried yet begins anew under another. */
  #forgetProducerId(id: ProducerId): void {
    if (this.#lastProducerId === id) this.#producerId = null
  }

  async #initProducerId(): Promise<ProducerId | null> {
    if ((await this.#client.versionOf(InitProducerIdApi)) === null) return null
    return this.#client.retry('initProducerId', async () => {
      const { errorCode, producerId, producerEpoch } = await this.#client.ask(InitProducerIdApi, { transactionalId: null, transactionTimeoutMs: 60_000 })
      check(errorCode)
      this.#lastProducerId = { id: producerId, epoch: producerEpoch }
      return this.#lastProducerId
    })
  }
}

function sizeOf({ key, value, headers = [] }: OutgoingRecord): number {
  const ofHeaders = headers.reduce((bytes, header) => bytes + Buffer.byteLength(header.key) + (header.value?.length ?? 0) + 10, 0)
  return RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0) + ofHeaders
}
