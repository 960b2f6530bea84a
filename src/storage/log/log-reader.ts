import type { LogHistory } from './log-history.ts'
import type { LogState } from './log-state.ts'
import { abortedWithin, type BoundPosition, emptyRead, findBatch, findBatchAsync, planRead, type ReadPlan, readBytes, readBytesAsync } from './read-log.ts'
import type { LogRead, OffsetAndTimestamp, ReadBound, ReadOptions, ReadOutOfRange, ReadResult } from './results.ts'
import { findByTimestamp, findMaxTimestamp } from './timestamp-lookup.ts'

/** ListOffsets' special timestamps. Source: KIP-79, KIP-405, KIP-734, KIP-1005, KIP-1023. */
const LATEST = -1n
const EARLIEST = -2n
const MAX_TIMESTAMP = -3n
const EARLIEST_LOCAL = -4n
const LATEST_TIERED = -5n
const EARLIEST_PENDING_UPLOAD = -6n

/** Reads of one log: batches from an offset on, and offsets by time. The caller-facing promises stand at `PartitionLog`. */
export class LogReader {
  readonly #state: LogState
  readonly #history: LogHistory
  /** Where the bound last asked for lies, when that is not the log end. */
  #lastBound: (BoundPosition & { readonly offset: number; readonly cuts: number }) | null = null

  constructor(state: LogState, history: LogHistory) {
    this.#state = state
    this.#history = history
  }

  /** min(first unstable offset, high watermark) */
  get lastStableOffset(): number {
    const { highWatermark } = this.#state
    return Math.min(this.firstUnstableOffset ?? highWatermark, highWatermark)
  }

  get firstUnstableOffset(): number | null {
    const offset = this.#history.producers.firstUnstableOffset
    return offset === null ? null : Math.max(offset, this.#state.logStartOffset)
  }

  read(startOffset: number, options: ReadOptions): ReadResult | null {
    const early = this.#answerWithoutReading(startOffset, options)
    if (early !== null) return early
    if (!this.#isNear(startOffset)) return null
    return this.#state.guard(() => {
      const found = findBatch(this.#state.segments, startOffset)
      const planned = found === null ? null : planRead(found.segment, found.place, this.#boundPosition(options.upTo), options)
      if (planned === null) return emptyRead(options)
      return this.#answer({ ...planned, startOffset }, readBytes(planned, options.allocate), options)
    })
  }

  async readAsync(startOffset: number, options: ReadOptions): Promise<ReadResult> {
    const early = this.#answerWithoutReading(startOffset, options)
    if (early !== null) return early
    const state = this.#state
    const { cuts } = state
    try {
      const found = await findBatchAsync(state.segments, startOffset)
      if (cuts !== state.cuts) return this.#answerAfterCut(startOffset, options)
      const planned = found === null ? null : planRead(found.segment, found.place, this.#boundPosition(options.upTo), options)
      if (planned === null) return emptyRead(options)
      return this.#answer({ ...planned, startOffset }, await readBytesAsync(planned, options.allocate), options)
    } catch (error) {
      if (cuts !== state.cuts || state.isClosed) return this.#answerAfterCut(startOffset, options)
      throw state.failed(error)
    }
  }

  async offsetForTimestamp(timestamp: bigint): Promise<OffsetAndTimestamp | null> {
    const { logStartOffset, logEndOffset } = this.#state
    if (timestamp === LATEST) return { offset: logEndOffset, timestamp: -1n, leaderEpoch: this.#history.epochs.latestEpoch }
    if (timestamp === EARLIEST || timestamp === EARLIEST_LOCAL) return { offset: logStartOffset, timestamp: -1n, leaderEpoch: this.#earliestEpoch() }
    // Nothing is tiered here.
    if (timestamp === LATEST_TIERED || timestamp === EARLIEST_PENDING_UPLOAD) return { offset: -1, timestamp: -1n, leaderEpoch: -1 }
    return this.#search(timestamp)
  }

  async #search(timestamp: bigint): Promise<OffsetAndTimestamp | null> {
    const state = this.#state
    for (;;) {
      const { cuts } = state
      try {
        state.verifyEnd()
        const segments = [...state.segments.all]
        return await (timestamp === MAX_TIMESTAMP ? findMaxTimestamp(segments) : findByTimestamp(segments, timestamp, state.logStartOffset))
      } catch (error) {
        // Segments may have been cut or removed under the search.
        if (cuts === state.cuts || state.isClosed) throw state.failed(error)
      }
    }
  }

  #answerWithoutReading(startOffset: number, options: ReadOptions): ReadResult | null {
    if (startOffset < this.#state.logStartOffset || startOffset > this.#state.logEndOffset) return this.#outOfRange()
    if (startOffset >= this.#boundOffset(options.upTo)) return emptyRead(options)
    this.#state.guard(() => this.#state.verifyEnd())
    return null
  }

  /** Retention, truncation or closing took away what a read was waiting for: nothing now, and the reader comes again. */
  #answerAfterCut(startOffset: number, options: ReadOptions): ReadResult {
    const { logStartOffset, logEndOffset } = this.#state
    return startOffset < logStartOffset || startOffset > logEndOffset ? this.#outOfRange() : emptyRead(options)
  }

  #outOfRange(): ReadOutOfRange {
    const { logStartOffset, logEndOffset } = this.#state
    return { kind: 'out-of-range', logStartOffset, logEndOffset }
  }

  #answer(plan: ReadPlan, records: Buffer, options: ReadOptions): LogRead {
    const { segments, logEndOffset } = this.#state
    return { kind: 'read', records, abortedTransactions: options.upTo === 'last-stable' ? abortedWithin(segments, plan, logEndOffset) : null }
  }

  #boundOffset(upTo: ReadBound): number {
    if (upTo === 'log-end') return this.#state.logEndOffset
    return upTo === 'high-watermark' ? this.#state.highWatermark : this.lastStableOffset
  }

  #boundPosition(upTo: ReadBound): BoundPosition {
    const { segments, logEndOffset, cuts } = this.#state
    const offset = this.#boundOffset(upTo)
    const end = { baseOffset: segments.active.baseOffset, position: segments.active.sizeBytes }
    if (offset === logEndOffset) return end
    if (this.#lastBound?.offset === offset && this.#lastBound.cuts === cuts) return this.#lastBound
    const found = findBatch(segments, offset)
    const bound = found === null ? end : { baseOffset: found.segment.baseOffset, position: found.place.position }
    this.#lastBound = { ...bound, offset, cuts }
    return bound
  }

  /** The file is open and the bytes are few from the log end, so that they are in memory most likely. */
  #isNear(startOffset: number): boolean {
    const { segments, context } = this.#state
    const { active } = segments
    const at = segments.indexOf(startOffset)
    const segment = segments.at(at)
    if (segment === undefined || !segment.log.isOpen) return false
    if (segment !== active && segments.at(at + 1) !== active) return false
    const bytesBehind = segment === active ? 0 : active.sizeBytes
    return bytesBehind + segment.sizeBytes - segment.offsetIndex.lookup(startOffset).position <= context.nearBytes
  }

  #earliestEpoch(): number | null {
    const { earliest } = this.#history.epochs
    return earliest !== null && earliest.startOffset <= this.#state.logStartOffset ? earliest.epoch : null
  }
}
