import type { Timer } from '../base/ports.ts'
import type { Partition } from './partition.ts'
import type { PartitionWaiter } from './partition-audience.ts'

export interface DelayedPartitionsOptions {
  /** For each partition, whether what the request waits for has come true, or never will. Asked again until it says yes. */
  readonly pending: ReadonlyMap<Partition, () => boolean>
  readonly timeoutMs: number
  readonly schedule: (delayMs: number, callback: () => void) => Timer
  readonly closed: AbortSignal
  /** Called once: all have settled, the time is up, or nobody waits for the answer any more. */
  readonly onEnd: (outcome: 'settled' | 'timed-out' | 'closed') => void
}

/** A request that waits until something has come true in each of some partitions (all replicas have the records; all have deleted them). */
export class DelayedPartitions implements PartitionWaiter<Partition> {
  readonly #options: DelayedPartitionsOptions
  readonly #pending: Map<Partition, () => boolean>
  #timer: Timer | null = null
  #hasEnded = false

  constructor(options: DelayedPartitionsOptions) {
    this.#options = options
    this.#pending = new Map(options.pending)
    for (const partition of this.#pending.keys()) partition.audience.addWaiter(this)
    this.#timer = options.schedule(Math.max(0, options.timeoutMs), () => this.#end('timed-out'))
    options.closed.addEventListener('abort', this.#onClosed)
    if (options.closed.aborted) this.#end('closed')
  }

  partitionChanged(partition: Partition): void {
    const hasSettled = this.#pending.get(partition)
    if (hasSettled === undefined || !hasSettled()) return
    this.#pending.delete(partition)
    partition.audience.removeWaiter(this)
    if (this.#pending.size === 0) this.#end('settled')
  }

  readonly #onClosed = (): void => this.#end('closed')

  #end(outcome: 'settled' | 'timed-out' | 'closed'): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#timer?.cancel()
    this.#options.closed.removeEventListener('abort', this.#onClosed)
    for (const partition of this.#pending.keys()) partition.audience.removeWaiter(this)
    this.#options.onEnd(outcome)
  }
}
