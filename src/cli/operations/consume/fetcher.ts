/**
 * Reads partitions from their leaders: one Fetch to each leader at a time, for the partitions of which nothing waits to be taken.
 * A leader that moves is looked for anew, an offset that is not there any more is replaced as the settings say.
 *
 * Positions are those of what was taken: what was fetched and not taken does not count.
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
import { within } from '../within.ts'
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
  #leaders: ReadonlyMap<string, LeaderOf> | null = null
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
        return [key, { topic, partition, key, fetchOffset: offset, position: offset, leaderEpoch, waiting: [], taken: 0 }]
      }),
    )
    this.#leaders = null
  }

  /** The next record of any partition, or null where none waits. */
  take(): ConsumedRecord | null {
    const all = [...this.#partitions.values()]
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
    return [...this.#partitions.values()].map(({ topic, partition, position, leaderEpoch }) => ({ topic, partition, offset: position, leaderEpoch }))
  }

  /** Waits until something may be taken, or the time is over. Errors: what does not pass by itself. */
  async fetch(timeoutMs: number): Promise<void> {
    await this.#startFetches()
    const { timers } = this.#client.ports
    if (this.#inFlight.size === 0) await within(timers, Math.min(timeoutMs, this.#client.settings.retryBackoffMs), [])
    else await within(timers, timeoutMs, [...this.#inFlight.values()])
    const failure = this.#failure
    this.#failure = null
    if (failure !== null) throw failure
  }

  async #startFetches(): Promise<void> {
    const idle = [...this.#partitions.values()].filter(isTaken)
    if (idle.length === 0) return
    const leaders = await this.#findLeaders()
    const led = idle.flatMap((partition) => {
      const found = leaderOf(leaders, partition.topic, partition.partition)
      if (found instanceof KafkaError) this.#onError(found)
      return found instanceof KafkaError ? [] : [{ partition, leader: found.leader }]
    })
    for (const [leader, some] of grouped(led, (one) => one.leader)) {
      if (this.#inFlight.has(leader)) continue
      const partitions = some.map(({ partition }) => partition)
      const fetching = this.#fetchFrom(leader, partitions).finally(() => this.#inFlight.delete(leader))
      this.#inFlight.set(leader, fetching)
    }
  }

  async #findLeaders(): Promise<ReadonlyMap<string, LeaderOf>> {
    const topics = [...this.#partitions.values()].map(({ topic }) => topic)
    try {
      this.#leaders ??= await partitionLeaders(this.#client, topics)
      return this.#leaders
    } catch (error) {
      this.#onFailure(error)
      return new Map()
    }
  }

  /** Never rejects: what went wrong is thrown by `fetch`. */
  async #fetchFrom(leader: number, partitions: readonly Partition[]): Promise<void> {
    const before = new Map(partitions.map((partition) => [partition.key, partition]))
    try {
      const answer = await this.#client.askBroker(leader, FetchByName, this.#request(partitions))
      if (answer.errorCode !== ErrorCode.NONE) throw new KafkaError(answer.errorCode)
      for (const { topic, partitions: results } of answer.responses) {
        for (const result of results) {
          const key = topicPartitionKey(topic, result.partitionIndex)
          const partition = this.#partitions.get(key)
          // It may have been taken away, or given back at another place, meanwhile.
          if (partition !== undefined && partition === before.get(key)) await this.#onResult(partition, result)
        }
      }
    } catch (error) {
      this.#onFailure(error)
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
    if (result.errorCode !== ErrorCode.NONE) return this.#onError(new KafkaError(result.errorCode))
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

  #onError(error: KafkaError): void {
    if (RETRIABLE.has(error.errorCode)) this.#leaders = null
    else this.#onFailure(error)
  }

  #onFailure(error: unknown): void {
    this.#leaders = null
    this.#client.forget()
    if (!isTransient(error)) this.#failure = error instanceof Error ? error : new Error(String(error))
  }
}
