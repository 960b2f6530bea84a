/**
 * Reads partitions from their leaders: one Fetch to each leader at a time, for the partitions of which nothing waits to be taken.
 * A leader that moves is looked for anew, an offset that is not there any more is replaced as the settings say. What failed is
 * asked for again after `retryBackoffMs`, and leaders no more often than that.
 *
 * Positions are those of what was taken: what was fetched and not taken does not count. Of a partition there is one Fetch at a time,
 * also while its leader moves.
 */
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { FetchApi, type FetchResponse } from '../../../../protocol/messages/fetch.ts'
import { type TopicPartition, topicPartitionKey } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { type LeaderOf, leaderOf, partitionLeaders } from '../cluster/partition-leaders.ts'
import { upToVersion } from '../cluster/up-to-version.ts'
import { grouped } from '../grouped.ts'
import { isTransient, KafkaError } from '../kafka-error.ts'
import { listAllOffsets, OFFSET_AT, READ_COMMITTED, READ_UNCOMMITTED } from '../offsets/list-offsets.ts'
import { unlessAborted, within } from '../within.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import { type ConsumedRecord, decodeRecords } from './decode-records.ts'

/** Later versions name topics by their ids alone. */
const FetchByName = upToVersion(FetchApi, 12)
const NO_SESSION_EPOCH = -1

export interface PositionedPartition extends TopicPartition {
  readonly offset: number
  /** Of the last record before it; -1 where that is not known. */
  readonly leaderEpoch: number
}

interface Partition extends TopicPartition {
  readonly key: string
  /** The next that is fetched. */
  fetchOffset: number
  /** The next that is taken. */
  position: number
  leaderEpoch: number
  /** Records of the last answer; those before `taken` were taken. */
  waiting: readonly ConsumedRecord[]
  taken: number
  /** An answer is awaited. */
  isFetching: boolean
  /** On the monotonic clock: it failed, and is not asked for before. */
  notBeforeMs: number
}

/** Nothing of it waits to be taken. */
function isTaken({ waiting, taken }: Partition): boolean {
  return taken >= waiting.length
}

/** What passes where partitions are read, beside what `isTransient` says. */
const RETRIABLE = new Set<number>([
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.UNKNOWN_TOPIC_ID,
  ErrorCode.INCONSISTENT_TOPIC_ID,
  ErrorCode.CORRUPT_MESSAGE,
])

/** See the head of this file. */
export class Fetcher {
  readonly #client: ClusterClient
  readonly #settings: ConsumerSettings
  #partitions = new Map<string, Partition>()
  /** The same, in their order. */
  #list: readonly Partition[] = []
  /** As they were last looked for; null before. */
  #leaders: ReadonlyMap<string, LeaderOf> | null = null
  #areLeadersOld = false
  #looking: Promise<void> | null = null
  /** On the monotonic clock: leaders are not looked for before. */
  #lookNotBeforeMs = 0
  /** By leader. */
  readonly #inFlight = new Map<number, Promise<void>>()
  #failure: Error | null = null
  /** Partitions take turns. */
  #next = 0

  constructor(client: ClusterClient, settings: ConsumerSettings) {
    this.#client = client
    this.#settings = settings
  }

