import type { Clock } from '../base/ports.ts'
import type { Histogram } from './histogram.ts'

/** Asked more often than this, the window keeps no further samples: so it holds a bounded number of them. */
const SAMPLE_INTERVAL_MS = 10_000

interface Sample {
  readonly atMs: number
  readonly counts: Float64Array
}

/**
 * What a histogram counted of late, without a timer: since the newest reading that is at least a window old, or from the
 * beginning while there is none. As `RateWindow` for totals.
 */
export class HistogramWindow {
  readonly #clock: Clock
  readonly #windowMs: number
  readonly #histogram: Histogram
  /** In the order of time; only the first may be older than the window. */
  #samples: readonly Sample[]

  constructor(clock: Clock, windowMs: number, histogram: Histogram) {
    this.#clock = clock
    this.#windowMs = windowMs
    this.#histogram = histogram
    this.#samples = [{ atMs: clock.monotonicMs(), counts: new Float64Array(histogram.counts.length) }]
  }

  /** What is held; bounded. */
  get sampleCount(): number {
    return this.#samples.length
  }

  /** By bucket. */
  recentCounts(): Float64Array {
    const now = { atMs: this.#clock.monotonicMs(), counts: this.#histogram.counts.slice() }
    const newestOld = this.#samples.findLastIndex(({ atMs }) => now.atMs - atMs >= this.#windowMs)
    if (newestOld > 0) this.#samples = this.#samples.slice(newestOld)
    const base = this.#samples[0] as Sample
    if (now.atMs - (this.#samples.at(-1) as Sample).atMs >= SAMPLE_INTERVAL_MS) this.#samples = [...this.#samples, now]
    return now.counts.map((count, bucket) => count - (base.counts[bucket] as number))
  }
}
