import type { PartitionLog } from '../storage/log/partition-log.ts'

/**
 * Holds back what must be on the device before it counts as written (`flush.messages`): the high watermark stays below it
 * until a flush has ended. One flush runs at a time; what came meanwhile shares the next one.
 */
export class FlushGate {
  readonly #onFlushed: () => void
  readonly #onError: (log: PartitionLog, error: unknown) => void
  #limit: number | null = null
  #isFlushing = false
  #mustFlushAgain = false

  /** @param onError gets what `flush` of the log threw; the gate stays shut */
  constructor(onFlushed: () => void, onError: (log: PartitionLog, error: unknown) => void) {
    this.#onFlushed = onFlushed
    this.#onError = onError
  }

  /** The offset below which all is on the device that has to be; null when nothing is held back. */
  get limit(): number | null {
    return this.#limit
  }

  /** `log` has appended records from `startOffset` on that must be flushed. */
  hold(log: PartitionLog, startOffset: number): void {
    this.#limit ??= startOffset
    if (this.#isFlushing) this.#mustFlushAgain = true
    else this.#flush(log).catch((error: unknown) => this.#onError(log, error))
  }

  async #flush(log: PartitionLog): Promise<void> {
    this.#isFlushing = true
    try {
      do {
        this.#mustFlushAgain = false
        const end = log.logEndOffset
        await log.flush()
        this.#limit = this.#mustFlushAgain ? end : null
        this.#onFlushed()
      } while (this.#mustFlushAgain)
    } finally {
      this.#isFlushing = false
    }
  }
}
