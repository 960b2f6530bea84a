import { ErrorCode } from '../../protocol/error-codes.ts'
import type { PartitionLog } from '../storage/log/partition-log.ts'
import type { AppendResult } from '../storage/log/results.ts'
import type { HighWatermark } from './high-watermark.ts'
import type { PartitionEnvironment } from './partition-environment.ts'
import { appendRefused } from './refusal.ts'

export interface FollowingOptions {
  readonly environment: Pick<PartitionEnvironment, 'clock'>
  readonly watermark: HighWatermark
  /** null while the log is not open. It may move to another directory. */
  readonly log: () => PartitionLog | null
  /** Takes the log's directory offline for a `DiskError`, and throws anything else again. */
  readonly logFailed: (log: PartitionLog, error: unknown) => void
  readonly onChange: () => void
  /** Calls `cut`, which takes the end of the log away, at a time when nobody copies the log; what was copied is cut too. */
  readonly cutting: CutTogether
}

/** @param offset from which on all goes */
export type CutTogether = (offset: number, cut: () => Promise<boolean>) => Promise<boolean>

/** Offsets that a leader tells its followers. */
export interface LeaderOffsets {
  readonly highWatermark: number
  readonly logStartOffset: number
}

/**
 * That this node follows the leader of a partition, for one leader epoch: what a fetcher may do to the log. Once it has ended
 * (another epoch, another role, the disk failed) nothing here touches the log any more.
 */
export class Following {
  readonly leaderEpoch: number
  readonly #options: FollowingOptions
  #hasEnded = false

  constructor(options: FollowingOptions, leaderEpoch: number) {
    this.#options = options
    this.leaderEpoch = leaderEpoch
  }

  /** null from the end on. */
  get log(): PartitionLog | null {
    return this.#hasEnded ? null : this.#options.log()
  }

  /** Appends batches of the leader as they come. Does not throw: what is wrong with them or with the disk is a refusal. */
  append(records: Buffer): AppendResult {
    const { environment, watermark, logFailed } = this.#options
    const { log } = this
    if (log === null) return appendRefused(ErrorCode.NOT_LEADER_OR_FOLLOWER)
    try {
      const result = log.appendAsFollower(records, { leaderEpoch: this.leaderEpoch, nowMs: environment.clock.nowMs() })
      if (result.kind === 'appended') watermark.appendedAsFollower(log, records.length)
      return result
    } catch (error) {
      logFailed(log, error)
      return appendRefused(ErrorCode.KAFKA_STORAGE_ERROR)
    }
  }

  /** In force here as far as this log goes. */
  followOffsets({ highWatermark, logStartOffset }: LeaderOffsets): void {
    const { watermark, logFailed, onChange } = this.#options
    const { log } = this
    if (log === null) return
    try {
      const hasMoved = watermark.follow(log, highWatermark)
      if (log.incrementLogStartOffset(logStartOffset) === true || hasMoved) onChange()
    } catch (error) {
      logFailed(log, error)
    }
  }

  /** Cuts what the leader does not have. Resolves, when it is durable, with whether the disk did it. */
  truncateTo(offset: number): Promise<boolean> {
    return this.#options.cutting(offset, () => this.#onDisk((log) => log.truncateTo(offset)))
  }

  /** Gives up all records: the leader has none of them any more. As `truncateTo`. */
  truncateFullyAndStartAt(offset: number): Promise<boolean> {
    return this.#options.cutting(0, () => this.#onDisk((log) => log.truncateFullyAndStartAt(offset)))
  }

  /** Of a log that holds nothing: the next batch begins at `offset`, and the log within it, where it did. As `truncateTo`. */
  beginBeforeStart(offset: number): Promise<boolean> {
    return this.#options.cutting(0, () => this.#onDisk((log) => log.truncateFullyAndStartAt(offset, log.logStartOffset)))
  }

  /** Resolves when all that was appended is on the device, with whether it is. */
  flush(): Promise<boolean> {
    return this.#onDisk((log) => log.flush())
  }

  end(): void {
    this.#hasEnded = true
  }

  async #onDisk(work: (log: PartitionLog) => Promise<unknown>): Promise<boolean> {
    const { log } = this
    if (log === null) return false
    try {
      await work(log)
      return true
    } catch (error) {
      // One that moved to another directory or was closed meanwhile has not failed.
      if (log.failure === error || !log.isClosed) this.#options.logFailed(log, error)
      return false
    }
  }
}
