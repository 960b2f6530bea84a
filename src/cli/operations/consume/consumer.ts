/**
 * Reads topics, as a member of a group or for itself. `next` gives one record after the other; what it gave counts as read, and is
 * what the group commits, by and by and when it is closed. Only what the coordinator took counts as committed.
 *
 * Nothing holds up a signal: whatever is waited for is given up, a join among others, and the group is left in order by `close`.
 */

import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { TopicPartition } from '../../../base/topic-partition.ts'
import { topicPartitionKey } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { type CommittedOffset, committedOffsets } from '../groups/group-offsets.ts'
import { isTransient, KafkaError } from '../kafka-error.ts'
import { listAllOffsets, OFFSET_AT } from '../offsets/list-offsets.ts'
import { unlessAborted } from '../within.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import type { ConsumedRecord } from './decode-records.ts'
import { Fetcher, type PositionedPartition } from './fetcher.ts'
import { GroupMember } from './group-member.ts'

/** How long records are waited for before it is looked at whether there is something else to do, in milliseconds. */
const STEP_MS = 500
/** How often a topic that is not there is looked for, in milliseconds. */
const ABSENT_RETRY_MS = 1_000

/** The topics that are wanted, with their partitions' count: 0 for one that is not there yet. */
export type Topics = () => Promise<ReadonlyMap<string, number>>

/** See the head of this file. */
export class Consumer implements AsyncDisposable {
  readonly #client: ClusterClient
  readonly #settings: ConsumerSettings
  readonly #fetcher: Fetcher
  readonly #member: GroupMember | null
  /** What is wanted now; asked for when the group is joined, and as often as metadata get old. */
  #topics: Topics = async () => new Map()
  #known: ReadonlyMap<string, number> = new Map()
  #topicsDueMs = 0
  #commitDueMs = 0
  /** By `topic-partition`, as last committed. */
  #committed = new Map<string, number>()
  #isClosed = false

  constructor(client: ClusterClient, settings: ConsumerSettings) {
    this.#client = client
    this.#settings = settings
    this.#fetcher = new Fetcher(client, settings)
    this.#member = settings.group === null ? null : new GroupMember(client, settings.group)
  }

  /** Reads topics as a member of the group. */
  subscribe(topics: Topics): void {
    this.#topics = topics
  }

  /** Reads these partitions, whoever else does. */
  async assign(partitions: readonly (TopicPartition & { readonly from: number | 'earliest' | 'latest' })[]): Promise<void> {
    const byName = partitions.flatMap(({ topic, partition, from }) => (typeof from === 'number' ? [] : [{ topic, partition, timestamp: OFFSET_AT[from] }]))
    const found = byName.length === 0 ? new Map() : await listAllOffsets(this.#client, byName)
    this.#fetcher.assign(
      partitions.map(({ topic, partition, from }) => ({
        topic,
        partition,
        leaderEpoch: -1,
        offset: typeof from === 'number' ? from : (found.get(topicPartitionKey(topic, partition))?.offset ?? 0),
      })),
    )
  }

  /** The next record; null when none came in time or `signal` was raised. Errors: what does not pass by itself. */
  async next(timeoutMs: number, signal: AbortSignal): Promise<ConsumedRecord | null> {
    if (signal.aborted) return null
    return (this.#isUpToDate() ? this.#fetcher.take() : null) ?? this.#awaitNext(timeoutMs, signal)
  }

  /** Commits what was read, again if need be, and leaves the group. Errors: that it could not be committed. */
  async close(): Promise<void> {
    try {
      await this.#client.retry('commitOffsets', () => this.#commit())
    } finally {
      this.#isClosed = true
      await this.#member?.[Symbol.asyncDispose]()
    }
  }

  /** For who did not come to `close`, and has a failure to tell of: what fails now is not told besides. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await Promise.allSettled([this.#commit()])
    await Promise.allSettled([this.#member?.[Symbol.asyncDispose]()])
  }

  async #awaitNext(timeoutMs: number, signal: AbortSignal): Promise<ConsumedRecord | null> {
    const ending = new AbortController()
    const end = () => ending.abort()
    const timer = this.#client.ports.timers.schedule(timeoutMs, end)
    signal.addEventListener('abort', end)
    try {
      for (;;) {
        await this.#keepUp(ending.signal)
        const record = this.#fetcher.take()
        if (record !== null) return record
        await this.#fetcher.fetch(Math.min(STEP_MS, this.#untilDueMs()), ending.signal)
      }
    } catch (error) {
      if (ending.signal.aborted && error === ending.signal.reason) return null
      throw error
    } finally {
      timer.cancel()
      signal.removeEventListener('abort', end)
    }
  }

  /** Nothing is to be done but to give what was fetched. */
  #isUpToDate(): boolean {
    return this.#member?.isStale !== true && this.#untilDueMs() > 0
  }