  /** Reads these and no others from now on. */
  assign(partitions: readonly PositionedPartition[]): void {
    this.#partitions = new Map(
      partitions.map(({ topic, partition, offset, leaderEpoch }) => {
        const key = topicPartitionKey(topic, partition)
        const next = { fetchOffset: offset, position: offset, leaderEpoch, waiting: [], taken: 0 }
        return [key, { topic, partition, key, ...next, isFetching: false, notBeforeMs: 0 }]
      }),
    )
    this.#list = [...this.#partitions.values()]
    this.#leaders = null
    this.#looking = null
    this.#lookNotBeforeMs = 0
  }

  /** The next record of any partition, or null where none waits. */
  take(): ConsumedRecord | null {
    const all = this.#list
    for (let turn = 0; turn < all.length; turn++) {
      const partition = all[(this.#next + turn) % all.length] as Partition
      const record = partition.waiting[partition.taken]
      if (record === undefined) continue
      partition.taken++
      this.#next = (this.#next + turn) % all.length
      partition.leaderEpoch = record.leaderEpoch
      partition.position = isTaken(partition) ? partition.fetchOffset : record.offset + 1
      return record
    }
    return null
  }

  /** What comes after all that was taken. */
  positions(): readonly PositionedPartition[] {
    return this.#list.map(({ topic, partition, position, leaderEpoch }) => ({ topic, partition, offset: position, leaderEpoch }))
  }

  /**
   * Waits until something may be taken or be done, or the time is over.
   * @param signal ends it, with its reason
   * Errors: what does not pass by itself.
   */
  async fetch(timeoutMs: number, signal: AbortSignal): Promise<void> {
    this.#lookForLeaders()
    this.#startFetches()
    const events = [...this.#inFlight.values(), ...(this.#looking === null ? [] : [this.#looking])]
    await unlessAborted(signal, within(this.#client.ports.timers, Math.min(timeoutMs, this.#untilDueMs()), events))
    const failure = this.#failure
    this.#failure = null
    if (failure !== null) throw failure
  }

  #lookForLeaders(): void {
    const isWanted = this.#list.length > 0 && (this.#leaders === null || this.#areLeadersOld)
    if (!isWanted || this.#looking !== null || this.#nowMs() < this.#lookNotBeforeMs) return
    const looking = this.#findLeaders(this.#partitions).finally(() => {
      if (this.#looking === looking) this.#looking = null
    })
    this.#looking = looking
  }

  /** Never rejects. */
  async #findLeaders(partitions: ReadonlyMap<string, Partition>): Promise<void> {
    this.#lookNotBeforeMs = this.#nowMs() + this.#client.settings.retryBackoffMs
    this.#areLeadersOld = false
    const topics = [...partitions.values()].map(({ topic }) => topic)
    try {
      const leaders = await partitionLeaders(this.#client, topics)
      // Others may be read by now.
      if (partitions === this.#partitions) this.#leaders = leaders
    } catch (error) {
      if (partitions === this.#partitions) this.#onFailure(error, [])
    }
  }

  #startFetches(): void {
    if (this.#leaders === null) return
    const led: { readonly partition: Partition; readonly leader: number }[] = []
    for (const partition of this.#list) {
      if (partition.isFetching || !isTaken(partition) || partition.notBeforeMs > this.#nowMs()) continue
      const found = leaderOf(this.#leaders, partition.topic, partition.partition)
      if (found instanceof KafkaError) this.#onError(found, partition)
      else led.push({ partition, leader: found.leader })
    }
    for (const [leader, some] of grouped(led, (one) => one.leader)) {
      if (this.#inFlight.has(leader)) continue
      const partitions = some.map(({ partition }) => partition)
      const fetching = this.#fetchFrom(leader, partitions).finally(() => this.#inFlight.delete(leader))
      this.#inFlight.set(leader, fetching)
    }
  }

  /** Until something that failed may be asked for again; infinite where nothing has. */
  #untilDueMs(): number {
    const isLookDue = this.#looking === null && (this.#leaders === null || this.#areLeadersOld)
    let dueMs = isLookDue && this.#list.length > 0 ? this.#lookNotBeforeMs : Number.POSITIVE_INFINITY
    for (const { notBeforeMs } of this.#list) if (notBeforeMs > this.#nowMs()) dueMs = Math.min(dueMs, notBeforeMs)
    return dueMs - this.#nowMs()
  }

  /** Never rejects: what went wrong is thrown by `fetch`. */
  async #fetchFrom(leader: number, partitions: readonly Partition[]): Promise<void> {
    const asked = new Map(partitions.map((partition) => [partition.key, partition]))
    for (const partition of partitions) partition.isFetching = true
    try {
      const answer = await this.#client.askBroker(leader, FetchByName, this.#request(partitions))
      if (answer.errorCode !== ErrorCode.NONE) throw new KafkaError(answer.errorCode)
      for (const { topic, partitions: results } of answer.responses) {
        for (const result of results) {
          const key = topicPartitionKey(topic, result.partitionIndex)
          const partition = this.#partitions.get(key)
          // It may have been taken away, or given back at another place, meanwhile.
          if (partition !== undefined && partition === asked.get(key)) await this.#onResult(partition, result)
        }
      }
    } catch (error) {
      this.#onFailure(error, partitions)
    } finally {
      for (const partition of partitions) partition.isFetching = false
    }
  }

  #request(partitions: readonly Partition[]) {
    const { fetchMaxWaitMs, fetchMinBytes, fetchMaxBytes, partitionMaxBytes, readsCommittedOnly } = this.#settings
    return {
      maxWaitMs: fetchMaxWaitMs,
      minBytes: fetchMinBytes,
      maxBytes: fetchMaxBytes,
      isolationLevel: readsCommittedOnly ? READ_COMMITTED : READ_UNCOMMITTED,
      sessionEpoch: NO_SESSION_EPOCH,
      topics: [...grouped(partitions, ({ topic }) => topic)].map(([topic, some]) => ({
        topic,
        partitions: some.map(({ partition, fetchOffset }) => ({ partition, fetchOffset, partitionMaxBytes })),
      })),
      forgottenTopicsData: [],
    }
  }

  async #onResult(partition: Partition, result: FetchResponse['responses'][number]['partitions'][number]): Promise<void> {
    if (result.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) return this.#reset(partition)
    if (result.errorCode !== ErrorCode.NONE) return this.#onError(new KafkaError(result.errorCode), partition)
    const { records, nextOffset } = decodeRecords({
      topic: partition.topic,
      partition: partition.partition,
      bytes: result.records ?? Buffer.alloc(0),
      startOffset: partition.fetchOffset,
      aborted: this.#settings.readsCommittedOnly ? (result.abortedTransactions ?? []) : null,
      checksCrcs: this.#settings.checksCrcs,
    })
    partition.fetchOffset = nextOffset
    partition.waiting = records
    partition.taken = 0
    if (records.length === 0) partition.position = nextOffset
  }

  /** The offset is not there: retention was quicker, or it never was. */
  async #reset(partition: Partition): Promise<void> {
    const { topic, partition: number, key, fetchOffset } = partition
    const { offsetReset } = this.#settings
    if (offsetReset === 'none')
      throw new KafkaError(ErrorCode.OFFSET_OUT_OF_RANGE, `Fetch position ${fetchOffset} is out of range for partition ${key}, and auto.offset.reset is none`)
    const offsets = await listAllOffsets(this.#client, [{ topic, partition: number, timestamp: OFFSET_AT[offsetReset] }])
    partition.fetchOffset = offsets.get(key)?.offset ?? 0
    partition.position = partition.fetchOffset
  }

  #onError(error: KafkaError, partition: Partition): void {
    this.#areLeadersOld = true
    if (RETRIABLE.has(error.errorCode)) this.#holdBack([partition])
    else this.#onFailure(error, [partition])
  }

  /** @param partitions of which nothing came */
  #onFailure(error: unknown, partitions: readonly Partition[]): void {
    this.#areLeadersOld = true
    this.#holdBack(partitions)
    this.#client.forget()
    if (!isTransient(error)) this.#failure = error instanceof Error ? error : new Error(String(error))
  }

  #holdBack(partitions: readonly Partition[]): void {
    for (const partition of partitions) partition.notBeforeMs = this.#nowMs() + this.#client.settings.retryBackoffMs
  }

  #nowMs(): number {
    return this.#client.ports.clock.monotonicMs()
  }
}
