import type { Timer, Timers } from '../../base/ports.ts'
import type { Gate } from './gate.ts'

/** Timers of a node that may stand still: time passes all the same, and what came due happens when it goes on. */
export class StoppableTimers implements Timers {
  readonly #timers: Timers
  readonly #gate: Gate

  constructor(timers: Timers, gate: Gate) {
    this.#timers = timers
    this.#gate = gate
  }

  schedule(delayMs: number, callback: () => void): Timer {
    let isCancelled = false
    const due = () => {
      if (!isCancelled) callback()
    }
    const timer = this.#timers.schedule(delayMs, () => this.#gate.run(due))
    return {
      cancel() {
        isCancelled = true
        timer.cancel()
      },
    }
  }

  defer(callback: () => void): void {
    this.#timers.defer(() => this.#gate.run(callback))
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return this.#gate.pass(this.#timers.sleep(delayMs, signal))
  }
}
