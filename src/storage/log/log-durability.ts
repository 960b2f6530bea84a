import type { TimestampMs } from '../../base/ports.ts'
import { flushIfPresent } from '../files/read-whole.ts'
import { Flusher } from './flusher.ts'
import type { LogHistory } from './log-history.ts'
import type { LogState } from './log-state.ts'
import type { Segment } from './segment.ts'

export interface LogDurabilityOptions {
  readonly state: LogState
  readonly history: LogHistory
  readonly recoveryPoint: number
  /** As after a clean stop: all that is in the directory is durable, the names too. */
  readonly isDurable: boolean
}

/**
 * Flushing, and how far it has come. Everything below the recovery point is durable; for a segment that ends there or
 * before, so are its indexes, the snapshot behind it and the epochs in it, since recovery does not look at it again. For the
 * active segment the log file is enough: recovery reads it whole.
 */
export class LogDurability {
  readonly #state: LogState
  readonly #history: LogHistory
  /** The last flush of the directory that was begun; whoever began it was told how it ended. */
  #flushingNames: Promise<void> = Promise.resolve()
  readonly #flusher = new Flusher(() => this.#flushNow())
  #recoveryPoint: number
  #lastFlushMs: TimestampMs
  /** The directory's own name, and the topic id in it. */
  #isPlaceDurable: boolean
  /** A log end up to which indexes and history are durable as well, as a clean stop leaves them; -1 when there is none. */
  #completeTo: number
  /** Files were made in the directory since it was flushed. */
  #hasNewNames: boolean
  /** The log was cut below what the checkpoint of recovery points may say. */
  #isCheckpointAhead = false

  constructor(options: LogDurabilityOptions) {
    this.#state = options.state
    this.#history = options.history
    this.#recoveryPoint = options.recoveryPoint
    this.#lastFlushMs = options.state.context.clock.nowMs()
    this.#isPlaceDurable = options.isDurable
    if (!options.isDurable) options.state.context.places.noteChange()
    this.#hasNewNames = !options.isDurable
    this.#completeTo = options.isDurable ? options.state.logEndOffset : -1
  }

  get recoveryPoint(): number {
    return this.#recoveryPoint
  }

  /**
   * Where recovery has to begin, for the checkpoint. The active segment may be finished right at the recovery point, and then
   * ends there without its indexes being durable: so it begins one offset before, which costs nothing while it is active.
   */
  get recoveryStart(): number {
    const { segments, logEndOffset } = this.#state
    const isComplete = this.#completeTo === logEndOffset || this.#recoveryPoint <= segments.active.baseOffset
    return isComplete ? this.#recoveryPoint : Math.min(this.#recoveryPoint, logEndOffset - 1)
  }

  /** See `PartitionLog.mustFlush`. */
  get mustFlush(): boolean {
    return this.#state.logEndOffset - this.#recoveryPoint >= this.#state.config.flushMessages
  }

  get lastFlushMs(): TimestampMs {
    return this.#lastFlushMs
  }

  /** Resolves when everything appended before the call is durable. Calls while one runs share the next. Rejects with `DiskError`. */
  flush(): Promise<void> {
    return this.#flusher.run()
  }

  /** Resolves when no flush runs. */
  async idle(): Promise<void> {
    await this.#flusher.idle()
    await this.#flushingNames
  }

  /** For a clean stop: also what an unclean one would make again. */
  async flushAll(): Promise<void> {
    const { segments, logEndOffset } = this.#state
    // A log that ends at the recovery point may have been cut there, and the cut not be durable.
    const isCovered = logEndOffset > this.#recoveryPoint
    await this.#flusher.run()
    await this.#flushSegment(segments.active, isCovered ? 'indexes' : 'all')
    await this.#history.flush()
    await this.#flushNames()
    this.#completeTo = this.#state.logEndOffset
  }

