import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { Timer } from '../../base/ports.ts'
import type { Partition } from '../partition.ts'
import type { PartitionWaiter } from '../partition-audience.ts'
import type { ExpectedFetches } from './expected-fetches.ts'
import type { FetchParams } from './partition-fetch.ts'
import type { FetchTarget } from './read-partitions.ts'

/** What one partition had to give when the wait began. */
interface Waited {
  readonly target: FetchTarget
  readonly bytesAtStart: number
  available: number
}

export interface DelayedFetchOptions {
  readonly params: FetchParams
  /** A follower's fetch waits the less, the more is expected of it. */
  readonly expectedFetches: ExpectedFetches
  /** Found, with the bytes of records that each gave at the first try. */
  readonly targets: readonly { readonly target: FetchTarget; readonly bytes: number }[]
  /** Starts the clock of the wait. */
  readonly schedule: (delayMs: number, callback: () => void) => Timer
  readonly closed: AbortSignal
  /** Called once: the fetch should read again, or nobody waits for it any more. */
  readonly onEnd: (outcome: 'read' | 'closed') => void
}

/**
 * A fetch that found too little and waits for `minBytes`, `maxWaitMs`, a partition that no longer serves it, or the end of
 * its connection. Bytes are counted from what is appended, without reading. Source: kafka.server.DelayedFetch.
 */
export class DelayedFetch implements PartitionWaiter<Partition> {
  readonly #options: DelayedFetchOptions
  readonly #waited = new Map<Partition, Waited>()
  #timer: Timer | null = null
  #availableBytes = 0
  #hasEnded = false
  #stopListening: (() => void) | null = null

  constructor(options: DelayedFetchOptions) {
    this.#options = options
    for (const { target, bytes } of options.targets) {
      const { partition } = target
      if (partition === undefined) continue
      this.#waited.set(partition, { target, bytesAtStart: bytes, available: 0 })
      partition.audience.addWaiter(this)
    }
    this.#timer = options.schedule(this.#waitMs(), () => this.#end('read'))
    options.closed.addEventListener('abort', this.#onClosed)
    if (options.closed.aborted) this.#end('closed')
    // Where the first read had to wait for the disk, more may have come meanwhile.
    for (const partition of [...this.#waited.keys()]) this.partitionChanged(partition, false)
  }

  partitionChanged(partition: Partition, left: boolean): void {
    const waited = this.#waited.get(partition)
    if (waited === undefined || this.#hasEnded) return
    const available = this.#available(partition, waited)
    this.#availableBytes += available - waited.available
    waited.available = available
    if (left || this.#availableBytes >= this.#options.params.minBytes || !this.#isServed(partition, waited)) this.#end('read')
  }

  #waitMs(): number {
    const { params, expectedFetches } = this.#options
    if (params.replicaId < 0) return params.maxWaitMs
    this.#stopListening = expectedFetches.wait(params.replicaId, () => this.#end('read'))
    return expectedFetches.waitMs(params.replicaId, params.maxWaitMs)
  }

  #isServed(partition: Partition, waited: Waited): boolean {
    return partition.checkEpoch(waited.target.fetch.currentLeaderEpoch, this.#options.params.leaderOnly) === ErrorCode.NONE
  }

  #available(partition: Partition, waited: Waited): number {
    const { params } = this.#options
    const { fetch } = waited.target
    if (partition.readableEnd(params.bound) <= fetch.fetchOffset || params.isThrottled(partition)) return 0
    // A follower takes whatever there is: its bytes are not committed, so they are not counted.
    if (params.bound === 'log-end') return params.minBytes
    return Math.min(fetch.maxBytes, waited.bytesAtStart + partition.committedBytes - waited.target.committedBytes)
  }

  readonly #onClosed = (): void => this.#end('closed')

  #end(outcome: 'read' | 'closed'): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#timer?.cancel()
    this.#stopListening?.()
    this.#options.closed.removeEventListener('abort', this.#onClosed)
    for (const partition of this.#waited.keys()) partition.audience.removeWaiter(this)
    this.#options.onEnd(outcome)
  }
}
