import type { Timers } from '../../../../src/base/ports.ts'

/** For who waits until its time has come, or until somebody wakes it before. One waits at a time. */
export class WakeUp {
  readonly #timers: Timers
  #wake = () => {}

  constructor(timers: Timers) {
    this.#timers = timers
  }

  within(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#timers.schedule(delayMs, resolve)
      this.#wake = () => {
        timer.cancel()
        resolve()
      }
    })
  }

  now(): void {
    this.#wake()
  }
}
