import type { Clock } from '../base/ports.ts'
import type { LogFields, Logger } from '../telemetry/logger.ts'

const WINDOW_MS = 60_000
const LINES_PER_SOURCE = 5
const LINES_IN_ALL = 100
/** Sources remembered at once; in a window with more, the rest share the lines that remain in all. */
const MAX_SOURCES = 1_000

/**
 * Says who was refused and why, in a bounded number of lines: whoever floods the node with bad connections does not
 * fill its disk as well. What was left out is counted, and the count stands in a later line.
 */
export class RefusalLog {
  readonly #logger: Logger
  readonly #clock: Clock
  readonly #linesBySource = new Map<string, number>()
  #windowStartMs = Number.NEGATIVE_INFINITY
  #lines = 0
  #unsaid = 0

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger
    this.#clock = clock
  }

  /** @param source what a flood would have in common: the peer's address without its port */
  refuse(source: string, message: string, fields: LogFields): void {
    this.#roll()
    const lines = (this.#linesBySource.get(source) ?? 0) + 1
    if (lines > LINES_PER_SOURCE || this.#lines >= LINES_IN_ALL) {
      this.#unsaid++
      return
    }
    if (this.#linesBySource.size < MAX_SOURCES || lines > 1) this.#linesBySource.set(source, lines)
    this.#lines++
    const note = lines === LINES_PER_SOURCE ? { note: 'further lines about this address are left out for a minute' } : {}
    this.#logger.warn(message, { ...fields, ...note })
  }

  #roll(): void {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#windowStartMs < WINDOW_MS) return
    this.#windowStartMs = nowMs
    this.#linesBySource.clear()
    this.#lines = 0
    if (this.#unsaid > 0) this.#logger.warn('connections were refused without a line for each', { count: this.#unsaid })
    this.#unsaid = 0
  }
}
