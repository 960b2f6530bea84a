import { assert } from '../../base/assert.ts'
import type { TimestampMs } from '../../base/ports.ts'
import { SEGMENT_SUFFIXES } from '../files/file-names.ts'
import type { LogDurability } from './log-durability.ts'
import type { LogHistory } from './log-history.ts'
import type { LogState } from './log-state.ts'
import { segmentsToDelete } from './retention.ts'
import type { Segment } from './segment.ts'
import type { LogParts, SegmentRoller } from './segment-roller.ts'

/**
 * Takes records away from one log: at the end, where a leader never had them, and at the start, by retention and
 * DeleteRecords. Offsets change in the turn of the call; files are set aside after it, in an order in which a crash leaves no
 * gap. The caller-facing promises stand at `PartitionLog`.
 */
export class LogCutter {
  readonly #state: LogState
  readonly #history: LogHistory
  readonly #durability: LogDurability
  readonly #roller: SegmentRoller

  constructor({ state, history, durability, roller }: LogParts & { readonly roller: SegmentRoller }) {
    this.#state = state
    this.#history = history
    this.#durability = durability
    this.#roller = roller
  }

  async truncateTo(offset: number): Promise<boolean> {
    assert(offset >= 0, 'a log is not truncated to a negative offset')
    const state = this.#state
    if (offset >= state.logEndOffset) {
      this.#history.epochs.truncateFromEnd(state.logEndOffset)
      return false
    }
    if (state.segments.first.baseOffset > offset) {
      await this.truncateFullyAndStartAt(offset, offset)
      return true
    }
    const removed = state.guard(() => this.#cutTo(offset))
    await this.#discardEnd(removed, (at) => at > offset)
    return true
  }

  async truncateFullyAndStartAt(offset: number, logStartOffset: number): Promise<void> {
    const state = this.#state
    const removed = state.guard(() => {
      state.ensureUsable()
      const old = state.segments.replaceAll(this.#roller.newSegment(offset))
      for (const segment of old) segment.close()
      this.#noteCut(offset)
      this.#history.clear()
      state.logStartOffset = logStartOffset
      state.highWatermark = offset
      return old.filter((segment) => segment.baseOffset !== offset)
    })
    await this.#discardEnd(removed, () => true)
  }

  incrementLogStartOffset(offset: number): boolean | 'out-of-range' {
    const state = this.#state
    if (offset > state.highWatermark) return 'out-of-range'
    if (offset <= state.logStartOffset) return false
    state.logStartOffset = offset
    state.hasChanged = true
    this.#history.epochs.truncateFromStart(offset)
    this.#history.producers.onHighWatermark(offset)
    return true
  }

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
    this.#state.hasChanged = true
  }

  async #removeFirst(count: number): Promise<void> {
    const { segments } = this.#state
    if (count === segments.all.length) this.#roller.rollAt(this.#state.logEndOffset)
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
    try {
      await this.#durability.lowerCheckpoint()
    } catch (error) {
      throw this.#state.failed(error)
    }
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
