import type { Uuid } from '../../../protocol/uuid.ts'
import { unreachable } from '../../base/assert.ts'
import type { TimestampMs } from '../../base/ports.ts'
import type { LogConfig } from './log-config.ts'
import type {
  ActiveProducer,
  AppendAsLeaderOptions,
  AppendedAsFollower,
  AppendResult,
  EpochEndOffset,
  OffsetAndTimestamp,
  ReadOptions,
  ReadResult,
} from './results.ts'

/**
 * The log of one partition: Kafka's `UnifiedLog`. Whatever fails on the disk is thrown as `DiskError`, after which the log's
 * directory must be taken offline (the log manager does so and calls `onDirectoryOffline`); everything else is a value.
 *
 * INTERFACE FIRST: bodies follow.
 */
export class PartitionLog {
  declare readonly topic: string
  declare readonly partition: number
  /** The directory of the partition (`<log dir>/<topic>-<partition>`). */
  declare readonly directory: string
  declare readonly topicId: Uuid | null

  get logStartOffset(): number {
    return todo()
  }
  get logEndOffset(): number {
    return todo()
  }
  /** Kept here for replication, which sets it; within [logStartOffset, logEndOffset]. */
  get highWatermark(): number {
    return todo()
  }
  /** min(first unstable offset, high watermark): what read_committed may see below. */
  get lastStableOffset(): number {
    return todo()
  }
  get firstUnstableOffset(): number | null {
    return todo()
  }
  /** All below is on the device. */
  get recoveryPoint(): number {
    return todo()
  }
  get sizeBytes(): number {
    return todo()
  }
  get config(): LogConfig {
    return todo()
  }
  get latestEpoch(): number | null {
    return todo()
  }

  /**
   * Validates one batch, writes offsets and leader epoch into it (in place: `batch` changes) and appends it.
   * 'client' takes exactly one batch; 'raft' any number whose offsets are given and continue the log.
   */
  appendAsLeader(_batch: Buffer, _options: AppendAsLeaderOptions): AppendResult {
    return todo()
  }
  /** Appends whole batches as the leader numbered them; a batch cut short at the end is left out. Throws `CorruptBatchError` for bad bytes. */
  appendAsFollower(_batches: Buffer, _leaderEpoch: number): AppendedAsFollower {
    return todo()
  }

  /** Synchronous read; null when the bytes are not near at hand (file not open, far behind the end): then `readAsync`. */
  read(_startOffset: number, _options: ReadOptions): ReadResult | null {
    return todo()
  }
  readAsync(_startOffset: number, _options: ReadOptions): Promise<ReadResult> {
    return todo()
  }

  /** Clamps to [logStartOffset, logEndOffset] and returns what it became. */
  updateHighWatermark(_offset: number): number {
    return todo()
  }
  /** True when it advanced. */
  maybeIncrementHighWatermark(_offset: number): boolean {
    return todo()
  }

  /**
   * ListOffsets: a record timestamp (first record at or after it), -1 latest, -2 earliest, -3 max timestamp, -4 earliest local, -5 latest tiered.
   * null when no record is as young. 'latest' is the log end here; the caller applies isolation.
   */
  offsetForTimestamp(_timestamp: bigint): Promise<OffsetAndTimestamp | null> {
    return todo()
  }

  /** New leader epoch that starts at the log end (becoming leader). */
  assignEpochStartOffset(_leaderEpoch: number, _startOffset: number): void {
    todo()
  }
  /** null when the log knows nothing of the epoch. */
  endOffsetForEpoch(_leaderEpoch: number): EpochEndOffset | null {
    return todo()
  }
  /** The epoch of the batch at `offset`; null when unknown. */
  epochForOffset(_offset: number): number | null {
    return todo()
  }

  /** Cuts everything at and above `offset`; true when something was cut. In memory at once; resolves when cut files are out of the way. */
  truncateTo(_offset: number): Promise<boolean> {
    return todo()
  }
  truncateFullyAndStartAt(_offset: number, _logStartOffset?: number): Promise<void> {
    return todo()
  }
  /** Moves the log start (DeleteRecords, leader's log start). True when it moved. Throws nothing above the high watermark: returns 'out-of-range'. */
  incrementLogStartOffset(_offset: number): boolean | 'out-of-range' {
    return todo()
  }
  /** Starts a new segment at the log end. */
  roll(): void {
    todo()
  }

  /** Resolves when everything appended before the call would survive a loss of power. */
  flush(): Promise<void> {
    return todo()
  }
  /** Retention by time, size and log start. Returns the number of segments deleted. */
  deleteOldSegments(_nowMs: TimestampMs): number {
    return todo()
  }
  updateConfig(_config: LogConfig): void {
    todo()
  }

  activeProducers(): readonly ActiveProducer[] {
    return todo()
  }
  /** A transaction of this producer is open here. */
  hasOngoingTransaction(_producerId: number, _producerEpoch: number): boolean {
    return todo()
  }
  removeExpiredProducers(_nowMs: TimestampMs): void {
    todo()
  }

  /** Flushes, writes the producer snapshot and closes the files. */
  close(): Promise<void> {
    return todo()
  }
}

function todo(): never {
  return unreachable('interface first' as never)
}
