import { IndexedHeap } from '../../base/indexed-heap.ts'
import type { Timer, Timers } from '../../base/ports.ts'
import { sleepBy } from '../../base/sleep.ts'

/** What setTimeout takes at most; it fires at once above. */
const MAX_NATIVE_DELAY_MS = 2 ** 31 - 1

interface PendingCall {
  readonly deadlineMs: number
  /** Calls with the same deadline run in the order in which they were scheduled. */
  readonly sequence: number
  readonly callback: () => void
  /** A sleep keeps the process alive, since somebody awaits it; a scheduled call does not: that is for listeners and the like. */
  readonly keepsAlive: boolean
  heapIndex: number
}

const isBefore = (a: PendingCall, b: PendingCall) => a.deadlineMs < b.deadlineMs || (a.deadlineMs === b.deadlineMs && a.sequence < b.sequence)

/**
 * One heap under one native timer, which is armed for the earliest call at the latest. Cheaper than a native timer for
 * each call when most are cancelled (long polls, request deadlines), takes any delay, and never runs a call early.
 */
export class NodeTimers implements Timers {
  readonly #calls = new IndexedHeap<PendingCall>(isBefore)
  #native: NodeJS.Timeout | undefined
  /** When `#native` fires; not after the earliest call, and before it when that one was cancelled. */
  #wakeMs = Number.POSITIVE_INFINITY
  #nextSequence = 0
  #keepingAlive = 0

  schedule(delayMs: number, callback: () => void): Timer {
    return this.#schedule(delayMs, callback, false)
  }

  defer(callback: () => void): void {
    setImmediate(callback)
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((ms, callback) => this.#schedule(ms, callback, true), delayMs, signal)
  }

  #schedule(delayMs: number, callback: () => void, keepsAlive: boolean): Timer {
    const call = this.#add(delayMs, callback, keepsAlive)
    return { cancel: () => this.#cancel(call) }
  }

  #add(delayMs: number, callback: () => void, keepsAlive: boolean): PendingCall {
    const deadlineMs = performance.now() + Math.max(0, delayMs)
    const call: PendingCall = { deadlineMs, sequence: this.#nextSequence++, callback, keepsAlive, heapIndex: -1 }
    this.#calls.push(call)
    if (keepsAlive) this.#keepingAlive++
    if (deadlineMs < this.#wakeMs) this.#arm(call.deadlineMs)
    else if (keepsAlive && this.#keepingAlive === 1) this.#native?.ref()
    return call
  }

  #cancel(call: PendingCall): void {
    if (this.#calls.remove(call)) this.#leave(call)
  }

  #leave(call: PendingCall): void {
    if (call.keepsAlive && --this.#keepingAlive === 0) this.#native?.unref()
  }

  #arm(wakeMs: number): void {
    clearTimeout(this.#native)
    this.#wakeMs = wakeMs
    const delayMs = Math.min(Math.max(1, Math.ceil(wakeMs - performance.now())), MAX_NATIVE_DELAY_MS)
    this.#native = setTimeout(() => this.#runDue(), delayMs)
    if (this.#keepingAlive === 0) this.#native.unref()
  }

  /** Runs what is due now. Calls that callbacks schedule wait for the next turn, so that a zero delay cannot starve the loop. */
  #runDue(): void {
    const nowMs = performance.now()
    const lastSequence = this.#nextSequence
    this.#wakeMs = Number.NEGATIVE_INFINITY
    try {
      for (let call = this.#calls.peek(); call !== undefined && call.deadlineMs <= nowMs && call.sequence < lastSequence; call = this.#calls.peek()) {
        this.#calls.remove(call)
        this.#leave(call)
        call.callback()
      }
    } finally {
      // Also after a callback that threw: the others must still run.
      this.#wakeMs = Number.POSITIVE_INFINITY
      this.#native = undefined
      const next = this.#calls.peek()
      if (next !== undefined) this.#arm(next.deadlineMs)
    }
  }
}
