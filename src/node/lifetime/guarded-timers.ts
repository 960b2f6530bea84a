import type { Timer, Timers } from '../../base/ports.ts'

/**
 * Timers whose calls end in `onFailure` when they throw: a mistake in a part that works by the clock stops its node, and
 * not the process in which the node lives.
 */
export function guardedTimers(timers: Timers, onFailure: (error: unknown) => void): Timers {
  const guarded = (callback: () => void) => () => {
    try {
      callback()
    } catch (error) {
      onFailure(error)
    }
  }
  return {
    schedule: (delayMs, callback): Timer => timers.schedule(delayMs, guarded(callback)),
    defer: (callback) => timers.defer(guarded(callback)),
    sleep: (delayMs, signal) => timers.sleep(delayMs, signal),
  }
}
