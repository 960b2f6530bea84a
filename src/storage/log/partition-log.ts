import type { Uuid } from '../../../protocol/uuid.ts'
import { assert } from '../../base/assert.ts'
import type { DiskError } from '../../base/errors.ts'
import type { TimestampMs } from '../../base/ports.ts'
import type { LeaderEpochCache } from '../epoch/leader-epoch-cache.ts'
import type { ProducerSnapshots } from '../producer/producer-snapshots.ts'
import type { ProducerState } from '../producer/producer-state.ts'
import type { LogConfig } from './log-config.ts'
import type { LogContext } from './log-context.ts'
import { LogCutter } from './log-cutter.ts'
import { LogDurability } from './log-durability.ts'
import { LogHistory } from './log-history.ts'
import { LogReader } from './log-reader.ts'
import { LogState } from './log-state.ts'
import { LogWriter } from './log-writer.ts'
import type {
  ActiveProducer,
  AppendAsFollowerOptions,
  AppendAsLeaderOptions,
  AppendResult,
  EpochEndOffset,
  OffsetAndTimestamp,
  ReadOptions,
  ReadResult,
} from './results.ts'
import { SegmentList } from './segment-list.ts'
import { SegmentRoller } from './segment-roller.ts'

export interface PartitionLogOptions {
  readonly context: LogContext
  readonly directory: string
  readonly topic: string
  readonly partition: number
  readonly topicId: Uuid | null
  readonly config: LogConfig
  readonly segments: SegmentList
  readonly snapshots: ProducerSnapshots
  /** null: in the file, read when first needed */
  readonly epochs: LeaderEpochCache | null
  /** null: in a snapshot at the log end, read when first needed */
  readonly producers: ProducerState | null
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly recoveryPoint: number
  /** The end is what a clean shutdown noted: compared with the file when that is first used. */
  readonly isEndTrusted: boolean
  /** As after a clean stop: all that is in the directory is durable, the names too. */
  readonly isDurable: boolean
}

