import type { Timer, Timers } from '../../../src/base/ports.ts'
import { sleepBy } from '../../../src/base/sleep.ts'
import type { SimulatedProcess } from './simulated-node.ts'

/** What a turn of an event loop costs at least: work that defers itself for ever lets time go on. */
const TURN_MS = 0.001

export class SimulatedTimers implements Timers {
  readonly #process: SimulatedProcess

  constructor(process: SimulatedProcess) {
    this.#process = process
  }

  schedule(delayMs: number, callback: () => void): Timer {
    return this.#process.after(Math.max(0, delayMs), 'timer', callback)
  }

  defer(callback: () => void): void {
    this.#process.after(TURN_MS, 'deferred', callback)
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((ms, callback) => this.schedule(ms, callback), delayMs, signal)
  }
}
