import { ErrorCode } from '../../../protocol/error-codes.ts'
import { NO_PRODUCER_ID, type RecordBatch } from '../../../protocol/records/batch.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { assert } from '../../base/assert.ts'
import { DiskError } from '../../base/errors.ts'
import type { TimestampMs } from '../../base/ports.ts'
import { encodeLeaderEpochs, LEADER_EPOCH_CHECKPOINT } from '../checkpoint/leader-epoch-checkpoint.ts'
import type { LeaderEpochCache } from '../epoch/leader-epoch-cache.ts'
import { readLeaderEpochs } from '../epoch/read-leader-epochs.ts'
import { SEGMENT_SUFFIXES } from '../files/file-names.ts'
import { flushIfPresent } from '../files/read-whole.ts'
import { checkProducer } from '../producer/check-producer.ts'
import { firstOffsetOf } from '../producer/producer-entry.ts'
import type { ProducerSnapshots } from '../producer/producer-snapshots.ts'
import { ProducerState } from '../producer/producer-state.ts'
import { rebuildProducers } from '../producer/rebuild-producers.ts'
import { checkLeaderBatch } from './check-leader-batch.ts'
import { Flusher } from './flusher.ts'
import type { LogConfig } from './log-config.ts'
import { corruptLog, type LogContext } from './log-context.ts'
import { checkNumberedBatches } from './numbered-batches.ts'
import { abortedWithin, type BoundPosition, emptyRead, findBatch, findBatchAsync, planRead, type ReadPlan, readBytes, readBytesAsync } from './read-log.ts'
import { refused } from './refusal.ts'
import type {
  ActiveProducer,
  AppendAsFollowerOptions,
  AppendAsLeaderOptions,
  AppendRefused,
  AppendResult,
  EpochEndOffset,
  LogRead,
  OffsetAndTimestamp,
  ReadBound,
  ReadOptions,
  ReadOutOfRange,
  ReadResult,
} from './results.ts'
import { segmentsToDelete } from './retention.ts'
import { Segment } from './segment.ts'
import type { SegmentList } from './segment-list.ts'
import { findByTimestamp, findMaxTimestamp } from './timestamp-lookup.ts'

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

/** ListOffsets' special timestamps. Source: KIP-79, KIP-405, KIP-734, KIP-1005, KIP-1023. */
const LATEST = -1n
const EARLIEST = -2n
const MAX_TIMESTAMP = -3n
const EARLIEST_LOCAL = -4n
const LATEST_TIERED = -5n
const EARLIEST_PENDING_UPLOAD = -6n

/**
 * The log of one partition: Kafka's `UnifiedLog`.
 *
 * Everything that decides what is in the log is synchronous: when an append returns, offsets, indexes, producer state and
 * readers agree. What waits for the device (`flush`, removal of files, reads far back) is asynchronous and changes no
 * offsets. Whatever fails on the disk is thrown as `DiskError`; from then on every call that touches the disk throws the
 * same, nothing more is acknowledged, and the directory has to go offline (recovery makes the log whole again).
 * Everything else that can go wrong is a value.
 *
 * Invariants: logStartOffset <= highWatermark <= logEndOffset; recoveryPoint <= logEndOffset; the active segment holds
 * [its base offset, logEndOffset). Everything below the recovery point is durable, with the indexes of finished segments.
 */
