/**
 * Reads topics, as a member of a group or for itself. `next` gives one record after the other; what it gave counts as read, and is
 * what the group commits, by and by and at the end.
 */

import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { TopicPartition } from '../../../base/topic-partition.ts'
import { topicPartitionKey } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { type CommittedOffset, committedOffsets } from '../groups/group-offsets.ts'
import { KafkaError } from '../kafka-error.ts'
import { listAllOffsets, OFFSET_AT } from '../offsets/list-offsets.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import type { ConsumedRecord } from './decode-records.ts'
import { Fetcher, type PositionedPartition } from './fetcher.ts'
import { GroupMember } from './group-member.ts'

/** How long a step may take before it is looked at whether there is something else to do, in milliseconds. */
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
  #committedMs = 0
  /** By `topic-partition`, as last committed. */
  #committed = new Map<string, number>()

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
    const deadlineMs = this.#nowMs() + timeoutMs
    for (;;) {
      if (signal.aborted) return null
      await this.#keepUp()
      const record = this.#fetcher.take()
      if (record !== null) return record
      const leftMs = deadlineMs - this.#nowMs()
      if (leftMs <= 0) return null
      await this.#fetcher.fetch(Math.min(leftMs, STEP_MS))
    }
  }

  /** Commits what was read, and leaves the group. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#member === null) return
    if (!this.#member.isStale) await this.#commit()
    await this.#member[Symbol.asyncDispose]()
  }

  async #keepUp(): Promise<void> {
    if (this.#member === null) return
    await this.#member.keepAlive()
    await this.#lookForTopics()
    if (this.#member.isStale) return this.#join(this.#member)
    const { commitIntervalMs = 0 } = this.#settings.group ?? {}
    if (this.#nowMs() - this.#committedMs >= commitIntervalMs) await this.#commit()
  }

  async #lookForTopics(): Promise<void> {
    if (this.#nowMs() < this.#topicsDueMs) return
    const topics = await this.#topics()
    const isComplete = topics.size > 0 && [...topics.values()].every((partitionCount) => partitionCount > 0)
    this.#topicsDueMs = this.#nowMs() + (isComplete ? this.#settings.metadataMaxAgeMs : Math.min(ABSENT_RETRY_MS, this.#settings.metadataMaxAgeMs))
    if (textOf(topics) === textOf(this.#known)) return
    this.#known = topics
    this.#member?.leaveGeneration()
  }

  async #join(member: GroupMember): Promise<void> {
    await this.#commit()
    const partitions = await member.join([...this.#known.keys()])
    this.#fetcher.assign(await this.#startOffsets(partitions))
    this.#committed.clear()
    this.#committedMs = this.#nowMs()
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

  /** Only what has moved since. */
  async #commit(): Promise<void> {
    if (this.#settings.group?.commits !== true) return
    this.#committedMs = this.#nowMs()
    const moved = this.#fetcher.positions().filter(({ topic, partition, offset }) => this.#committed.get(topicPartitionKey(topic, partition)) !== offset)
    await this.#member?.commit(moved)
    for (const { topic, partition, offset } of moved) this.#committed.set(topicPartitionKey(topic, partition), offset)
  }

  #nowMs(): number {
    return this.#client.ports.clock.monotonicMs()
  }
}

function textOf(topics: ReadonlyMap<string, number>): string {
  return JSON.stringify([...topics].toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
