import { type Deferred, deferred } from '../../base/deferred.ts'
import type { Clock, Timer, Timers } from '../../base/ports.ts'

/** A broker that serves and may not know yet what it should. */
export interface Laggard {
  readonly brokerId: number
  /** Of the last metadata record that it has applied, as far as it said; -1 when it did not. */
  readonly appliedOffset: number
  /** It says so by itself when it is further. */
  readonly tellsAtOnce: boolean
}

export interface CatchUpOptions {
  /** The brokers that may not know what the record at `offset` says. */
  readonly behind: (offset: number) => readonly Laggard[]
  readonly clock: Pick<Clock, 'monotonicMs'>
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
 * For so long in all a broker that gets no further holds answers up; with Kafka's defaults it is fenced well before. Below the
 * 30 s that clients and brokers wait for an answer, also where several requests of a connection wait one behind the other: what
 * is asked for a second time has been done, and fails.
 */
const MAX_HOLD_MS = 20_000

/**
 * Requests whose answers wait until all brokers know what was decided: "ready means ready" in a cluster. Nobody waits longer
 * than a request may take, nor beyond the leadership: what was decided is committed, so that the answer is good in any case.
 * Source: docs/decisions/ready-in-a-cluster.md.
 */
export class CatchUp {
  readonly #options: CatchUpOptions
  readonly #waiters = new Set<Waiter>()
  /** Where brokers that are waited for stood, and since when they were seen there. Bounded by the brokers that were registered. */
  readonly #held = new Map<number, { readonly appliedOffset: number; readonly sinceMs: number }>()
  /** Leaders moved last by the record at this offset: what is waited for is served only where that is known. */
  #movedOffset = -1
  #look: Timer | null = null

  constructor(options: CatchUpOptions) {
    this.#options = options
  }

  /** Resolves when no broker is behind `offset`, or `maxMs` have passed, or the leadership is over. */
  async reached(offset: number, maxMs: number): Promise<void> {
    const waiter = { offset, done: deferred<void>() }
    if (maxMs <= 0 || this.#waiters.size >= MAX_WAITERS || this.#holdingUp(waiter).length === 0) return
    this.#waiters.add(waiter)
    const limit = this.#options.timers.schedule(Math.min(maxMs, MAX_HOLD_MS), () => this.#release(waiter))
    this.#lookLater()
    await waiter.done.promise
    limit.cancel()
  }

  /** A broker went or came, by which leaders moved: whoever waits does so until that is known, too. */
  leadersMoved(offset: number): void {
    this.#movedOffset = Math.max(this.#movedOffset, offset)
    if (this.#waiters.size > 0) this.#lookLater()
  }

  /** A broker was heard, or is not waited for any longer. */
  check(): void {
    let isLookedFor = false
    for (const waiter of this.#waiters) {
      const laggards = this.#holdingUp(waiter)
      if (laggards.length === 0) this.#release(waiter)
      isLookedFor ||= laggards.some(({ tellsAtOnce }) => !tellsAtOnce)
    }
    if (isLookedFor) this.#lookLater()
  }

  /** The leadership is over. */
  end(): void {
    for (const waiter of this.#waiters) this.#release(waiter)
    this.#held.clear()
    this.#movedOffset = -1
  }

  /** Those that are behind, but for those that have been given up. */
  #holdingUp({ offset }: Waiter): readonly Laggard[] {
    const nowMs = this.#options.clock.monotonicMs()
    return this.#options.behind(Math.max(offset, this.#movedOffset)).filter((laggard) => nowMs - this.#heldSinceMs(laggard, nowMs) < MAX_HOLD_MS)
  }

  #heldSinceMs({ brokerId, appliedOffset }: Laggard, nowMs: number): number {
    const held = this.#held.get(brokerId)
    if (held?.appliedOffset === appliedOffset) return held.sinceMs
    this.#held.set(brokerId, { appliedOffset, sinceMs: nowMs })
    return nowMs
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
    })
  }
}
