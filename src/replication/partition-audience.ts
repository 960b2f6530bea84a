import type { PartitionListener } from './partition-listener.ts'
import type { TurnEnd } from './turn-end.ts'

/** A fetch, produce or delete-records that waits for something to happen in a partition. Called at the end of the turn. */
export interface PartitionWaiter<Partition> {
  /** `left` says that the partition no longer serves as before: another leader or epoch, offline, deleted. */
  partitionChanged(partition: Partition, left: boolean): void
}

export type PartitionEvent = 'leadership-lost' | 'offline' | 'deleted'

/**
 * Those who want to know what happens to one partition: listeners for as long as it lives, waiters for one request each.
 * All are told at the end of the turn, listeners first, since a coordinator's reply needs no second look at the log.
 */
export class PartitionAudience<Partition extends { readonly highWatermark: number }> {
  readonly #partition: Partition
  readonly #turnEnd: TurnEnd
  readonly #listeners = new Set<PartitionListener>()
  readonly #waiters = new Set<PartitionWaiter<Partition>>()
  #toldHighWatermark = -1
  #isScheduled = false
  #hasLeft = false
  #events: PartitionEvent[] = []

  constructor(partition: Partition, turnEnd: TurnEnd) {
    this.#partition = partition
    this.#turnEnd = turnEnd
  }

  get waiterCount(): number {
    return this.#waiters.size
  }

  /** @returns ends the listening */
  listen(listener: PartitionListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls `listener` with each new high watermark, in order, at the end of the turn. The returned function ends it. */
  onHighWatermark(listener: (highWatermark: number) => void): () => void {
    return this.listen({ onHighWatermark: listener })
  }

  /** Each waiter belongs to one request in flight, so the server's bound on those is the bound here. */
  addWaiter(waiter: PartitionWaiter<Partition>): void {
    this.#waiters.add(waiter)
  }

  removeWaiter(waiter: PartitionWaiter<Partition>): void {
    this.#waiters.delete(waiter)
  }

  /** Something happened; `left` as in `PartitionWaiter`. */
  changed(left: boolean, event?: PartitionEvent): void {
    if (left) this.#hasLeft = true
    if (event !== undefined) this.#events.push(event)
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#turnEnd.add(this.#tell)
  }

  /** A new leader epoch: listeners are told of what advances from here. */
  restartAt(highWatermark: number): void {
    this.#toldHighWatermark = highWatermark
  }

  readonly #tell = (): void => {
    this.#isScheduled = false
    const left = this.#hasLeft
    this.#hasLeft = false
    this.#tellListeners()
    if (this.#waiters.size === 0) return
    for (const waiter of [...this.#waiters]) waiter.partitionChanged(this.#partition, left)
  }

  #tellListeners(): void {
    const highWatermark = this.#partition.highWatermark
    const isHigher = highWatermark > this.#toldHighWatermark
    this.#toldHighWatermark = highWatermark
    const events = this.#events
    if (events.length > 0) this.#events = []
    if (this.#listeners.size === 0) return
    for (const listener of [...this.#listeners]) {
      if (isHigher) listener.onHighWatermark?.(highWatermark)
      for (const event of events) tellEvent(listener, event)
    }
  }
}

function tellEvent(listener: PartitionListener, event: PartitionEvent): void {
  switch (event) {
    case 'leadership-lost':
      listener.onLeadershipLost?.()
      return
    case 'offline':
      listener.onOffline?.()
      return
    case 'deleted':
      listener.onDeleted?.()
      return
  }
}
