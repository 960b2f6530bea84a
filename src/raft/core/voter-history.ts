import type { VoterSet } from '../voter-set.ts'
import type { VoterEntry } from './effects.ts'

/**
 * The voters by offset. The latest that the log names hold, committed or not; where the log is cut, those before hold again.
 * Bounded by the changes that are not committed, of which a leader makes one at a time. Source: KIP-853.
 */
export class VoterHistory {
  readonly #initial: Omit<VoterEntry, 'offset'>
  #entries: readonly VoterEntry[] = []
  /** Of entries above it, those below were forgotten. */
  #committedOffset = 0

  /** @param initial of the settings, or of what formatting wrote: what holds while the log names none */
  constructor(initial: Omit<VoterEntry, 'offset'>) {
    this.#initial = initial
  }

  get voters(): VoterSet {
    return (this.#entries.at(-1) ?? this.#initial).voters
  }

  get kraftVersion(): number {
    return (this.#entries.at(-1) ?? this.#initial).kraftVersion
  }

  /** What holds below `offset`; of what was forgotten, the oldest that is known stands for it. */
  votersBelow(offset: number): Omit<VoterEntry, 'offset'> {
    return this.#entries.findLast((entry) => entry.offset < offset) ?? this.#entries.find((entry) => entry.offset < this.#committedOffset) ?? this.#initial
  }

  /** Of the record that names the latest; null while the log names none. */
  get latestOffset(): number | null {
    return this.#entries.at(-1)?.offset ?? null
  }

  add(entry: VoterEntry): void {
    this.#entries = [...this.#entries.filter(({ offset }) => offset < entry.offset), entry]
  }

  truncateTo(endOffset: number): void {
    this.#entries = this.#entries.filter(({ offset }) => offset < endOffset)
  }

  /** What is committed is not cut: of it the last is enough. */
  forgetBelow(highWatermark: number): void {
    this.#committedOffset = highWatermark
    const last = this.#entries.findLast(({ offset }) => offset < highWatermark)
    if (last !== undefined) this.#entries = this.#entries.filter(({ offset }) => offset >= last.offset)
  }
}
