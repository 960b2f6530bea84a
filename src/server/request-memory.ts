/** Resumed when memory is free again. */
export interface MemoryWaiter {
  onMemoryFree(): void
}

/**
 * How much all connections together hold of requests that are arriving or being served. Bytes are counted as they
 * arrive; over the bound, connections stop reading and go on in the order in which they stopped.
 *
 * One connection may always read on, or half-received requests that fill the bound could keep each other from ending.
 * The memory in use is therefore at most the bound, one largest request and one chunk for each connection.
 *
 * Source: `queued.max.request.bytes`, KIP-72.
 */
export class RequestMemory {
  readonly #limitBytes: () => number
  readonly #waiters = new Set<MemoryWaiter>()
  #usedBytes = 0
  #exempt: MemoryWaiter | null = null
  #waking = false

  /** @param limitBytes asked at each use, since the setting may change */
  constructor(limitBytes: () => number) {
    this.#limitBytes = limitBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Counts a change of what a connection holds; negative when it lets go. */
  adjust(deltaBytes: number): void {
    this.#usedBytes += deltaBytes
    if (deltaBytes < 0) this.#wake()
  }

  /** Whether `waiter` may read on; if not, it is told by `onMemoryFree` when it may. */
  mayRead(waiter: MemoryWaiter): boolean {
    if (this.#usedBytes < this.#limitBytes() || this.#exempt === waiter) return true
    if (this.#exempt === null) {
      this.#exempt = waiter
      return true
    }
    this.#waiters.add(waiter)
    return false
  }

  /** For a connection that closed, or that has no request under way any more. */
  forget(waiter: MemoryWaiter): void {
    this.#waiters.delete(waiter)
    if (this.#exempt !== waiter) return
    this.#exempt = null
    this.#wake()
  }

  /** What a woken connection lets go meanwhile is seen by the loop that runs already: no recursion, however many wait. */
  #wake(): void {
    if (this.#waking) return
    this.#waking = true
    for (const waiter of this.#waiters) {
      const full = this.#usedBytes >= this.#limitBytes()
      if (full && this.#exempt !== null) break
      if (full) this.#exempt = waiter
      this.#waiters.delete(waiter)
      waiter.onMemoryFree()
    }
    this.#waking = false
  }
}
