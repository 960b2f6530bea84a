import type { Clock } from '../base/ports.ts'

/** Asked more often than this, the window keeps no further samples: so it holds a bounded number of them. */
const SAMPLE_INTERVAL_MS = 1_000

interface Sample {
  readonly atMs: number
  readonly total: number
}

/**
 * How fast a total grows, without a timer: samples are taken when somebody asks. The rate is the mean since the newest
 * sample that is at least a window old, or since the beginning while there is none. So several may ask at their own
 * pace, and who asks seldom learns the mean since the last time.
 */
export class RateWindow {
  readonly #clock: Clock
  readonly #windowMs: number
  readonly #total: () => number
  /** In the order of time; only the first may be older than the window. At least one, at most one for each interval of a window and two more. */
  #samples: readonly Sample[]

  /** @param total grows only */
  constructor(clock: Clock, windowMs: number, total: () => number) {
    this.#clock = clock
    this.#windowMs = windowMs
    this.#total = total
    this.#samples = [this.#sample()]
  }

  /** What is held; bounded. */
  get sampleCount(): number {
    return this.#samples.length
  }

  /** @returns per second; 0 before any time has passed */
  perSecond(): number {
    const { now, base } = this.#look()
    const elapsedMs = now.atMs - base.atMs
    return elapsedMs <= 0 ? 0 : ((now.total - base.total) * 1000) / elapsedMs
  }

  /** By how much the total has grown in that time. */
  growth(): number {
    const { now, base } = this.#look()
    return now.total - base.total
  }

  #look(): { readonly now: Sample; readonly base: Sample } {
    const now = this.#sample()
    const base = this.#forget(now.atMs)
    const last = this.#samples.at(-1)
    if (last === undefined || now.atMs - last.atMs >= SAMPLE_INTERVAL_MS) this.#samples = [...this.#samples, now]
    return { now, base }
  }

  /** Drops what is older than the base, and returns that. */
  #forget(nowMs: number): Sample {
    const isOld = ({ atMs }: Sample) => nowMs - atMs >= this.#windowMs
    const newestOld = this.#samples.findLastIndex(isOld)
    if (newestOld > 0) this.#samples = this.#samples.slice(newestOld)
    return this.#samples[0] as Sample
  }

  #sample(): Sample {
    return { atMs: this.#clock.monotonicMs(), total: this.#total() }
  }
}
