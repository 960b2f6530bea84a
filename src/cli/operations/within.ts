import { deferred } from '../../base/deferred.ts'
import type { Timers } from '../../base/ports.ts'

/** Resolves when one of `events` settles or the time is over; no timer is left behind. Rejects as the first that settles does. */
export async function within(timers: Timers, timeoutMs: number, events: readonly Promise<unknown>[]): Promise<void> {
  const over = deferred<void>()
  const timer = timers.schedule(Math.max(0, timeoutMs), () => over.resolve())
  try {
    await Promise.race([over.promise, ...events])
  } finally {
    timer.cancel()
  }
}
