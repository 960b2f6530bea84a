import { IndexedHeap } from '../../../src/base/indexed-heap.ts'

/** Something that will happen at a time of the world. */
export interface WorldEvent {
  timeMs: number
  /** Events of the same time happen in the order in which they were scheduled. */
  readonly sequence: number
  /** For whom it happens: null for the world itself (wires, kernels). */
  readonly owner: EventOwner | null
  /** Enters the trace. */
  readonly label: string
  readonly run: () => void
  heapIndex: number
}

/** A running process: it can be dead, and it can be busy. */
export interface EventOwner {
  readonly name: string
  readonly isAlive: boolean
  /** World time until which it handles nothing, since a synchronous call takes that long. */
  readonly busyUntilMs: number
}

const isBefore = (a: WorldEvent, b: WorldEvent) => a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.sequence < b.sequence)

/**
 * Times are whole multiples of this power of two, so that sums and differences of them are exact: otherwise a timer
 * would now and then seem to run a hair early.
 */
const TICKS_PER_MS = 1024

/** The time, or the first one after it, that the world knows. */
export function toTick(timeMs: number): number {
  return Math.ceil(timeMs * TICKS_PER_MS) / TICKS_PER_MS
}

/** What is going to happen, in order of time. */
export class EventQueue {
  readonly #events = new IndexedHeap<WorldEvent>(isBefore)
  #nextSequence = 0

  get size(): number {
    return this.#events.size
  }

  add(timeMs: number, owner: EventOwner | null, label: string, run: () => void): WorldEvent {
    const event: WorldEvent = { timeMs: toTick(timeMs), sequence: this.#nextSequence++, owner, label, run, heapIndex: -1 }
    this.#events.push(event)
    return event
  }

  cancel(event: WorldEvent): void {
    this.#events.remove(event)
  }

  /** The time of the next event that will in fact happen; undefined when there is none. */
  nextTimeMs(): number | undefined {
    this.#settleTop()
    return this.#events.peek()?.timeMs
  }

  /** The next event that in fact happens, taken out. */
  take(): WorldEvent | undefined {
    this.#settleTop()
    return this.#events.pop()
  }

  /** Drops what was meant for the dead, and moves what finds its owner busy to the end of that. */
  #settleTop(): void {
    for (let top = this.#events.peek(); top !== undefined; top = this.#events.peek()) {
      const { owner } = top
      if (owner === null) return
      if (owner.isAlive && owner.busyUntilMs <= top.timeMs) return
      this.#events.remove(top)
      if (!owner.isAlive) continue
      top.timeMs = owner.busyUntilMs
      this.#events.push(top)
    }
  }
}
