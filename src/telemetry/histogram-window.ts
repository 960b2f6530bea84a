import type { Clock } from '../base/ports.ts'
import type { Histogram } from './histogram.ts'
import { SampledWindow } from './sampled-window.ts'

const SAMPLE_INTERVAL_MS = 10_000

/** What a histogram counted of late: since the sample that `SampledWindow` names. */
export class HistogramWindow {
  readonly #clock: Clock
  readonly #histogram: Histogram
  readonly #window: SampledWindow<Float64Array>

  constructor(clock: Clock, windowMs: number, histogram: Histogram) {
    this.#clock = clock
    this.#histogram = histogram
    const first = { atMs: clock.monotonicMs(), value: new Float64Array(histogram.counts.length) }
    this.#window = new SampledWindow({ windowMs, sampleIntervalMs: SAMPLE_INTERVAL_MS }, first)
  }

  /** What is held; bounded. */
  get sampleCount(): number {
    return this.#window.sampleCount
  }

  /** By bucket. */
  recentCounts(): Float64Array {
    const counts = this.#histogram.counts.slice()
    const base = this.#window.baseOf({ atMs: this.#clock.monotonicMs(), value: counts })
    return counts.map((count, bucket) => count - (base.value[bucket] as number))
  }
}
