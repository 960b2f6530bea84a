import { DiskError } from '../base/errors.ts'
import type { PartitionLog } from '../storage/log/partition-log.ts'
import type { Appended } from '../storage/log/results.ts'
import { CommittedBytes } from './committed-bytes.ts'
import { FlushGate } from './flush-gate.ts'
import type { LeaderState } from './leader-state.ts'
import type { PartitionEnvironment } from './partition-environment.ts'

export interface HighWatermarkOptions {
  readonly topic: string
  readonly environment: PartitionEnvironment
  /** What had to be on the device is there: `advance` is worth a try. */
  readonly onFlushed: () => void
}

/**
 * Moves the high watermark of a log that this node leads to what all in-sync replicas have, and what has to be on the
 * device is there (`flush.messages`); counts the bytes that it passes. The offset itself is the log's.
 */
export class HighWatermark {
  readonly #topic: string
  readonly #environment: PartitionEnvironment
  readonly #onFlushed: () => void
  readonly #committedBytes = new CommittedBytes()
  #flushGate: FlushGate

  constructor({ topic, environment, onFlushed }: HighWatermarkOptions) {
    this.#topic = topic
    this.#environment = environment
    this.#onFlushed = onFlushed
    this.#flushGate = this.#newGate()
  }

  /** See `CommittedBytes`. */
  get committedBytes(): number {
    return this.#committedBytes.total
  }

  /** Whether an append that had to be flushed before it is acknowledged (`flush.messages`) is on the device up to `endOffset`. */
  isFlushedTo(endOffset: number): boolean {
    const { limit } = this.#flushGate
    return limit === null || limit >= endOffset
  }

  /** `result` says what was appended to `log`, for the first time. */
  appended(log: PartitionLog, leader: LeaderState, result: Appended, sizeBytes: number): void {
    if (result.mustFlush) this.#flushGate.hold(log, result.firstOffset)
    this.advance(log, leader)
    this.#committedBytes.appended(log.logEndOffset, sizeBytes, log.highWatermark)
  }

  advance(log: PartitionLog, leader: LeaderState): void {
    const committed = this.#committedOffset(log, leader)
    if (committed === null || !log.maybeIncrementHighWatermark(committed)) return
    this.#committedBytes.committedTo(committed)
    this.#environment.highWatermarkChanged()
  }

  /** Bytes of the leader were appended; they count when its high watermark passes them. */
  appendedAsFollower(log: PartitionLog, sizeBytes: number): void {
    this.#committedBytes.appended(log.logEndOffset, sizeBytes, log.highWatermark)
  }

  /** The leader's high watermark is in force as far as `log` goes: also where it is lower, as with a leader that has yet to learn. True when it moved. */
  follow(log: PartitionLog, highWatermark: number): boolean {
    const before = log.highWatermark
    const after = log.updateHighWatermark(highWatermark)
    if (after === before) return false
    this.#committedBytes.committedTo(after)
    this.#environment.highWatermarkChanged()
    return true
  }

  /** Another leader epoch: what was appended and not committed may never be. */
  leaderChanged(): void {
    this.#committedBytes.forgetPending()
  }

  /** A log opened again after its directory failed waits for no flush of its earlier self. */
  logOpened(): void {
    this.#flushGate = this.#newGate()
  }

  /** `log` goes on where another ended: what waited to be flushed there has to be flushed here. */
  logMoved(log: PartitionLog): void {
    const { limit } = this.#flushGate
    this.#flushGate = this.#newGate()
    if (limit !== null) this.#flushGate.hold(log, limit)
  }

  #committedOffset(log: PartitionLog, leader: LeaderState): number | null {
    const { limit } = this.#flushGate
    const own = limit === null ? log.logEndOffset : Math.min(limit, log.logEndOffset)
    if (leader.isAlone) return own
    const environment = this.#environment
    const committed = leader.committedOffset({
      logEndOffset: log.logEndOffset,
      minInsyncReplicas: environment.minInsyncReplicas(this.#topic),
      nowMs: environment.clock.monotonicMs(),
      lagTimeMaxMs: environment.lagTimeMaxMs(),
      isEligible: environment.isEligible,
    })
    return committed === null ? null : Math.min(committed, own)
  }

  #newGate(): FlushGate {
    return new FlushGate(this.#onFlushed, this.#flushFailed)
  }

  /** `log` may be one that the partition has left: what it goes on with did not fail. */
  readonly #flushFailed = (log: PartitionLog, error: unknown): void => {
    if (error instanceof DiskError) this.#environment.diskFailed(log, error)
    else this.#environment.onFailure(error)
  }
}
