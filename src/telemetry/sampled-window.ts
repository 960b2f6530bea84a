export interface Sample<T> {
  readonly atMs: number
  readonly value: T
}

export interface SampledWindowOptions {
  readonly windowMs: number
  /** Asked more often than this, the window keeps no further samples: so it holds a bounded number of them. */
  readonly sampleIntervalMs: number
}

/**
 * What to compare a reading with, without a timer: samples are taken when somebody asks. It is the newest one that is at least a window
 * old, or the first while there is none. So several may ask at their own pace, and who asks seldom compares with the last time.
 */
export class SampledWindow<T> {
  readonly #options: SampledWindowOptions
  /** In the order of time; only the first may be older than the window. At least one, at most one for each interval of a window and two more. */
  #samples: readonly Sample<T>[]

  constructor(options: SampledWindowOptions, first: Sample<T>) {
    this.#options = options
    this.#samples = [first]
  }

  /** What is held; bounded. */
  get sampleCount(): number {
    return this.#samples.length
  }

  /** The sample with which `now` is to be compared. Drops what is older, and keeps `now` where the last one is an interval old. */
  baseOf(now: Sample<T>): Sample<T> {
    const newestOld = this.#samples.findLastIndex(({ atMs }) => now.atMs - atMs >= this.#options.windowMs)
    if (newestOld > 0) this.#samples = this.#samples.slice(newestOld)
    const base = this.#samples[0] as Sample<T>
    if (now.atMs - (this.#samples.at(-1) as Sample<T>).atMs >= this.#options.sampleIntervalMs) this.#samples = [...this.#samples, now]
    return base
  }
}
