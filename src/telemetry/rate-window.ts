import type { Clock } from '../base/ports.ts'
import { type Sample, SampledWindow } from './sampled-window.ts'

const SAMPLE_INTERVAL_MS = 1_000

/** How fast a total grows: the mean since the sample that `SampledWindow` names. */
export class RateWindow {
  readonly #clock: Clock
  readonly #total: () => number
  readonly #window: SampledWindow<number>

  /** @param total grows only */
  constructor(clock: Clock, windowMs: number, total: () => number) {
    this.#clock = clock
    this.#total = total
    this.#window = new SampledWindow({ windowMs, sampleIntervalMs: SAMPLE_INTERVAL_MS }, this.#sample())
  }

  /** What is held; bounded. */
  get sampleCount(): number {
    return this.#window.sampleCount
  }

  /** @returns per second; 0 before any time has passed */
  perSecond(): number {
    const now = this.#sample()
    const base = this.#window.baseOf(now)
    const elapsedMs = now.atMs - base.atMs
    return elapsedMs <= 0 ? 0 : ((now.value - base.value) * 1000) / elapsedMs
  }

  /** By how much the total has grown in that time. */
  growth(): number {
    const now = this.#sample()
    return now.value - this.#window.baseOf(now).value
  }

  #sample(): Sample<number> {
    return { atMs: this.#clock.monotonicMs(), value: this.#total() }
  }
}