export class PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly topicId: Uuid | null
  /** `<log dir>/<topic>-<partition>` */
  readonly directory: string
  readonly #name: string
  readonly #context: LogContext
  readonly #segments: SegmentList
  readonly #snapshots: ProducerSnapshots
  readonly #flusher = new Flusher(() => this.#flushNow())
  #config: LogConfig
  #epochs: LeaderEpochCache | null
  #producers: ProducerState | null
  #logStartOffset: number
  #logEndOffset: number
  #highWatermark: number
  #recoveryPoint: number
  #lastFlushMs: TimestampMs
  /** Where the bound last asked for lies, when that is not the log end. */
  #lastBound: (BoundPosition & { readonly offset: number }) | null = null
  /** Rises when the log is cut at either end, for what waits while that happens. */
  #cuts = 0
  #isEndTrusted: boolean
  /** The directory's own name and the topic id. */
  #isPlaceDurable: boolean
  /** Files were made in the directory since it was flushed. */
  #hasNewNames: boolean
  #hasChanged: boolean
  #isClosed = false
  #failure: DiskError | null = null

  constructor(options: PartitionLogOptions) {
    this.topic = options.topic
    this.partition = options.partition
    this.topicId = options.topicId
    this.directory = options.directory
    this.#name = `${options.topic}-${options.partition}`
    this.#context = options.context
    this.#config = options.config
    this.#segments = options.segments
    this.#snapshots = options.snapshots
    this.#epochs = options.epochs
    this.#producers = options.producers
    this.#logStartOffset = options.logStartOffset
    this.#logEndOffset = options.logEndOffset
    this.#highWatermark = options.logStartOffset
    this.#recoveryPoint = options.recoveryPoint
    this.#lastFlushMs = options.context.clock.nowMs()
    this.#isEndTrusted = options.isEndTrusted
    this.#isPlaceDurable = options.isDurable
    this.#hasNewNames = !options.isDurable
    this.#hasChanged = !options.isDurable
  }

  get logStartOffset(): number {
    return this.#logStartOffset
  }

  get logEndOffset(): number {
    return this.#logEndOffset
  }

  /** Kept here for replication, which sets it; within [logStartOffset, logEndOffset]. */
  get highWatermark(): number {
    return this.#highWatermark
  }

  /** The first record of a transaction that is open, or whose end is not below the high watermark. */
  get firstUnstableOffset(): number | null {
    const offset = this.#state.firstUnstableOffset
    return offset === null ? null : Math.max(offset, this.#logStartOffset)
  }

  /** What read_committed may see below. */
  get lastStableOffset(): number {
    return Math.min(this.firstUnstableOffset ?? this.#highWatermark, this.#highWatermark)
  }

  /** All below is durable. */
  get recoveryPoint(): number {
    return this.#recoveryPoint
  }

  /** When the log was last flushed, or loaded. */
  get lastFlushMs(): TimestampMs {
    return this.#lastFlushMs
  }

  get sizeBytes(): number {
    return this.#guard(() => this.#segments.all.reduce((sum, segment) => sum + segment.sizeBytes, 0))
  }

  /** Records before the log start are still in the first segment's file: a checkpoint has to remember where the log starts. */
  get isStartWithinSegment(): boolean {
    return this.#logStartOffset > this.#segments.first.baseOffset
  }

  get segmentCount(): number {
    return this.#segments.all.length
  }

  get config(): LogConfig {
    return this.#config
  }

  get latestEpoch(): number | null {
    return this.#epochCache.latestEpoch
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** What its directory failed with. */
  get failure(): DiskError | null {
    return this.#failure
  }

  /**
   * Validates one batch, writes offsets and leader epoch into it (in place: `bytes` change) and appends it.
   * From 'raft', any number of whole batches whose offsets and epoch are set and continue the log.
   * Throws `DiskError`; the batch is not in the log then.
   */
  appendAsLeader(bytes: Buffer, options: AppendAsLeaderOptions): AppendResult {
    const { origin, leaderEpoch, nowMs } = options
    if (origin === 'raft') return this.#appendNumbered(bytes, origin, leaderEpoch, nowMs)
    const checked = checkLeaderBatch(bytes, {
      origin,
      leaderEpoch,
      nowMs,
      config: this.#config,
      partition: this.#name,
      firstOffset: this.#logEndOffset,
      logStartOffset: this.#logStartOffset,
    })
    if (checked.kind === 'refused') return checked
    const { batch, logAppendTimeMs } = checked
    if (batch.producerId !== NO_PRODUCER_ID) {
      const answer = this.#checkProducer(batch, options)
      if (answer !== null) return answer
    }
    const firstOffset = this.#logEndOffset
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
    const early = this.#answerWithoutReading(startOffset, options)
    if (early !== null) return early
    if (!this.#isNear(startOffset)) return null
    return this.#guard(() => {
      const found = findBatch(this.#segments, startOffset)
      const planned = found === null ? null : planRead(found.segment, found.place, this.#boundPosition(options.upTo), options)
      if (planned === null) return emptyRead(options)
      return this.#answer({ ...planned, startOffset }, readBytes(planned), options)
    })
  }

  /** As `read`, wherever the bytes are. */
  async readAsync(startOffset: number, options: ReadOptions): Promise<ReadResult> {
    const early = this.#answerWithoutReading(startOffset, options)
    if (early !== null) return early
    const cuts = this.#cuts
    try {
      const found = await findBatchAsync(this.#segments, startOffset)
      if (cuts !== this.#cuts) return this.#answerAfterCut(startOffset, options)
      const planned = found === null ? null : planRead(found.segment, found.place, this.#boundPosition(options.upTo), options)
      if (planned === null) return emptyRead(options)
      return this.#answer({ ...planned, startOffset }, await readBytesAsync(planned), options)
    } catch (error) {
      if (cuts !== this.#cuts || this.#isClosed) return this.#answerAfterCut(startOffset, options)
      throw this.#failed(error)
    }
  }

  /** Clamps to [logStartOffset, logEndOffset] and returns what it became. */
  updateHighWatermark(offset: number): number {
    this.#highWatermark = Math.max(this.#logStartOffset, Math.min(offset, this.#logEndOffset))
    this.#producers?.onHighWatermark(this.#highWatermark)
    return this.#highWatermark
  }

  /** True when it advanced. It never goes back here. */
  maybeIncrementHighWatermark(offset: number): boolean {
    assert(offset <= this.#logEndOffset, 'the high watermark does not pass the log end')
    if (offset <= this.#highWatermark) return false
    this.updateHighWatermark(offset)
    return true
  }

  /**
   * ListOffsets: the first record at or after a time, or -1 latest (log end; isolation is the caller's), -2 earliest,
   * -3 the record with the largest timestamp, -4 earliest local, -5 latest tiered, -6 earliest pending upload.
   * null when no record is as young. Throws `DiskError`.
   */
  async offsetForTimestamp(timestamp: bigint): Promise<OffsetAndTimestamp | null> {
    if (timestamp === LATEST) return { offset: this.#logEndOffset, timestamp: -1n, leaderEpoch: this.latestEpoch }
    if (timestamp === EARLIEST || timestamp === EARLIEST_LOCAL) return { offset: this.#logStartOffset, timestamp: -1n, leaderEpoch: this.#earliestEpoch() }
    // Nothing is tiered here.
    if (timestamp === LATEST_TIERED || timestamp === EARLIEST_PENDING_UPLOAD) return { offset: -1, timestamp: -1n, leaderEpoch: -1 }
    for (;;) {
      const cuts = this.#cuts
      try {
        this.#ensureUsable()
        const segments = [...this.#segments.all]
        return await (timestamp === MAX_TIMESTAMP ? findMaxTimestamp(segments) : findByTimestamp(segments, timestamp, this.#logStartOffset))
      } catch (error) {
        // Segments may have been cut or removed under the search.
        if (cuts === this.#cuts || this.#isClosed) throw this.#failed(error)
      }
    }
  }

  /** A leader epoch begins at `startOffset`: at the log end when this node becomes leader. */
  assignEpochStartOffset(leaderEpoch: number, startOffset: number): void {
    this.#epochCache.assign(leaderEpoch, startOffset)
  }

  /** null when the log knows nothing of the epoch. Source: KIP-101. */
  endOffsetForEpoch(leaderEpoch: number): EpochEndOffset | null {
    return this.#epochCache.endOffsetFor(leaderEpoch, this.#logEndOffset)
  }

  epochForOffset(offset: number): number | null {
    return this.#epochCache.epochForOffset(offset)
  }

  /** Cuts everything at and above `offset`. In force when the call returns; resolves, with whether anything was cut, when cut files have been set aside. */
  async truncateTo(offset: number): Promise<boolean> {
    assert(offset >= 0, 'a log is not truncated to a negative offset')
    if (offset >= this.#logEndOffset) {
      this.#epochCache.truncateFromEnd(this.#logEndOffset)
      return false
    }
    if (this.#segments.first.baseOffset > offset) {
      await this.truncateFullyAndStartAt(offset)
      return true
    }
    const removed = this.#guard(() => this.#cutTo(offset))
    await this.#discardSegments(removed, (at) => at > offset)
    return true
  }

  /** Drops all records; the log goes on at `offset`. As `truncateTo`. */
  async truncateFullyAndStartAt(offset: number, logStartOffset = offset): Promise<void> {
    const removed = this.#guard(() => {
      this.#ensureUsable()
      this.#noteCut(offset)
      const old = this.#segments.replaceAll(this.#newSegment(offset))
      for (const segment of old) segment.close()
      this.#epochCache.clear()
      this.#state.clear()
      this.#logStartOffset = logStartOffset
      this.#highWatermark = offset
      return old.filter((segment) => segment.baseOffset !== offset)
    })
    await this.#discardSegments(removed, () => true)
  }

  /** Moves the log start up (DeleteRecords, the leader's log start). 'out-of-range' above the high watermark; else whether it moved. */
  incrementLogStartOffset(offset: number): boolean | 'out-of-range' {
    if (offset > this.#highWatermark) return 'out-of-range'
    if (offset <= this.#logStartOffset) return false
    this.#logStartOffset = offset
    this.#hasChanged = true
    this.#epochCache.truncateFromStart(offset)
    this.#state.onHighWatermark(offset)
    return true
  }

  /** Starts a new segment at the log end, unless the active one is empty. Throws `DiskError`. */
  roll(): void {
    this.#guard(() => this.#rollAt(this.#logEndOffset))
  }

  /** Resolves when everything appended before the call would survive a loss of power. Rejects with `DiskError`. */
  flush(): Promise<void> {
    return this.#flusher.run()
  }

  /** Retention by log start, size and time. Resolves with the number of segments removed. Rejects with `DiskError`. */
  async deleteOldSegments(nowMs: TimestampMs): Promise<number> {
    try {
      this.#ensureUsable()
      const cuts = this.#cuts
      const { count, reason } = await segmentsToDelete({ ...this.#retentionInput(), nowMs })
      if (count === 0 || cuts !== this.#cuts || this.#isClosed) return 0
      if (count === this.#segments.all.length) this.#rollAt(this.#logEndOffset)
      const next = this.#segments.at(count)
      assert(next !== undefined, 'a segment is left behind those removed')
      this.incrementLogStartOffset(next.baseOffset)
      this.#context.logger.info('Removing segments', { partition: this.#name, count, reason, logStartOffset: this.#logStartOffset })
      const removed = this.#segments.removeFirst(count)
      this.#cuts++
      for (const segment of removed) segment.close()
      await this.#discardSegments(removed, (at) => removed.some((segment) => segment.baseOffset === at))
      return count
    } catch (error) {
      if (this.#isClosed) return 0
      throw this.#failed(error)
    }
  }

  updateConfig(config: LogConfig): void {
    this.#config = config
  }

  activeProducers(): readonly ActiveProducer[] {
    return this.#state.describe()
  }

  hasOngoingTransaction(producerId: number, producerEpoch: number): boolean {
    const entry = this.#state.get(producerId)
    return entry?.hasOpenTransaction === true && entry.producerEpoch === producerEpoch
  }

  removeExpiredProducers(nowMs: TimestampMs): void {
    this.#producers?.removeExpired(nowMs, this.#context.producerIdExpirationMs)
  }

  /** Makes the log ready for a clean start: everything flushed, a producer snapshot at its end. Closes it. Rejects with `DiskError`. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    try {
      this.#ensureUsable()
      if (this.#hasChanged) {
        this.#takeSnapshot(this.#logEndOffset)
        this.#segments.active.finish()
        await this.#flusher.run()
        await this.#flushAll()
      }
    } catch (error) {
      throw this.#failed(error)
    } finally {
      this.closeFiles()
    }
  }

  /** Closes without writing: the directory failed, or the log is to be removed. */
  closeFiles(): void {
    this.#isClosed = true
    for (const segment of this.#segments.all) segment.close()
  }

  get #state(): ProducerState {
    this.#producers ??= this.#guard(() => this.#rebuildProducers(new ProducerState()))
    return this.#producers
  }

  get #epochCache(): LeaderEpochCache {
    this.#epochs ??= this.#guard(() => readLeaderEpochs(this.#context, this.directory, this.#logStartOffset, this.#logEndOffset))
    return this.#epochs
  }

  #appendNumbered(bytes: Buffer, origin: 'raft' | 'replication', leaderEpoch: number, nowMs: TimestampMs): AppendResult {
    const { maxMessageBytes } = this.#config
    const checked = checkNumberedBatches({ bytes, origin, leaderEpoch, logEndOffset: this.#logEndOffset, maxMessageBytes, partition: this.#name })
    if (checked.kind === 'refused') return checked
    const [first] = checked.batches
    const last = checked.batches.at(-1)
    if (first === undefined || last === undefined) return this.#appended(-1, -1, -1)
    if (checked.sizeBytes > this.#config.segmentBytes) return this.#largerThanSegment(checked.sizeBytes)
    const firstOffset = first.baseOffset
    const { lastOffset } = last
    this.#append(bytes.subarray(0, checked.sizeBytes), checked.batches, nowMs)
    return this.#appended(firstOffset, lastOffset, -1)
  }

  #largerThanSegment(sizeBytes: number): AppendRefused {
    const detail = `Message batch size is ${sizeBytes} bytes in append to partition ${this.#name}, which exceeds the maximum configured segment size of ${this.#config.segmentBytes}.`
    return refused(ErrorCode.RECORD_LIST_TOO_LARGE, detail)
  }

  /** The answer for a repeated batch, or the refusal of one that may not follow; null when it may be appended. */
  #checkProducer(batch: RecordBatch, { origin, transactionVersion = 0 }: AppendAsLeaderOptions): AppendResult | null {
    const entry = this.#state.get(batch.producerId)
    if (origin === 'client' && entry !== undefined) {
      const known = entry.findBatch(batch.producerEpoch, batch.baseSequence, batch.lastSequence)
      if (known !== null) return { ...this.#appended(firstOffsetOf(known), known.lastOffset, known.timestampMs), duplicate: true }
    }
    const refusal = checkProducer(entry, { batch, origin, transactionVersion, partition: this.#name, offset: batch.baseOffset })
    return refusal === null ? null : refused(refusal.errorCode, refusal.detail, this.#logStartOffset)
  }

  #appended(firstOffset: number, lastOffset: number, logAppendTimeMs: TimestampMs): AppendResult & { readonly kind: 'appended' } {
    const mustFlush = this.#logEndOffset - this.#recoveryPoint >= this.#config.flushMessages
    return { kind: 'appended', firstOffset, lastOffset, logAppendTimeMs, logStartOffset: this.#logStartOffset, duplicate: false, mustFlush }
  }

  /** Writes batches that were found good. */
  #append(bytes: Buffer, batches: readonly RecordBatch[], nowMs: TimestampMs): void {
    this.#guard(() => {
      this.#verifyEnd()
      const [first] = batches
      const last = batches.at(-1)
      assert(first !== undefined && last !== undefined && first.baseOffset >= this.#logEndOffset, 'batches continue the log')
      let maxTimestampMs = -1
      for (const batch of batches) maxTimestampMs = Math.max(maxTimestampMs, Number(batch.maxTimestamp))
      const { lastOffset } = last
      if (this.#segments.active.shouldRoll({ config: this.#config, bytes: bytes.length, lastOffset, maxTimestampMs, nowMs })) this.#rollAt(first.baseOffset)
      this.#segments.active.append(bytes, batches, this.#config.indexIntervalBytes)
      this.#logEndOffset = lastOffset + 1
      this.#hasChanged = true
      for (const batch of batches) this.#noteBatch(batch)
    })
  }

  /** Epochs and producers of a batch that is in the log. */
  #noteBatch(batch: RecordBatch): void {
    const { leaderEpoch } = batch
    if (leaderEpoch >= 0) {
      const epochs = this.#epochCache
      epochs.assign(leaderEpoch, batch.baseOffset)
      if (!epochs.isDirty && epochs.savedEpoch !== leaderEpoch) epochs.isDirty = true
    }
    if (batch.producerId === NO_PRODUCER_ID) return
    const state = this.#state
    const completed = state.apply(batch)
    if (completed === null) return
    if (completed.isAbort) {
      this.#segments.active.transactionIndex.append({ ...completed, lastStableOffset: state.lastStableOffsetAfter(completed) })
    }
    state.complete(completed)
  }

  #rollAt(offset: number): void {
    this.#verifyEnd()
    const { active } = this.#segments
    if (active.sizeBytes === 0 && active.baseOffset === offset) return
    active.finish()
    this.#takeSnapshot(offset)
    this.#segments.append(this.#newSegment(offset))
    // Until its indexes are durable too, recovery has to look at the finished segment.
    this.#recoveryPoint = Math.min(this.#recoveryPoint, offset - 1)
    this.#hasChanged = true
    this.#lastBound = null
    this.#flusher.run().catch((error: unknown) => {
      if (error instanceof DiskError) this.#context.onDiskError(error)
      else throw error
    })
  }

  /** The producers as of `offset`, which is the log end or where it will go on. */
  #takeSnapshot(offset: number): void {
    if (offset <= (this.#snapshots.latest ?? this.#logStartOffset)) return
    this.#snapshots.write(offset, this.#state.producers)
  }

  #newSegment(baseOffset: number): Segment {
    this.#hasNewNames = true
    const { clock } = this.#context
    return Segment.create({
      context: this.#context,
      directory: this.directory,
      baseOffset,
      createdMs: clock.nowMs(),
      rollJitterMs: rollJitterMs(this.#context, this.#config),
    })
  }

  #cutTo(offset: number): Segment[] {
    this.#verifyEnd()
    const removed = this.#segments.removeAbove(offset)
    for (const segment of removed) segment.close()
    this.#segments.active.truncateTo(offset)
    this.#noteCut(offset)
    this.#epochCache.truncateFromEnd(offset)
    this.#logStartOffset = Math.min(this.#logStartOffset, offset)
    if (!this.#state.isEmpty) this.#rebuildProducers(this.#state)
    this.#highWatermark = Math.min(this.#highWatermark, offset)
    return removed
  }

  #noteCut(offset: number): void {
    this.#cuts++
    this.#lastBound = null
    this.#logEndOffset = offset
    this.#recoveryPoint = Math.min(this.#recoveryPoint, offset)
    this.#hasChanged = true
    this.#isEndTrusted = false
  }

  async #discardSegments(segments: readonly Segment[], isSnapshotToGo: (offset: number) => boolean): Promise<void> {
    const paths = segments.toReversed().flatMap((segment) => SEGMENT_SUFFIXES.map((suffix) => segment.pathOf(suffix)))
    paths.push(...this.#snapshots.forget(isSnapshotToGo))
    if (paths.length === 0) return
    try {
      await this.#context.discard(paths, this.#config.fileDeleteDelayMs)
    } catch (error) {
      throw this.#failed(error)
    }
  }

  #rebuildProducers(state: ProducerState): ProducerState {
    rebuildProducers({
      state,
      snapshots: this.#snapshots,
      segments: this.#segments.all,
      logStartOffset: this.#logStartOffset,
      endOffset: this.#logEndOffset,
      nowMs: this.#context.clock.nowMs(),
      producerIdExpirationMs: this.#context.producerIdExpirationMs,
    })
    state.onHighWatermark(this.#highWatermark)
    return state
  }

  #answerWithoutReading(startOffset: number, options: ReadOptions): ReadResult | null {
    if (startOffset < this.#logStartOffset || startOffset > this.#logEndOffset) return this.#outOfRange()
    if (startOffset >= this.#boundOffset(options.upTo)) return emptyRead(options)
    this.#guard(() => this.#verifyEnd())
    return null
  }

  /** Retention, truncation or closing took away what a read was waiting for: nothing now, and the reader comes again. */
  #answerAfterCut(startOffset: number, options: ReadOptions): ReadResult {
    return startOffset < this.#logStartOffset || startOffset > this.#logEndOffset ? this.#outOfRange() : emptyRead(options)
  }

  #outOfRange(): ReadOutOfRange {
    return { kind: 'out-of-range', logStartOffset: this.#logStartOffset, logEndOffset: this.#logEndOffset }
  }

  #answer(plan: ReadPlan, records: Buffer, options: ReadOptions): LogRead {
    const abortedTransactions = options.upTo === 'last-stable' ? abortedWithin(this.#segments, plan, this.#logEndOffset) : null
    return { kind: 'read', records, abortedTransactions }
  }

  #boundOffset(upTo: ReadBound): number {
    if (upTo === 'log-end') return this.#logEndOffset
    return upTo === 'high-watermark' ? this.#highWatermark : this.lastStableOffset
  }

  #boundPosition(upTo: ReadBound): BoundPosition {
    const offset = this.#boundOffset(upTo)
    const { active } = this.#segments
    if (offset === this.#logEndOffset) return { baseOffset: active.baseOffset, position: active.sizeBytes }
    if (this.#lastBound?.offset === offset) return this.#lastBound
    const found = findBatch(this.#segments, offset)
    const bound =
      found === null ? { baseOffset: active.baseOffset, position: active.sizeBytes } : { baseOffset: found.segment.baseOffset, position: found.place.position }
    this.#lastBound = { ...bound, offset }
    return bound
  }

  #isNear(startOffset: number): boolean {
    const at = this.#segments.indexOf(startOffset)
    const segment = this.#segments.at(Math.max(0, at))
    if (segment === undefined || !segment.log.isOpen) return false
    const { active } = this.#segments
    if (segment === active) return active.sizeBytes - segment.offsetIndex.lookup(startOffset).position <= this.#context.nearBytes
    if (this.#segments.at(at + 1) !== active) return false
    return active.sizeBytes + segment.sizeBytes - segment.offsetIndex.lookup(startOffset).position <= this.#context.nearBytes
  }

  #earliestEpoch(): number | null {
    const { earliest } = this.#epochCache
    return earliest !== null && earliest.startOffset <= this.#logStartOffset ? earliest.epoch : null
  }

  #retentionInput() {
    return {
      disk: this.#context.disk,
      config: this.#config,
      segments: this.#segments.all,
      logStartOffset: this.#logStartOffset,
      logEndOffset: this.#logEndOffset,
      highWatermark: this.#highWatermark,
    }
  }

  /** After a clean start, at the first use of the file: what the shutdown noted must be what is there. */
  #verifyEnd(): void {
    this.#ensureUsable()
    if (!this.#isEndTrusted) return
    const { active } = this.#segments
    const found = active.readNextOffset()
    if (found !== this.#logEndOffset) throw corruptLog(active.log.path, `it ends at offset ${found}, and the last shutdown noted ${this.#logEndOffset}`)
    this.#isEndTrusted = false
  }

  /**
   * The indexes of finished segments, snapshots and epochs become durable with the segments that recovery will not read
   * again; for the active segment the log file is enough, since recovery reads it whole.
   */
  async #flushNow(): Promise<void> {
    try {
      this.#ensureUsable()
      const target = this.#logEndOffset
      const cuts = this.#cuts
      const unflushed = this.#segments.all.slice(Math.max(0, this.#segments.indexOf(this.#recoveryPoint)))
      const { active } = this.#segments
      if (target > this.#recoveryPoint) {
        for (const segment of unflushed) await this.#flushSegment(segment, segment !== active)
        if (unflushed.length > 1) await this.#flushBesides()
        await this.#flushNames()
      }
      if (cuts === this.#cuts) this.#recoveryPoint = Math.max(this.#recoveryPoint, Math.min(target, this.#lastOffsetThatRecoveryMayPass(active)))
      this.#lastFlushMs = this.#context.clock.nowMs()
    } catch (error) {
      if (this.#isClosed) return
      throw this.#failed(error)
    }
  }

  /** A segment that was finished while its log file was flushed alone still needs the rest: recovery has to see it. */
  #lastOffsetThatRecoveryMayPass(flushedAsActive: Segment): number {
    const next = this.#segments.all[this.#segments.all.indexOf(flushedAsActive) + 1]
    return next === undefined || !this.#segments.all.includes(flushedAsActive) ? Number.MAX_SAFE_INTEGER : next.baseOffset - 1
  }

  /** Retention may remove a segment while it is being flushed. */
  async #flushSegment(segment: Segment, withIndexes: boolean): Promise<void> {
    try {
      await segment.flushLog()
      if (withIndexes) await segment.flushIndexes()
    } catch (error) {
      if (this.#segments.all.includes(segment)) throw error
    }
  }

  /** For a clean shutdown: also what an unclean one would make again. */
  async #flushAll(): Promise<void> {
    await this.#flushSegment(this.#segments.active, true)
    await this.#flushBesides()
    await this.#flushNames()
  }

  async #flushBesides(): Promise<void> {
    await this.#snapshots.flush()
    const epochs = this.#epochs
    if (epochs === null || !epochs.isDirty) return
    epochs.isDirty = false
    epochs.savedEpoch = epochs.latestEpoch
    await this.#context.disk.writeFileAtomic(`${this.directory}/${LEADER_EPOCH_CHECKPOINT}`, encodeLeaderEpochs(epochs.entries))
  }

  async #flushNames(): Promise<void> {
    const { disk } = this.#context
    if (!this.#isPlaceDurable) {
      await flushIfPresent(disk, `${this.directory}/partition.metadata`)
      await disk.flushDirectory(this.directory.slice(0, this.directory.lastIndexOf('/')))
      this.#isPlaceDurable = true
    }
    if (!this.#hasNewNames) return
    // A file made while this one is flushed has to be flushed again.
    this.#hasNewNames = false
    await disk.flushDirectory(this.directory)
  }

  #ensureUsable(): void {
    if (this.#failure !== null) throw this.#failure
    assert(!this.#isClosed, 'a closed log is not used')
  }

  /** Runs what touches the disk; remembers a failure. */
  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw this.#failed(error)
    }
  }

  #failed(error: unknown): unknown {
    if (error instanceof DiskError) this.#failure ??= error
    return error
  }
}

export function rollJitterMs(context: LogContext, config: LogConfig): number {
  const most = Math.min(config.segmentJitterMs, config.segmentMs)
  return most <= 0 ? 0 : context.random.below(Math.min(most, 2 ** 48))
}