  /** Until there is something to do for the group; 0 when there is. */
  #untilDueMs(): number {
    if (this.#member === null) return Number.POSITIVE_INFINITY
    return Math.max(0, Math.min(this.#member.heartbeatDueMs, this.#topicsDueMs, this.#commitDueMs) - this.#nowMs())
  }

  async #keepUp(signal: AbortSignal): Promise<void> {
    if (this.#member === null) return
    await unlessAborted(signal, this.#member.keepAlive())
    await this.#lookForTopics(signal)
    if (this.#member.isStale) await this.#join(this.#member, signal)
    else await this.#commitInPassing(signal)
  }

  async #lookForTopics(signal: AbortSignal): Promise<void> {
    if (this.#nowMs() < this.#topicsDueMs) return
    const topics = await unlessAborted(signal, this.#topics())
    const isComplete = topics.size > 0 && [...topics.values()].every((partitionCount) => partitionCount > 0)
    this.#topicsDueMs = this.#nowMs() + (isComplete ? this.#settings.metadataMaxAgeMs : Math.min(ABSENT_RETRY_MS, this.#settings.metadataMaxAgeMs))
    if (textOf(topics) === textOf(this.#known)) return
    this.#known = topics
    this.#member?.leaveGeneration()
  }

  async #join(member: GroupMember, signal: AbortSignal): Promise<void> {
    const { commitIntervalMs = 0 } = this.#settings.group ?? {}
    await unlessAborted(
      signal,
      this.#client.retry('commitOffsets', () => this.#commit()),
    )
    const partitions = await member.join([...this.#known.keys()], signal)
    this.#fetcher.assign(await unlessAborted(signal, this.#startOffsets(partitions)))
    this.#committed.clear()
    this.#commitDueMs = this.#nowMs() + commitIntervalMs
  }

  /** Where the group left off; else as the settings say. */
  async #startOffsets(partitions: readonly TopicPartition[]): Promise<readonly PositionedPartition[]> {
    const { group, offsetReset } = this.#settings
    const committed = group === null || partitions.length === 0 ? new Map<string, CommittedOffset>() : await committedOffsets(this.#client, group.groupId)
    const fresh = partitions.filter(({ topic, partition }) => !committed.has(topicPartitionKey(topic, partition)))
    if (fresh.length > 0 && offsetReset === 'none') {
      const keys = fresh.map(({ topic, partition }) => topicPartitionKey(topic, partition)).join(', ')
      throw new KafkaError(ErrorCode.OFFSET_OUT_OF_RANGE, `Undefined offset with no reset policy for partitions: [${keys}]`)
    }
    const timestamp = OFFSET_AT[offsetReset === 'none' ? 'latest' : offsetReset]
    const listed =
      fresh.length === 0
        ? new Map()
        : await listAllOffsets(
            this.#client,
            fresh.map((one) => ({ ...one, timestamp })),
          )
    return partitions.map(({ topic, partition }) => {
      const key = topicPartitionKey(topic, partition)
      const { offset = listed.get(key)?.offset ?? 0, leaderEpoch = null } = committed.get(key) ?? {}
      return { topic, partition, offset, leaderEpoch: leaderEpoch ?? -1 }
    })
  }

  /** What is not taken now is sent again a little later. */
  async #commitInPassing(signal: AbortSignal): Promise<void> {
    const { commitIntervalMs = 0 } = this.#settings.group ?? {}
    if (this.#nowMs() < this.#commitDueMs) return
    try {
      await unlessAborted(signal, this.#commit())
      this.#commitDueMs = this.#nowMs() + commitIntervalMs
    } catch (error) {
      if (!isTransient(error)) throw error
      this.#commitDueMs = this.#nowMs() + this.#client.settings.retryBackoffMs
    }
  }

  /** Only what has moved since the last that was taken. Errors: also what passes by itself. */
  async #commit(): Promise<void> {
    if (this.#member === null || this.#settings.group?.commits !== true) return
    const moved = this.#fetcher.positions().filter(({ topic, partition, offset }) => this.#committed.get(topicPartitionKey(topic, partition)) !== offset)
    for (const { topic, partition, offset } of await this.#member.commit(moved)) this.#committed.set(topicPartitionKey(topic, partition), offset)
  }

  #nowMs(): number {
    return this.#client.ports.clock.monotonicMs()
  }
}

function textOf(topics: ReadonlyMap<string, number>): string {
  return JSON.stringify([...topics].toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
