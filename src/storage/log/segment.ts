import { RECORDS_POSITION, type RecordBatch } from '../../../protocol/records/batch.ts'
import { assert } from '../../base/assert.ts'
import type { DiskFile, TimestampMs } from '../../base/ports.ts'
import { LOG_SUFFIX, OFFSET_INDEX_SUFFIX, segmentPath, TIME_INDEX_SUFFIX, TRANSACTION_INDEX_SUFFIX } from '../files/file-names.ts'
import type { LazyFile } from '../files/open-files.ts'
import { MAX_RELATIVE_OFFSET, OffsetIndex } from '../index/offset-index.ts'
import { TimeIndex, type TimestampOffset } from '../index/time-index.ts'
import { TransactionIndex } from '../index/transaction-index.ts'
import { type BatchPlace, placeAt, scan, scanAsync, type Visit } from './batch-scan.ts'
import type { LogConfig } from './log-config.ts'
import { corruptLog, type LogContext } from './log-context.ts'

export interface SegmentOptions {
  readonly context: LogContext
  /** of the partition */
  readonly directory: string
  readonly baseOffset: number
  readonly createdMs: TimestampMs
  /** Taken off `segment.ms`, so that segments of many partitions do not roll at once. */
  readonly rollJitterMs: number
}

export interface RollQuestion {
  readonly config: LogConfig
  readonly bytes: number
  readonly lastOffset: number
  readonly maxTimestampMs: TimestampMs
  readonly nowMs: TimestampMs
}

const NOT_ASKED = -1

/**
 * A piece of the log: the file of batches from `baseOffset` on, and its three indexes. Files are opened, and indexes read,
 * when first needed; a segment nobody touches is this object alone.
 *
 * Every `.index` entry says where the batch with that last offset begins. The largest timestamp seen is kept here and goes
 * into the time index with every offset index entry and when the segment is finished.
 *
 * Source: `LogSegment` of Kafka 4.3.1.
 */
export class Segment {
  readonly baseOffset: number
  readonly log: LazyFile
  createdMs: TimestampMs
  readonly #context: LogContext
  readonly #directory: string
  readonly #rollJitterMs: number
  #sizeBytes = NOT_ASKED
  #bytesSinceIndexEntry = 0
  /** null while not known: it is the time index's last entry then */
  #maxTimestamp: TimestampOffset | null = null
  /** Of the first batch; null while not known. */
  #firstTimestampMs: TimestampMs | null = null
  /** Appended since the segment was opened or cut; null when none was. A consumer at the end of the log asks for it, and is spared the search. */
  #lastBatch: BatchPlace | null = null
  #offsetIndex: OffsetIndex | null = null
  #timeIndex: TimeIndex | null = null
  #transactionIndex: TransactionIndex | null = null

  constructor(options: SegmentOptions) {
    this.#context = options.context
    this.#directory = options.directory
    this.baseOffset = options.baseOffset
    this.createdMs = options.createdMs
    this.#rollJitterMs = options.rollJitterMs
    this.log = options.context.openFiles.file(this.pathOf(LOG_SUFFIX))
  }

  /** Makes the file of a segment that begins now. What is there under its names is overwritten. */
  static create(options: SegmentOptions): Segment {
    const segment = new Segment(options)
    const file = segment.log.get('create')
    if (file.sizeBytes() > 0) file.truncate(0)
    segment.#sizeBytes = 0
    segment.#maxTimestamp = { timestampMs: -1, offset: options.baseOffset }
    segment.offsetIndex.file.startEmpty()
    segment.timeIndex.file.startEmpty()
    segment.transactionIndex.truncateTo(options.baseOffset)
    return segment
  }

  /** The segment as it is found in another directory, when its files have been brought there. */
  at(directory: string): Segment {
    return new Segment({
      context: this.#context,
      directory,
      baseOffset: this.baseOffset,
      createdMs: this.createdMs,
      rollJitterMs: this.#rollJitterMs,
    })
  }

