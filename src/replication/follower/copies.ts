import type { Uuid } from '../../../protocol/uuid.ts'
import type { Following } from '../following.ts'
import { type WantedPartition, wantedKey } from './fetch-session-client.ts'

/** A partition that is to be copied from its leader. */
export interface CopyOptions {
  readonly topic: string
  readonly topicId: Uuid
  readonly partition: number
  readonly following: Following
}

/** Of a request. */
export interface CopyLimits {
  readonly maxBytes: number
  readonly nowMs: number
  /** Whether a partition must not be asked for now, since it would copy faster than it may. */
  readonly isThrottled: (copy: Copy) => boolean
}

/** The state of one partition that is copied from its leader: where it stands is in its log. */
export class Copy {
  readonly topic: string
  readonly topicId: Uuid
  readonly partition: number
  readonly following: Following
  /** It is not asked for before then. Monotonic. */
  delayedUntilMs = Number.NEGATIVE_INFINITY
  /** How far behind the leader's high watermark the log was after the last answer; null before any. */
  lag: number | null = null
  /** What waits for the disk. */
  work: Promise<unknown> | null = null
  /** How often in a row the leader had not heard yet what is known here. */
  earlyCount = 0
  /** That it fails was told. */
  isFailing = false
  /** Nobody wants it copied any more. */
  isReleased = false

  constructor({ topic, topicId, partition, following }: CopyOptions) {
    this.topic = topic
    this.topicId = topicId
    this.partition = partition
    this.following = following
  }

  get key(): string {
    return wantedKey(this)
  }

  /** null when it cannot be copied now: its log is gone, or is being cut. */
  wanted(maxBytes: number): WantedPartition | null {
    const { log, leaderEpoch } = this.following
    if (log === null || this.work !== null) return null
    return {
      topicId: this.topicId,
      partition: this.partition,
      currentLeaderEpoch: leaderEpoch,
      fetchOffset: log.logEndOffset,
      lastFetchedEpoch: log.latestEpoch ?? -1,
      logStartOffset: log.logStartOffset,
      // More could not be appended at once.
      maxBytes: Math.min(maxBytes, log.config.segmentBytes),
    }
  }
}

/**
 * The partitions that one fetcher copies from one leader. Those that gave records go to the end, so that each has its turn
 * where the limits are narrow. Source: org.apache.kafka.common.internals.PartitionStates.
 */
export class Copies {
  readonly #copies = new Map<string, Copy>()

  get size(): number {
    return this.#copies.size
  }

  get all(): Iterable<Copy> {
    return this.#copies.values()
  }

  get(key: string): Copy | undefined {
    return this.#copies.get(key)
  }

  add(copy: Copy): void {
    this.#copies.set(copy.key, copy)
  }

  remove(copy: Copy): void {
    if (this.#copies.get(copy.key) === copy) this.#copies.delete(copy.key)
  }

  moveToEnd(copy: Copy): void {
    if (this.#copies.size === 1 || this.#copies.get(copy.key) !== copy) return
    this.#copies.delete(copy.key)
    this.#copies.set(copy.key, copy)
  }

  /** What is to be asked for now, in order. */
  wanted({ maxBytes, nowMs, isThrottled }: CopyLimits): Map<string, WantedPartition> {
    const wanted = new Map<string, WantedPartition>()
    for (const [key, copy] of this.#copies) {
      if (copy.delayedUntilMs > nowMs || isThrottled(copy)) continue
      const partition = copy.wanted(maxBytes)
      if (partition !== null) wanted.set(key, partition)
    }
    return wanted
  }

  /** When the first of those that are delayed may be asked for again; infinite when none is. */
  nextReadyMs(nowMs: number): number {
    let next = Number.POSITIVE_INFINITY
    for (const { delayedUntilMs } of this.#copies.values()) if (delayedUntilMs > nowMs) next = Math.min(next, delayedUntilMs)
    return next
  }
}
