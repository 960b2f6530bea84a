import type { Timer, Timers } from '../../base/ports.ts'

/** Work that repeats while a node runs: the next run begins an interval after the last one ended. */
export class PeriodicTasks {
  readonly #timers: Timers
  readonly #scheduled = new Map<string, Timer>()
  readonly #running = new Set<Promise<void>>()
  #isStopped = false

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** @param intervalMs asked before each wait, since settings change */
  add(name: string, intervalMs: () => number, work: () => Promise<void>): void {
    if (this.#isStopped) return
    const timer = this.#timers.schedule(intervalMs(), () => {
      this.#scheduled.delete(name)
      const run = work().finally(() => {
        this.#running.delete(run)
        this.add(name, intervalMs, work)
      })
      this.#running.add(run)
    })
    this.#scheduled.set(name, timer)
  }

  /** No run begins any more; resolves when the last has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    for (const timer of this.#scheduled.values()) timer.cancel()
    this.#scheduled.clear()
    await Promise.all(this.#running)
  }
}
