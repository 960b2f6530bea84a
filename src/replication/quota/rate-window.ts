interface Sample {
  sum: number
  startMs: number
}

/**
 * A rate over the last windows of time: what came in them, by the time since the oldest of them began, which counts for one
 * window at least. Source: org.apache.kafka.common.metrics.stats.SimpleRate, SampledStat.
 */
export class RateWindow {
  readonly #sizeMs: number
  readonly #count: number
  /** The oldest first; none is older than all windows together. */
  #samples: Sample[] = []

  constructor(options: { readonly windowCount: number; readonly windowSizeMs: number }) {
    this.#count = options.windowCount
    this.#sizeMs = options.windowSizeMs
  }

  record(value: number, nowMs: number): void {
    this.#forget(nowMs)
    const last = this.#samples.at(-1)
    if (last !== undefined && nowMs - last.startMs < this.#sizeMs) last.sum += value
    else this.#samples.push({ sum: value, startMs: nowMs })
    if (this.#samples.length > this.#count) this.#samples.shift()
  }

  /** A second. */
  rate(nowMs: number): number {
    this.#forget(nowMs)
    const oldest = this.#samples[0]
    if (oldest === undefined) return 0
    const sum = this.#samples.reduce((total, sample) => total + sample.sum, 0)
    return (sum / Math.max(nowMs - oldest.startMs, this.#sizeMs)) * 1000
  }

  #forget(nowMs: number): void {
    const ageMs = this.#count * this.#sizeMs
    if (this.#samples[0] !== undefined && nowMs - this.#samples[0].startMs >= ageMs)
      this.#samples = this.#samples.filter(({ startMs }) => nowMs - startMs < ageMs)
  }
}
