/**
 * How a load is put on: as many requests at a time as allowed, or as many in a second as asked for. Neither knows what a request is.
 * The first that fails ends it, when those under way have come to their end.
 */
import { setTimeout as sleep } from 'node:timers/promises'

export interface Driven {
  /** Of each request, in milliseconds; in the order of their ends. */
  readonly waitsMs: readonly number[]
  /** Until the last had ended. */
  readonly seconds: number
}

interface FullSpeed {
  readonly durationMs: number
  /** Requests that wait for an answer together. */
  readonly maxInFlight: number
}

/** Each request is sent when another has ended, at least one in each of the places. */
export async function fullSpeed(send: () => Promise<void>, { durationMs, maxInFlight }: FullSpeed): Promise<Driven> {
  const waitsMs: number[] = []
  const startMs = performance.now()
  let isFailed = false
  const work = async () => {
    do {
      const sentMs = performance.now()
      await send().catch((error: unknown) => {
        isFailed = true
        throw error
      })
      waitsMs.push(performance.now() - sentMs)
    } while (!isFailed && performance.now() < startMs + durationMs)
  }
  await allEnded(Array.from({ length: maxInFlight }, work))
  return { waitsMs, seconds: (performance.now() - startMs) / 1000 }
}

interface Paced extends FullSpeed {
  readonly ratePerSecond: number
}

const TICK_MS = 1

/**
 * Requests become due by the clock. One that finds all places taken waits for one, and that time counts: a broker that holds
 * requests up for a while would look well if they were only sent later.
 */
export async function paced(send: () => Promise<void>, { durationMs, maxInFlight, ratePerSecond }: Paced): Promise<Driven> {
  const waitsMs: number[] = []
  const dueMs: number[] = []
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  const startMs = performance.now()
  const begin = (since: number) => {
    const request: Promise<void> = send()
      .then(() => void waitsMs.push(performance.now() - since))
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        running.delete(request)
        fill()
      })
    running.add(request)
  }
  const fill = () => {
    while (running.size < maxInFlight && failures.length === 0) {
      const next = dueMs.shift()
      if (next === undefined) return
      begin(next)
    }
  }
  const count = Math.max(1, Math.round((durationMs / 1000) * ratePerSecond))
  for (let due = 0; due < count && failures.length === 0; await sleep(TICK_MS)) {
    const nowMs = performance.now()
    for (; due < count && startMs + (due / ratePerSecond) * 1000 <= nowMs; due++) dueMs.push(nowMs)
    fill()
  }
  while (running.size > 0) await Promise.all(running)
  if (failures.length > 0) throw failures[0]
  return { waitsMs, seconds: (performance.now() - startMs) / 1000 }
}

async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason
}

/** @param share from 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
