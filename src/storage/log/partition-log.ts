import { ErrorCode } from '../../../protocol/error-codes.ts'
import { NO_PRODUCER_ID, type RecordBatch } from '../../../protocol/records/batch.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { assert } from '../../base/assert.ts'
import { DiskError } from '../../base/errors.ts'
import type { TimestampMs } from '../../base/ports.ts'
import type { LeaderEpochCache } from '../epoch/leader-epoch-cache.ts'
import { SEGMENT_SUFFIXES } from '../files/file-names.ts'
import { checkProducer } from '../producer/check-producer.ts'
import { firstOffsetOf } from '../producer/producer-entry.ts'
import type { ProducerSnapshots } from '../producer/producer-snapshots.ts'
import type { ProducerState } from '../producer/producer-state.ts'
import { checkLeaderBatch } from './check-leader-batch.ts'
import type { LogConfig } from './log-config.ts'
import type { LogContext } from './log-context.ts'
import { LogDurability } from './log-durability.ts'
import { LogHistory } from './log-history.ts'
import { LogReader } from './log-reader.ts'
import { LogState } from './log-state.ts'
import { checkNumberedBatches } from './numbered-batches.ts'
import { refused } from './refusal.ts'
import type {
  ActiveProducer,
  AppendAsFollowerOptions,
  AppendAsLeaderOptions,
  AppendRefused,
  AppendResult,
  EpochEndOffset,
  OffsetAndTimestamp,
  ReadOptions,
  ReadResult,
} from './results.ts'
import { segmentsToDelete } from './retention.ts'
import { Segment } from './segment.ts'
import { SegmentList } from './segment-list.ts'

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
 * Offsets and segments are in `LogState`, epochs and producers in `LogHistory`, flushing in `LogDurability`, reads in
 * `LogReader`; what changes the log is here.
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
  readonly #reader: LogReader
  /** Something is to be written before the log may count as cleanly closed. */
  #hasChanged: boolean

  constructor(options: PartitionLogOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.#topicId = options.topicId
    this.directory = options.directory
    this.#state = new LogState({ ...options, name: `${options.topic}-${options.partition}` })
    this.#history = new LogHistory(this.#state, options.snapshots, options.epochs, options.producers)
    this.#durability = new LogDurability({ ...options, state: this.#state, history: this.#history })
    this.#reader = new LogReader(this.#state, this.#history)
    this.#hasChanged = !options.isDurable
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
    return this.#state.logEndOffset - this.#durability.recoveryPoint >= this.#state.config.flushMessages
  }

  /** When the log was last flushed, or loaded. */
  get lastFlushMs(): TimestampMs {
    return this.#durability.lastFlushMs
  }

  get sizeBytes(): number {
    return this.#state.guard(() => this.#state.segments.all.reduce((sum, segment) => sum + segment.sizeBytes, 0))
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
    const { origin, leaderEpoch, nowMs } = options
    if (origin === 'raft') return this.#appendNumbered(bytes, origin, leaderEpoch, nowMs)
    const { config, name: partition, logStartOffset, logEndOffset: firstOffset } = this.#state
    const checked = checkLeaderBatch(bytes, { origin, leaderEpoch, nowMs, config, partition, firstOffset, logStartOffset })
    if (checked.kind === 'refused') return checked
    const { batch, logAppendTimeMs } = checked
    if (batch.producerId !== NO_PRODUCER_ID) {
      const answer = this.#checkProducer(batch, options)
      if (answer !== null) return answer
    }
    const { lastOffset } = batch
    this.#append(batch.bytes, [batch], nowMs)
    return this.#appended(firstOffset, lastOffset, logAppendTimeMs)
  }

  /**
   * Appends whole batches as the leader numbered them; one cut short at the end is left out. Offsets in the answer are -1
   * when nothing was left to append. Throws `DiskError`.
   */
  appendAsFollower(bytes: Buffer, options: AppendAsFollowerOptions): AppendResult {
    return this.#appendNumbered(bytes, 'replication', options.leaderEpoch, options.nowMs)
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
  async truncateTo(offset: number): Promise<boolean> {
    assert(offset >= 0, 'a log is not truncated to a negative offset')
    const state = this.#state
    if (offset >= state.logEndOffset) {
      this.#history.epochs.truncateFromEnd(state.logEndOffset)
      return false
    }
    if (state.segments.first.baseOffset > offset) {
      await this.truncateFullyAndStartAt(offset)
      return true
    }
    const removed = state.guard(() => this.#cutTo(offset))
    await this.#discardEnd(removed, (at) => at > offset)
    return true
  }

  /** Drops all records; the log goes on at `offset`. As `truncateTo`. */
  async truncateFullyAndStartAt(offset: number, logStartOffset = offset): Promise<void> {
    const state = this.#state
    const removed = state.guard(() => {
      state.ensureUsable()
      const old = state.segments.replaceAll(this.#newSegment(offset))
      for (const segment of old) segment.close()
      this.#noteCut(offset)
      this.#history.clear()
      state.logStartOffset = logStartOffset
      state.highWatermark = offset
      return old.filter((segment) => segment.baseOffset !== offset)
    })
    await this.#discardEnd(removed, () => true)
  }

  /** Moves the log start up (DeleteRecords, the leader's log start). 'out-of-range' above the high watermark; else whether it moved. */
  incrementLogStartOffset(offset: number): boolean | 'out-of-range' {
    const state = this.#state
    if (offset > state.highWatermark) return 'out-of-range'
    if (offset <= state.logStartOffset) return false
    state.logStartOffset = offset
    this.#hasChanged = true
    this.#history.epochs.truncateFromStart(offset)
    this.#history.producers.onHighWatermark(offset)
    return true
  }

  /** Starts a new segment at the log end, unless the active one is empty. Throws `DiskError`. */
  roll(): void {
    this.#state.guard(() => this.#rollAt(this.#state.logEndOffset))
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
  async deleteOldSegments(nowMs: TimestampMs): Promise<number> {
    const state = this.#state
    try {
      state.ensureUsable()
      const { cuts } = state
      const { logStartOffset, logEndOffset, highWatermark, config, context } = state
      const { count, reason } = await segmentsToDelete({
        disk: context.disk,
        config,
        segments: state.segments.all,
        logStartOffset,
        logEndOffset,
        highWatermark,
        nowMs,
      })
      if (count === 0 || cuts !== state.cuts || state.isClosed) return 0
      context.logger.info('Removing segments', { partition: state.name, count, reason })
      await this.#removeFirst(count)
      return count
    } catch (error) {
      if (state.isClosed) return 0
      throw state.failed(error)
    }
  }

  /** The caller has written the id into the directory. */
  assignTopicId(topicId: Uuid): void {
    assert(this.#topicId === null, 'a log keeps its topic')
    this.#topicId = topicId
    this.#durability.notePlaceChanged()
    this.#hasChanged = true
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

  /** Makes the log ready for a clean start: everything flushed, a producer snapshot at its end. Closes it. Rejects with `DiskError`. */
  async close(): Promise<void> {
    const state = this.#state
    if (state.isClosed) return
    try {
      state.ensureUsable()
      if (this.#hasChanged) {
        this.#history.takeSnapshot(state.logEndOffset)
        state.segments.active.finish()
        await this.#durability.flushAll()
      }
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

  #appendNumbered(bytes: Buffer, origin: 'raft' | 'replication', leaderEpoch: number, nowMs: TimestampMs): AppendResult {
    const { config, logEndOffset, name: partition } = this.#state
    const checked = checkNumberedBatches({ bytes, origin, leaderEpoch, logEndOffset, maxMessageBytes: config.maxMessageBytes, partition })
    if (checked.kind === 'refused') return checked
    const [first] = checked.batches
    const last = checked.batches.at(-1)
    if (first === undefined || last === undefined) return this.#appended(-1, -1, -1)
    if (checked.sizeBytes > config.segmentBytes) return this.#largerThanSegment(checked.sizeBytes)
    const firstOffset = first.baseOffset
    const { lastOffset } = last
    this.#append(bytes.subarray(0, checked.sizeBytes), checked.batches, nowMs)
    return this.#appended(firstOffset, lastOffset, -1)
  }

  #largerThanSegment(sizeBytes: number): AppendRefused {
    const { name, config } = this.#state
    const detail = `Message batch size is ${sizeBytes} bytes in append to partition ${name}, which exceeds the maximum configured segment size of ${config.segmentBytes}.`
    return refused(ErrorCode.RECORD_LIST_TOO_LARGE, detail)
  }

  /** The answer for a repeated batch, or the refusal of one that may not follow; null when it may be appended. */
  #checkProducer(batch: RecordBatch, { origin, transactionVersion = 0 }: AppendAsLeaderOptions): AppendResult | null {
    const entry = this.#history.producers.get(batch.producerId)
    if (origin === 'client' && entry !== undefined) {
      const known = entry.findBatch(batch.producerEpoch, batch.baseSequence, batch.lastSequence)
      if (known !== null) return { ...this.#appended(firstOffsetOf(known), known.lastOffset, known.timestampMs), duplicate: true }
    }
    const { name: partition, logStartOffset } = this.#state
    const refusal = checkProducer(entry, { batch, origin, transactionVersion, partition, offset: batch.baseOffset })
    return refusal === null ? null : refused(refusal.errorCode, refusal.detail, logStartOffset)
  }

  #appended(firstOffset: number, lastOffset: number, logAppendTimeMs: TimestampMs): AppendResult & { readonly kind: 'appended' } {
    const { logStartOffset } = this.#state
    return { kind: 'appended', firstOffset, lastOffset, logAppendTimeMs, logStartOffset, duplicate: false, mustFlush: this.mustFlush }
  }

  /** Writes batches that were found good. */
  #append(bytes: Buffer, batches: readonly RecordBatch[], nowMs: TimestampMs): void {
    const state = this.#state
    state.guard(() => {
      state.verifyEnd()
      const [first] = batches
      const last = batches.at(-1)
      assert(first !== undefined && last !== undefined && first.baseOffset >= state.logEndOffset, 'batches continue the log')
      const { lastOffset } = last
      const maxTimestampMs = batches.reduce((max, batch) => Math.max(max, Number(batch.maxTimestamp)), -1)
      const question = { config: state.config, bytes: bytes.length, lastOffset, maxTimestampMs, nowMs }
      if (state.segments.active.shouldRoll(question)) this.#rollAt(first.baseOffset)
      state.segments.active.append(bytes, batches, state.config.indexIntervalBytes)
      state.logEndOffset = lastOffset + 1
      this.#hasChanged = true
      for (const batch of batches) this.#history.note(batch)
    })
  }

  #rollAt(offset: number): void {
    const state = this.#state
    state.verifyEnd()
    const { active } = state.segments
    if (active.sizeBytes === 0 && active.baseOffset === offset) return
    active.finish()
    this.#history.takeSnapshot(offset)
    state.segments.append(this.#newSegment(offset))
    this.#durability.noteRoll(offset)
    this.#hasChanged = true
    this.#durability.flush().catch((error: unknown) => {
      if (!(error instanceof DiskError)) throw error
      state.context.onDiskError(error)
    })
  }

  #newSegment(baseOffset: number): Segment {
    const { context, config } = this.#state
    this.#durability.noteNewFile()
    return Segment.create({ context, directory: this.directory, baseOffset, createdMs: context.clock.nowMs(), rollJitterMs: rollJitterMs(context, config) })
  }

  #cutTo(offset: number): Segment[] {
    const state = this.#state
    state.verifyEnd()
    const removed = state.segments.removeAbove(offset)
    for (const segment of removed) segment.close()
    state.segments.active.truncateTo(offset)
    this.#noteCut(offset)
    state.logStartOffset = Math.min(state.logStartOffset, offset)
    state.highWatermark = Math.min(state.highWatermark, offset)
    this.#history.truncate()
    return removed
  }

  #noteCut(offset: number): void {
    this.#state.cuts++
    this.#state.logEndOffset = offset
    this.#durability.noteCut(offset)
    this.#hasChanged = true
  }

  async #removeFirst(count: number): Promise<void> {
    const { segments } = this.#state
    if (count === segments.all.length) this.#rollAt(this.#state.logEndOffset)
    const next = segments.at(count)
    assert(next !== undefined, 'a segment is left behind those removed')
    this.incrementLogStartOffset(next.baseOffset)
    const removed = segments.removeFirst(count)
    this.#state.cuts++
    for (const segment of removed) segment.close()
    await this.#discard(removed, (at) => removed.some((segment) => segment.baseOffset === at))
  }

  /** Durably: a cut segment that came back after a loss of power would continue what is appended from now on. */
  async #discardEnd(segments: readonly Segment[], isSnapshotToGo: (offset: number) => boolean): Promise<void> {
    await this.#discard(segments.toReversed(), isSnapshotToGo)
    if (segments.length > 0) await this.#durability.flushNames()
  }

  /** In the order given: a crash in between must leave no gap. */
  async #discard(segments: readonly Segment[], isSnapshotToGo: (offset: number) => boolean): Promise<void> {
    const { context, config } = this.#state
    const paths = segments.flatMap((segment) => SEGMENT_SUFFIXES.map((suffix) => segment.pathOf(suffix)))
    paths.push(...this.#history.snapshots.forget(isSnapshotToGo))
    if (paths.length === 0) return
    try {
      await context.discard(paths, config.fileDeleteDelayMs)
    } catch (error) {
      throw this.#state.failed(error)
    }
  }
}

export function rollJitterMs(context: LogContext, config: LogConfig): number {
  const most = Math.min(config.segmentJitterMs, config.segmentMs)
  return most <= 0 ? 0 : context.random.below(Math.min(most, 2 ** 48))
}