/**
 * The log of one partition: Kafka's `UnifiedLog`.
 *
 * Everything that decides what is in the log is synchronous: when an append returns, offsets, indexes, producer state and
 * readers agree. What waits for the device (`flush`, removal of files, reads far back) is asynchronous and changes no
 * offsets. Whatever fails on the disk is thrown as `DiskError`; from then on every call that touches the disk throws the
 * same, nothing more is acknowledged, and the directory has to go offline (recovery makes the log whole again).
 * Everything else that can go wrong is a value.
 *
 * Here are its life and its promises. What its parts share, offsets and segments, is in `LogState`; appends are in `LogWriter`,
 * what takes records away at either end in `LogCutter`, new segments in `SegmentRoller`, reads in `LogReader`, flushing in
 * `LogDurability`, epochs and producers in `LogHistory`.
 */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  /** `<log dir>/<topic>-<partition>` */
  readonly directory: string
  #topicId: Uuid | null
  readonly #state: LogState
  readonly #history: LogHistory
  readonly #durability: LogDurability
  #isFinished = false
  readonly #roller: SegmentRoller
  readonly #writer: LogWriter
  readonly #cutter: LogCutter
  readonly #reader: LogReader

  constructor(options: PartitionLogOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.#topicId = options.topicId
    this.directory = options.directory
    this.#state = new LogState({ ...options, name: `${options.topic}-${options.partition}` })
    this.#history = new LogHistory(this.#state, options.snapshots, options.epochs, options.producers)
    this.#durability = new LogDurability({ ...options, state: this.#state, history: this.#history })
    const parts = { state: this.#state, history: this.#history, durability: this.#durability }
    this.#roller = new SegmentRoller(parts)
    this.#writer = new LogWriter({ ...parts, roller: this.#roller })
    this.#cutter = new LogCutter({ ...parts, roller: this.#roller })
    this.#reader = new LogReader(this.#state, this.#history)
    this.#state.hasChanged = !options.isDurable
  }

  /** null when the directory does not say: it lost the file that does, or an old Kafka made it. */
  get topicId(): Uuid | null {
    return this.#topicId
  }

  get logStartOffset(): number {
    return this.#state.logStartOffset
  }

  get logEndOffset(): number {
    return this.#state.logEndOffset
  }

  /** Kept here for replication, which sets it; within [logStartOffset, logEndOffset]. */
  get highWatermark(): number {
    return this.#state.highWatermark
  }

  /** The first record of a transaction that is open, or whose end is not below the high watermark. */
  get firstUnstableOffset(): number | null {
    return this.#reader.firstUnstableOffset
  }

  /** What read_committed may see below. */
  get lastStableOffset(): number {
    return this.#reader.lastStableOffset
  }

  /** All below is durable. */
  get recoveryPoint(): number {
    return this.#durability.recoveryPoint
  }

  /** What the checkpoint of recovery points has to say of this log. */
  get recoveryStart(): number {
    return this.#durability.recoveryStart
  }

  /** As many records wait for a flush as `flush.messages` allows: until they are flushed, none of them counts as written. */
  get mustFlush(): boolean {
    return this.#durability.mustFlush
  }

  /** When the log was last flushed, or loaded. */
  get lastFlushMs(): TimestampMs {
    return this.#durability.lastFlushMs
  }

  get sizeBytes(): number {
    return this.#state.guard(() => this.#state.segments.all.reduce((sum, segment) => sum + segment.sizeBytes, 0))
  }

  /** As `sizeBytes`, as far as that is known without a word to the disk; null where it is not (see `findSize`). */
  get knownSizeBytes(): number | null {
    let sum = 0
    for (const { knownSizeBytes } of this.#state.segments.all) {
      if (knownSizeBytes === null) return null
      sum += knownSizeBytes
    }
    return sum
  }

  /** As `sizeBytes`, without opening files that nobody used yet. Rejects with `DiskError`. */
  async findSize(): Promise<number> {
    const state = this.#state
    try {
      for (const segment of [...state.segments.all]) await segment.findSize()
    } catch (error) {
      throw state.failed(error)
    }
    return this.sizeBytes
  }

  /** Records before the log start are still in the first segment's file: a checkpoint has to remember where the log starts. */
  get isStartWithinSegment(): boolean {
    return this.#state.logStartOffset > this.#state.segments.first.baseOffset
  }

  get segmentCount(): number {
    return this.#state.segments.all.length
  }

  get config(): LogConfig {
    return this.#state.config
  }

  get latestEpoch(): number | null {
    return this.#history.epochs.latestEpoch
  }

  get isClosed(): boolean {
    return this.#state.isClosed
  }

  /** What its disk failed with. */
  get failure(): DiskError | null {
    return this.#state.failure
  }

  /**
   * Validates one batch, writes offsets and leader epoch into it (in place: `bytes` change) and appends it.
   * From 'raft', any number of whole batches whose offsets and epoch are set and continue the log.
   * Throws `DiskError`; the batch is not in the log then.
   */
  appendAsLeader(bytes: Buffer, options: AppendAsLeaderOptions): AppendResult {
    return this.#writer.appendAsLeader(bytes, options)
  }

  /**
   * Appends whole batches as the leader numbered them; one cut short at the end is left out. Offsets in the answer are -1
   * when nothing was left to append. Throws `DiskError`.
   */
  appendAsFollower(bytes: Buffer, options: AppendAsFollowerOptions): AppendResult {
    return this.#writer.appendNumbered(bytes, 'replication', options.leaderEpoch, options.nowMs)
  }

  /**
   * Reads from the batch that holds `startOffset`, up to the bound. null when the bytes are not near at hand (file closed,
   * far behind the log end): then `readAsync`. Throws `DiskError`.
   */
  read(startOffset: number, options: ReadOptions): ReadResult | null {
    return this.#reader.read(startOffset, options)
  }

  /** As `read`, wherever the bytes are. */
  readAsync(startOffset: number, options: ReadOptions): Promise<ReadResult> {
    return this.#reader.readAsync(startOffset, options)
  }

  /**
   * ListOffsets: the first record at or after a time, or -1 latest (log end; isolation is the caller's), -2 earliest,
   * -3 the record with the largest timestamp, -4 earliest local, -5 latest tiered, -6 earliest pending upload.
   * null when no record is as young. Rejects with `DiskError`.
   */
  offsetForTimestamp(timestamp: bigint): Promise<OffsetAndTimestamp | null> {
    return this.#reader.offsetForTimestamp(timestamp)
  }

  /** Clamps to [logStartOffset, logEndOffset] and returns what it became. */
  updateHighWatermark(offset: number): number {
    const state = this.#state
    state.highWatermark = Math.max(state.logStartOffset, Math.min(offset, state.logEndOffset))
    this.#history.producersIfLoaded?.onHighWatermark(state.highWatermark)
    return state.highWatermark
  }

  /** True when it advanced. It never goes back here. */
  maybeIncrementHighWatermark(offset: number): boolean {
    assert(offset <= this.#state.logEndOffset, 'the high watermark does not pass the log end')
    if (offset <= this.#state.highWatermark) return false
    this.updateHighWatermark(offset)
    return true
  }

  /** A leader epoch begins at `startOffset`: at the log end when this node becomes leader. */
  assignEpochStartOffset(leaderEpoch: number, startOffset: number): void {
    this.#history.epochs.assign(leaderEpoch, startOffset)
  }

  /** null when the log knows nothing of the epoch. Source: KIP-101. */
  endOffsetForEpoch(leaderEpoch: number): EpochEndOffset | null {
    return this.#history.epochs.endOffsetFor(leaderEpoch, this.#state.logEndOffset)
  }

  epochForOffset(offset: number): number | null {
    return this.#history.epochs.epochForOffset(offset)
  }

  /** Cuts everything at and above `offset`. In force when the call returns; resolves, with whether anything was cut, when cut files have been set aside for good. */
  truncateTo(offset: number): Promise<boolean> {
    return this.#cutter.truncateTo(offset)
  }

  /** Drops all records; the log goes on at `offset`. As `truncateTo`. */
  truncateFullyAndStartAt(offset: number, logStartOffset = offset): Promise<void> {
    return this.#cutter.truncateFullyAndStartAt(offset, logStartOffset)
  }

  /** Moves the log start up (DeleteRecords, the leader's log start). 'out-of-range' above the high watermark; else whether it moved. */
  incrementLogStartOffset(offset: number): boolean | 'out-of-range' {
    return this.#cutter.incrementLogStartOffset(offset)
  }

  /** Starts a new segment at the log end, unless the active one is empty. Throws `DiskError`. */
  roll(): void {
    this.#state.guard(() => this.#roller.rollAt(this.#state.logEndOffset))
  }

  /** Resolves when everything appended before the call would survive a loss of power. Rejects with `DiskError`. */
  flush(): Promise<void> {
    return this.#durability.flush()
  }

  /** Resolves when no flush uses the log's files any more; to be awaited after `closeFiles` and before the directory is renamed. */
  idle(): Promise<void> {
    return this.#durability.idle()
  }

  /** As `flush`, and the log's directory says durably whose it is, also when it is empty. */
  async flushWithPlace(): Promise<void> {
    await this.#durability.flush()
    await this.#durability.flushNames()
  }

  /** Retention by log start, size and time. Resolves with the number of segments removed. Rejects with `DiskError`. */
  deleteOldSegments(nowMs: TimestampMs): Promise<number> {
    return this.#cutter.deleteOldSegments(nowMs)
  }

  /** The caller has written the id into the directory. */
  assignTopicId(topicId: Uuid): void {
    assert(this.#topicId === null, 'a log keeps its topic')
    this.#topicId = topicId
    this.#durability.notePlaceChanged()
    this.#state.hasChanged = true
  }

  updateConfig(config: LogConfig): void {
    this.#state.config = config
  }

  activeProducers(): readonly ActiveProducer[] {
    return this.#history.producers.describe()
  }

  hasOngoingTransaction(producerId: number, producerEpoch: number): boolean {
    const entry = this.#history.producers.get(producerId)
    return entry?.hasOpenTransaction === true && entry.producerEpoch === producerEpoch
  }

  removeExpiredProducers(nowMs: TimestampMs): void {
    this.#history.producersIfLoaded?.removeExpired(nowMs, this.#state.context.producerIdExpirationMs)
  }

  /**
   * Renames the log's directory, and gives the log as it goes on there; this one is closed. All in this turn. Durable when the
   * directories that hold the names are flushed. Throws `DiskError`: the log may then be under either name.
   */
  moveTo(directory: string): PartitionLog {
    const state = this.#state
    return state.guard(() => {
      state.verifyEnd()
      state.segments.active.finish()
      const segments = new SegmentList(state.segments.all.map((segment) => segment.at(directory)))
      const snapshots = this.#history.snapshots.at(directory)
      const { epochs, producers } = this.#history
      this.closeFiles()
      state.context.disk.renameSync(this.directory, directory)
      const { topic, partition, topicId } = this
      const parts = { context: state.context, config: state.config, segments, snapshots, epochs: epochs.copy(), producers }
      const { logStartOffset, logEndOffset, highWatermark } = state
      const { recoveryPoint } = this
      const log = new PartitionLog({
        ...parts,
        ...{ directory, topic, partition, topicId, logStartOffset, logEndOffset, recoveryPoint },
        isEndTrusted: false,
        isDurable: false,
      })
      log.updateHighWatermark(highWatermark)
      return log
    })
  }

  /** The part of `close` that makes files, none of them durable. Nothing may be appended any more. Throws `DiskError`. */
  finish(): void {
    const state = this.#state
    state.ensureUsable()
    if (this.#isFinished || !state.hasChanged) return
    this.#isFinished = true
    state.guard(() => {
      this.#history.takeSnapshot(state.logEndOffset)
      state.segments.active.finish()
    })
  }

  /** Makes the log ready for a clean start: everything flushed, a producer snapshot at its end. Closes it. Rejects with `DiskError`. */
  async close(): Promise<void> {
    const state = this.#state
    if (state.isClosed) return
    try {
      this.finish()
      if (state.hasChanged) await this.#durability.flushAll()
    } catch (error) {
      throw state.failed(error)
    } finally {
      this.closeFiles()
    }
  }

  /** Closes without writing: the disk failed, or the log is to be removed. */
  closeFiles(): void {
    this.#state.isClosed = true
    for (const segment of this.#state.segments.all) segment.close()
  }
}