  /** Makes what files there are in the directory durable. Rejects with `DiskError`. */
  async flushNames(): Promise<void> {
    this.#hasNewNames = true
    try {
      await this.#flushNames()
    } catch (error) {
      if (this.#state.isClosed) return
      throw this.#state.failed(error)
    }
  }

  notePlaceChanged(): void {
    this.#isPlaceDurable = false
    this.#state.context.places.noteChange()
    this.#hasNewNames = true
  }

  noteNewFile(): void {
    this.#hasNewNames = true
  }

  /** A segment ends at `offset`: until its indexes are durable too, recovery has to look at it. */
  noteRoll(offset: number): void {
    this.#recoveryPoint = Math.min(this.#recoveryPoint, offset - 1)
  }

  noteCut(offset: number): void {
    if (offset < this.#recoveryPoint) this.#isCheckpointAhead = true
    this.#recoveryPoint = Math.min(this.#recoveryPoint, offset)
    this.#completeTo = -1
  }

  /**
   * Resolves when no checkpoint says that the log is durable beyond where it was cut: a segment that is written anew up to there would not be
   * looked at behind a crash. To be called before anything is appended behind a cut. Source: LogManager.truncateTo of Kafka.
   */
  async lowerCheckpoint(): Promise<void> {
    if (!this.#isCheckpointAhead) return
    this.#isCheckpointAhead = false
    await this.#state.context.checkpoint()
  }

  async #flushNow(): Promise<void> {
    const state = this.#state
    try {
      state.ensureUsable()
      const { cuts, logEndOffset: target } = state
      const { active } = state.segments
      if (target > this.#recoveryPoint) await this.#flushFromRecoveryPoint(active)
      if (cuts === state.cuts && !state.isClosed) this.#recoveryPoint = Math.max(this.#recoveryPoint, Math.min(target, this.#lastPointBeforeRollOf(active)))
      this.#lastFlushMs = state.context.clock.nowMs()
    } catch (error) {
      if (state.isClosed) return
      throw state.failed(error)
    }
  }

  async #flushFromRecoveryPoint(active: Segment): Promise<void> {
    const { segments, context } = this.#state
    const startMs = context.clock.monotonicMs()
    const unflushed = segments.all.slice(Math.max(0, segments.indexOf(this.#recoveryPoint)))
    for (const segment of unflushed) await this.#flushSegment(segment, segment === active ? 'log' : 'all')
    if (unflushed.length > 1 && !this.#state.isClosed) await this.#history.flush()
    await this.#flushNames()
    context.flushTimes.observe((context.clock.monotonicMs() - startMs) / 1000)
  }

  /** Retention may remove a segment while it is being flushed. A log that was closed meanwhile opens no file again, and comes no further. */
  async #flushSegment(segment: Segment, what: 'log' | 'indexes' | 'all'): Promise<void> {
    if (this.#state.isClosed) return
    try {
      if (what !== 'indexes') await segment.flushLog()
      if (what !== 'log' && !this.#state.isClosed) await segment.flushIndexes()
    } catch (error) {
      if (this.#state.segments.all.includes(segment)) throw error
    }
  }

  /** A segment that was finished while its log file was being flushed still lacks the rest. */
  #lastPointBeforeRollOf(flushedAsActive: Segment): number {
    const { all } = this.#state.segments
    const at = all.indexOf(flushedAsActive)
    const next = at < 0 ? undefined : all[at + 1]
    return next === undefined ? Number.MAX_SAFE_INTEGER : next.baseOffset - 1
  }

  #flushNames(): Promise<void> {
    const flushing = this.#flushNamesNow()
    // The failure is told to who asked for it; `idle` waits for the end alone.
    this.#flushingNames = flushing.catch(() => {})
    return flushing
  }

  async #flushNamesNow(): Promise<void> {
    const { directory, context } = this.#state
    if (this.#state.isClosed) return
    if (!this.#isPlaceDurable) {
      await flushIfPresent(context.disk, `${directory}/partition.metadata`)
      await context.places.flush()
      this.#isPlaceDurable = true
    }
    if (!this.#hasNewNames || this.#state.isClosed) return
    // A file made while the directory is flushed has to be flushed again.
    this.#hasNewNames = false
    await context.disk.flushDirectory(directory)
  }
}