  pathOf(suffix: string): string {
    return segmentPath(this.#directory, this.baseOffset, suffix)
  }

  get sizeBytes(): number {
    if (this.#sizeBytes === NOT_ASKED) this.#sizeBytes = this.log.get().sizeBytes()
    return this.#sizeBytes
  }

  /** null: nobody has asked yet. */
  get knownSizeBytes(): number | null {
    return this.#sizeBytes === NOT_ASKED ? null : this.#sizeBytes
  }

  /** Asks for the size, unless it is known, without opening the file nor holding the event loop. */
  async findSize(): Promise<void> {
    if (this.#sizeBytes !== NOT_ASKED) return
    const info = await this.#context.disk.info(this.log.path)
    // An append may have asked meanwhile, and have made it larger. A file that is gone is found to be when it is used.
    if (info !== null && this.#sizeBytes === NOT_ASKED) this.#sizeBytes = info.sizeBytes
  }

  get offsetIndex(): OffsetIndex {
    this.#offsetIndex ??= new OffsetIndex(this.#context.indexes, this.pathOf(OFFSET_INDEX_SUFFIX), this.baseOffset)
    return this.#offsetIndex
  }

  get timeIndex(): TimeIndex {
    this.#timeIndex ??= new TimeIndex(this.#context.indexes, this.pathOf(TIME_INDEX_SUFFIX), this.baseOffset)
    return this.#timeIndex
  }

  get transactionIndex(): TransactionIndex {
    this.#transactionIndex ??= new TransactionIndex(this.#context.indexes, this.pathOf(TRANSACTION_INDEX_SUFFIX))
    return this.#transactionIndex
  }

  /** The largest timestamp of the segment and the last offset of its batch; -1 when its records have none. */
  get maxTimestamp(): TimestampOffset {
    this.#maxTimestamp ??= this.timeIndex.last
    return this.#maxTimestamp
  }

  shouldRoll({ config, bytes, lastOffset, maxTimestampMs, nowMs }: RollQuestion): boolean {
    const { sizeBytes } = this
    if (sizeBytes > config.segmentBytes - bytes || lastOffset - this.baseOffset > MAX_RELATIVE_OFFSET) return true
    if (sizeBytes > 0 && this.#ageMs(nowMs, maxTimestampMs) > config.segmentMs - this.#rollJitterMs) return true
    return this.offsetIndex.isFull(config.segmentIndexBytes) || this.timeIndex.isFull(config.segmentIndexBytes)
  }

  /**
   * Writes whole batches at the end. `batches` iterates those in `bytes`.
   * Throws `DiskError`; a part of the bytes may then be in the file behind the segment's end.
   */
  append(bytes: Buffer, batches: Iterable<RecordBatch>, indexIntervalBytes: number): void {
    let position = this.sizeBytes
    this.log.get().writeAt([bytes], position)
    this.#sizeBytes += bytes.length
    for (const batch of batches) {
      const place = placeAt(batch.buffer, batch.position, position)
      assert(place !== null, 'only valid batches are appended')
      this.#noteBatch(place, indexIntervalBytes)
      position += place.sizeBytes
    }
  }

  /** As for a batch that is appended, for one that recovery found in the file. */
  noteRecovered(place: BatchPlace, indexIntervalBytes: number): void {
    this.#noteBatch(place, indexIntervalBytes)
    this.#sizeBytes = place.position + place.sizeBytes
  }

  /**
   * The first batch whose last offset is not below `offset`; null when there is none.
   * Throws `DiskError` when the file is damaged between an index entry and there.
   */
  find(offset: number): BatchPlace | null {
    const last = this.#lastBatch
    if (last !== null && offset >= last.baseOffset) return offset <= last.lastOffset ? last : null
    const { position } = this.offsetIndex.lookup(offset)
    return this.scan(position, (place) => place.lastOffset >= offset)
  }

  /** As `find`, without holding the event loop. */
  findAsync(offset: number): Promise<BatchPlace | null> {
    return this.scanAsync(this.offsetIndex.lookup(offset).position, (place) => place.lastOffset >= offset)
  }

  /** Visits the batches from byte `position` to the end until `visit` returns true; returns where it did. */
  scan(position: number, visit: Visit): BatchPlace | null {
    const end = this.sizeBytes
    const result = scan({ file: this.log.get(), position, end }, visit)
    if (result.stoppedAt === null && result.position !== end) throw this.damagedAt(result.position)
    return result.stoppedAt
  }

  async scanAsync(position: number, visit: Visit): Promise<BatchPlace | null> {
    const end = this.sizeBytes
    const result = await this.log.use((file) => scanAsync({ file, position, end }, visit))
    if (result.stoppedAt === null && result.position !== end) throw this.damagedAt(result.position)
    return result.stoppedAt
  }

  damagedAt(position: number): Error {
    return corruptLog(this.log.path, `byte ${position} of ${this.sizeBytes} is not the start of a whole batch`)
  }

  /** The offset behind the last batch. Reads from the last index entry on. */
  readNextOffset(): number {
    let next = this.baseOffset
    this.scan(this.offsetIndex.last.position, (place) => {
      next = place.lastOffset + 1
      return false
    })
    return next
  }

  /** Drops all batches that hold `offset` or more. */
  truncateTo(offset: number): void {
    const place = this.find(offset)
    this.offsetIndex.truncateTo(offset)
    this.timeIndex.truncateTo(offset)
    this.transactionIndex.truncateTo(offset)
    if (place !== null) this.truncateFile(place.position)
    this.#maxTimestamp = this.#findMaxTimestamp()
    this.#bytesSinceIndexEntry = 0
  }

  /** Cuts the file alone. */
  truncateFile(sizeBytes: number): void {
    if (sizeBytes < this.log.get().sizeBytes()) this.log.get().truncate(sizeBytes)
    this.#sizeBytes = sizeBytes
    this.#lastBatch = null
    if (sizeBytes > 0) return
    this.#firstTimestampMs = null
    this.createdMs = this.#context.clock.nowMs()
  }

  /** For recovery: forgets all that the file's content decides. */
  resetIndexes(): void {
    this.offsetIndex.file.startEmpty()
    this.timeIndex.file.startEmpty()
    this.transactionIndex.truncateTo(this.baseOffset)
    this.#maxTimestamp = { timestampMs: -1, offset: this.baseOffset }
    this.#firstTimestampMs = null
    this.#bytesSinceIndexEntry = 0
    this.#sizeBytes = 0
    this.#lastBatch = null
  }

  /** No more appends for now: the largest timestamp goes into the index, the index files hold all entries, and memory none. */
  finish(): void {
    if (this.#maxTimestamp !== null) this.timeIndex.maybeAppend(this.#maxTimestamp.timestampMs, this.#maxTimestamp.offset)
    this.#offsetIndex?.file.write()
    this.#timeIndex?.file.write()
    this.#unloadIndexes()
  }

  /** Resolves when the batches would survive a loss of power. */
  async flushLog(): Promise<void> {
    await this.log.use((file) => file.flush())
  }

  /** As `flushLog`, for the indexes; needed where recovery will not look at the segment again. */
  async flushIndexes(): Promise<void> {
    await this.#offsetIndex?.file.flush()
    await this.#timeIndex?.file.flush()
    await this.#transactionIndex?.file.flush()
  }

  close(): void {
    this.log.close()
    this.#unloadIndexes()
  }

  #unloadIndexes(): void {
    this.#offsetIndex?.file.unload()
    this.#timeIndex?.file.unload()
    this.#transactionIndex?.file.unload()
  }

  #noteBatch(place: BatchPlace, indexIntervalBytes: number): void {
    if (place.maxTimestampMs > this.maxTimestamp.timestampMs) this.#maxTimestamp = { timestampMs: place.maxTimestampMs, offset: place.lastOffset }
    if (place.position === 0) this.#firstTimestampMs = place.maxTimestampMs
    if (this.#bytesSinceIndexEntry > indexIntervalBytes && place.lastOffset - this.baseOffset <= MAX_RELATIVE_OFFSET) {
      this.offsetIndex.append(place.lastOffset, place.position)
      this.timeIndex.maybeAppend(this.maxTimestamp.timestampMs, this.maxTimestamp.offset)
      this.#bytesSinceIndexEntry = 0
    }
    this.#bytesSinceIndexEntry += place.sizeBytes
    this.#lastBatch = place
  }

  /** By the records' own time where they have one, so that a replay of old data rolls as the data does. */
  #ageMs(nowMs: TimestampMs, maxTimestampMs: TimestampMs): number {
    this.#firstTimestampMs ??= this.#readFirstTimestamp(this.log.get())
    return this.#firstTimestampMs >= 0 ? maxTimestampMs - this.#firstTimestampMs : nowMs - this.createdMs
  }

  #readFirstTimestamp(file: DiskFile): TimestampMs {
    const header = Buffer.allocUnsafe(RECORDS_POSITION)
    if (file.readAt(header, 0) < RECORDS_POSITION) return -1
    return placeAt(header, 0, 0)?.maxTimestampMs ?? -1
  }

  #findMaxTimestamp(): TimestampOffset {
    let found = this.timeIndex.last
    this.scan(this.offsetIndex.lookup(found.offset).position, (place) => {
      if (place.maxTimestampMs > found.timestampMs) found = { timestampMs: place.maxTimestampMs, offset: place.lastOffset }
      return false
    })
    return found
  }
}
