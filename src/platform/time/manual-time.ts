import { IndexedHeap } from '../../base/indexed-heap.ts'
import type { Clock, Timer, Timers, TimestampMs } from '../../base/ports.ts'
import { sleepBy } from '../../base/sleep.ts'

interface PendingCall {
  readonly deadlineMs: number
  /** Calls with the same deadline run in the order in which they were scheduled. */
  readonly sequence: number
  readonly callback: () => void
  heapIndex: number
}

const isBefore = (a: PendingCall, b: PendingCall) => a.deadlineMs < b.deadlineMs || (a.deadlineMs === b.deadlineMs && a.sequence < b.sequence)

/**
 * A clock that stands still, and its timers: time passes when `pass` says so, all of it at once, as for a machine that was
 * asleep. What came due runs once, in the order of the deadlines, and finds the new time; what it schedules counts from there.
 *
 * What is due without any time passing (a delay of 0, `defer`) runs by itself, soon.
 */
export class ManualTime implements Clock, Timers {
  readonly #calls = new IndexedHeap<PendingCall>(isBefore)
  readonly #startMs: TimestampMs
  #passedMs = 0
  #nextSequence = 0
  #isRunSoon = false
  #deferred = 0

  /** @param startMs wall time while nothing has passed */
  constructor(startMs: TimestampMs) {
    this.#startMs = startMs
  }

  /** Whether something is about to run without time passing. */
  get isBusy(): boolean {
    return this.#isRunSoon || this.#deferred > 0
  }

  nowMs(): TimestampMs {
    return Math.floor(this.#startMs + this.#passedMs)
  }

  monotonicMs(): number {
    return this.#passedMs
  }

  /** What is due runs soon, not within the call. */
  pass(ms: number): void {
    this.#passedMs += ms
    this.#runSoon()
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const call: PendingCall = { deadlineMs: this.#passedMs + Math.max(0, delayMs), sequence: this.#nextSequence++, callback, heapIndex: -1 }
    this.#calls.push(call)
    if (delayMs <= 0) this.#runSoon()
    return { cancel: () => void this.#calls.remove(call) }
  }

  defer(callback: () => void): void {
    this.#deferred++
    setImmediate(() => {
      this.#deferred--
      callback()
    })
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((ms, callback) => this.schedule(ms, callback), delayMs, signal)
  }

  #runSoon(): void {
    if (this.#isRunSoon) return
    this.#isRunSoon = true
    setImmediate(() => this.#runDue())
  }

  /** What callbacks schedule waits for the next turn, so that a zero delay cannot starve the loop. */
  #runDue(): void {
    const lastSequence = this.#nextSequence
    try {
      for (let call = this.#calls.peek(); this.#isDue(call) && call.sequence < lastSequence; call = this.#calls.peek()) {
        this.#calls.remove(call)
        call.callback()
      }
    } finally {
      // Also after a callback that threw: the others must still run.
      this.#isRunSoon = false
      if (this.#isDue(this.#calls.peek())) this.#runSoon()
    }
  }

  #isDue(call: PendingCall | undefined): call is PendingCall {
    return call !== undefined && call.deadlineMs <= this.#passedMs
  }
}
