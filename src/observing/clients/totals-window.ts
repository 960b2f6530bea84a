import { SampledWindow } from '../../telemetry/sampled-window.ts'

const SAMPLE_INTERVAL_MS = 5_000

/** By how much each of several totals grew, and in which time. */
export interface Growth {
  readonly elapsedMs: number
  readonly totals: readonly number[]
}

/** How fast several totals grow together: since the sample that `SampledWindow` names. */
export class TotalsWindow {
  readonly #window: SampledWindow<readonly number[]>

  /** @param totals as they are at `nowMs`; they grow only */
  constructor(windowMs: number, nowMs: number, totals: readonly number[]) {
    this.#window = new SampledWindow({ windowMs, sampleIntervalMs: SAMPLE_INTERVAL_MS }, { atMs: nowMs, value: totals })
  }

  get sampleCount(): number {
    return this.#window.sampleCount
  }

  growth(nowMs: number, totals: readonly number[]): Growth {
    const base = this.#window.baseOf({ atMs: nowMs, value: totals })
    return { elapsedMs: nowMs - base.atMs, totals: totals.map((total, index) => total - (base.value[index] as number)) }
  }
}
