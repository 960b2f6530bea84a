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

/** What `work` comes to. Where that takes longer than `timeoutMs`, what `late` makes is thrown, and nobody hears of `work` any more. */
export async function inTime<T>(timers: Timers, timeoutMs: number, work: Promise<T>, late: () => Error): Promise<T> {
  const over = deferred<never>()
  const timer = timers.schedule(Math.max(0, timeoutMs), () => over.reject(late()))
  try {
    return await Promise.race([over.promise, work])
  } finally {
    timer.cancel()
  }
}

/** What `work` comes to. When `signal` is raised before, its reason is thrown, and nobody hears of `work` any more. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = deferred<never>()
  const giveUp = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  try {
    return await Promise.race([aborted.promise, work])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
