import type { Timer, Timers } from '../../base/ports.ts'

/** One partition that this node leads. */
export interface WatchedIsr {
  dropLaggards(): void
}

/**
 * Looks for followers that lag, twice in `replica.lag.time.max.ms` as Kafka does, while this node leads partitions that
 * have any.
 */
export class LagWatch {
  readonly #timers: Pick<Timers, 'schedule'>
  readonly #lagTimeMaxMs: () => number
  /** As many as partitions that this node leads. */
  readonly #watched = new Set<WatchedIsr>()
  #timer: Timer | null = null
  #isStopped = false

  constructor(timers: Pick<Timers, 'schedule'>, lagTimeMaxMs: () => number) {
    this.#timers = timers
    this.#lagTimeMaxMs = lagTimeMaxMs
  }

  add(keeper: WatchedIsr): void {
    this.#watched.add(keeper)
    this.#schedule()
  }

  remove(keeper: WatchedIsr): void {
    this.#watched.delete(keeper)
    if (this.#watched.size === 0) this.#end()
  }

  stop(): void {
    this.#isStopped = true
    this.#end()
  }

  #schedule(): void {
    if (this.#timer !== null || this.#isStopped || this.#watched.size === 0) return
    this.#timer = this.#timers.schedule(this.#lagTimeMaxMs() / 2, () => {
      this.#timer = null
      for (const keeper of this.#watched) keeper.dropLaggards()
      this.#schedule()
    })
  }

  #end(): void {
    this.#timer?.cancel()
    this.#timer = null
  }
}
