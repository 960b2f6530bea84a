import { type Deferred, deferred } from '../../base/deferred.ts'
import type { Timer, Timers } from '../../base/ports.ts'

export interface CatchUpOptions {
  /** The brokers that are waited for. */
  readonly behind: (offset: number) => readonly { readonly tellsAtOnce: boolean }[]
  readonly timers: Pick<Timers, 'schedule'>
}

interface Waiter {
  readonly offset: number
  readonly done: Deferred<void>
}

/** How often it is looked how far those are that do not tell. */
const LOOK_MS = 10
/** Whoever comes when so many wait already is not kept waiting. */
const MAX_WAITERS = 10_000

/**
 * Requests whose answers wait until all brokers know what was decided: "ready means ready" in a cluster. Nobody waits longer
 * than a request may take, nor beyond the leadership: what was decided is committed, so that the answer is good in any case.
 */
export class CatchUp {
  readonly #options: CatchUpOptions
  readonly #waiters = new Set<Waiter>()
  #look: Timer | null = null

  constructor(options: CatchUpOptions) {
    this.#options = options
  }

  /** Resolves when no broker is behind `offset`, or `maxMs` have passed, or the leadership is over. */
  async reached(offset: number, maxMs: number): Promise<void> {
    const { behind, timers } = this.#options
    if (maxMs <= 0 || this.#waiters.size >= MAX_WAITERS || behind(offset).length === 0) return
    const waiter = { offset, done: deferred<void>() }
    this.#waiters.add(waiter)
    const limit = timers.schedule(maxMs, () => this.#release(waiter))
    this.#lookLater()
    await waiter.done.promise
    limit.cancel()
  }

  /** A broker is further, or is not waited for any longer. */
  check(): void {
    for (const waiter of this.#waiters) if (this.#options.behind(waiter.offset).length === 0) this.#release(waiter)
  }

  /** The leadership is over. */
  end(): void {
    for (const waiter of this.#waiters) this.#release(waiter)
  }

  #release(waiter: Waiter): void {
    this.#waiters.delete(waiter)
    waiter.done.resolve()
    if (this.#waiters.size > 0) return
    this.#look?.cancel()
    this.#look = null
  }

  #lookLater(): void {
    if (this.#look !== null) return
    this.#look = this.#options.timers.schedule(LOOK_MS, () => {
      this.#look = null
      this.check()
      if ([...this.#waiters].some(({ offset }) => this.#options.behind(offset).some(({ tellsAtOnce }) => !tellsAtOnce))) this.#lookLater()
    })
  }
}
