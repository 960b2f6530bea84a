/** Appends that are not committed yet are counted one by one up to this many; more share the last count. */
const MAX_PENDING_APPENDS = 1024

interface PendingAppend {
  endOffset: number
  bytes: number
}

/**
 * Counts the bytes of committed records since this node leads, so that a waiting fetch can tell how much there is to read
 * without reading. Never counts bytes before they are committed.
 */
export class CommittedBytes {
  #total = 0
  /** In the order of offsets. Empty all the time where the leader is the only in-sync replica. */
  #pending: PendingAppend[] = []

  /** Grows only. */
  get total(): number {
    return this.#total
  }

  /** @param highWatermark after the append */
  appended(endOffset: number, bytes: number, highWatermark: number): void {
    if (highWatermark >= endOffset && this.#pending.length === 0) {
      this.#total += bytes
      return
    }
    const last = this.#pending.at(-1)
    if (last !== undefined && this.#pending.length >= MAX_PENDING_APPENDS) {
      last.endOffset = endOffset
      last.bytes += bytes
    } else this.#pending.push({ endOffset, bytes })
    this.committedTo(highWatermark)
  }

  committedTo(highWatermark: number): void {
    let count = 0
    for (const pending of this.#pending) {
      if (pending.endOffset > highWatermark) break
      this.#total += pending.bytes
      count++
    }
    if (count > 0) this.#pending.splice(0, count)
  }

  /** Another leader epoch: what was pending may never be committed. */
  forgetPending(): void {
    this.#pending = []
  }
}
