import type { RaftLog } from '../raft-log.ts'

export interface LogFlusherOptions {
  readonly log: Pick<RaftLog, 'logEndOffset' | 'flush'>
  /**
   * All below `endOffset` is durable.
   * @param isStillTrue false as soon as the log was cut below that
   */
  readonly onFlushed: (endOffset: number, isStillTrue: () => boolean) => void
  readonly onFailure: (cause: unknown, message: string) => void
}

/** Flushes what was appended: all that is appended in a turn, and while a flush runs, shares the next flush. */
export class LogFlusher {
  readonly #options: LogFlusherOptions
  #flushing: Promise<void> | null = null
  #flushedOffset = 0
  /** Counts the cuts: what was cut while a flush ran is not what the flush promises. */
  #cuts = 0
  #isStopped = false

  constructor(options: LogFlusherOptions) {
    this.#options = options
  }

  flushSoon(): void {
    this.#flushing ??= this.#flushAll()
  }

  /** The log ends at `endOffset` now. */
  noteCut(endOffset: number): void {
    this.#cuts++
    this.#flushedOffset = Math.min(this.#flushedOffset, endOffset)
  }

  /** The log begins anew at `offset`, durably. */
  noteStart(offset: number): void {
    this.#cuts++
    this.#flushedOffset = offset
  }

  /** Resolves when nothing is being flushed. */
  async idle(): Promise<void> {
    await this.#flushing
  }

  /** Flushes nothing any more. */
  stop(): void {
    this.#isStopped = true
  }

  /** One flush for all that was appended before it starts, until nothing is left. */
  async #flushAll(): Promise<void> {
    const { log, onFlushed, onFailure } = this.#options
    try {
      // Appends of the same turn come along.
      await Promise.resolve()
      while (this.#flushedOffset < log.logEndOffset && !this.#isStopped) {
        const endOffset = log.logEndOffset
        const cuts = this.#cuts
        await log.flush()
        if (cuts !== this.#cuts) continue
        this.#flushedOffset = endOffset
        onFlushed(endOffset, () => cuts === this.#cuts)
      }
    } catch (error) {
      onFailure(error, 'cannot flush the metadata log')
    } finally {
      // In the turn that found nothing left: what is appended in the next one starts another flush.
      this.#flushing = null
    }
  }
}
