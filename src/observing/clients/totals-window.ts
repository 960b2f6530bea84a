/** Asked more often than this, a window keeps no further samples. */
const SAMPLE_INTERVAL_MS = 5_000

interface Sample {
  readonly atMs: number
  readonly totals: readonly number[]
}

/** By how much each of several totals grew, and in which time. */
export interface Growth {
  readonly elapsedMs: number
  readonly totals: readonly number[]
}

/**
 * How fast several totals grow together, as `RateWindow` says it of one: since the newest sample that is at least a window
 * old, or since the beginning. Samples are taken when somebody asks, and bounded in number.
 */
export class TotalsWindow {
  readonly #windowMs: number
  /** In the order of time; only the first may be older than the window. */
  #samples: Sample[]

  /** @param totals as they are at `nowMs`; they grow only */
  constructor(windowMs: number, nowMs: number, totals: readonly number[]) {
    this.#windowMs = windowMs
    this.#samples = [{ atMs: nowMs, totals }]
  }

  get sampleCount(): number {
    return this.#samples.length
  }

  growth(nowMs: number, totals: readonly number[]): Growth {
    const newestOld = this.#samples.findLastIndex(({ atMs }) => nowMs - atMs >= this.#windowMs)
    if (newestOld > 0) this.#samples = this.#samples.slice(newestOld)
    const base = this.#samples[0] as Sample
    const last = this.#samples.at(-1) as Sample
    if (nowMs - last.atMs >= SAMPLE_INTERVAL_MS) this.#samples.push({ atMs: nowMs, totals })
    return { elapsedMs: nowMs - base.atMs, totals: totals.map((total, index) => total - (base.totals[index] as number)) }
  }
}
