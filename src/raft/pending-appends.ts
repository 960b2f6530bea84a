import { type Deferred, deferred } from '../base/deferred.ts'
import type { LogBatch } from './log-batches.ts'

interface PendingAppend<T> {
  readonly batch: LogBatch<T>
  /** null for what nobody waits for. */
  readonly committed: Deferred<void> | null
}

/**
 * What this leader appended and is not committed yet, in order: kept so that the state machine gets the very records and
 * the log need not be read again. Bounded by `capacity` batches; who appends asks `isFull` before.
 */
export class PendingAppends<T> {
  readonly #capacity: number
  #pending: PendingAppend<T>[] = []

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get isFull(): boolean {
    return this.#pending.length >= this.#capacity
  }

  get count(): number {
    return this.#pending.length
  }

  /** Where the oldest begins; null when nothing is pending. */
  get startOffset(): number | null {
    return this.#pending[0]?.batch.baseOffset ?? null
  }

  /** @returns a promise that resolves when the batch is committed and handed to the state machine */
  add(batch: LogBatch<T>): Promise<void> {
    const committed = deferred<void>()
    // A caller that waits for several batches may see an earlier one fail first.
    committed.promise.catch(() => undefined)
    this.#pending.push({ batch, committed })
    return committed.promise
  }

  addUnawaited(batch: LogBatch<T>): void {
    this.#pending.push({ batch, committed: null })
  }

  /** Takes out the batches that end below `highWatermark`, in order. */
  takeBelow(highWatermark: number): readonly { readonly batch: LogBatch<T>; resolve(): void }[] {
    let count = 0
    while (count < this.#pending.length && (this.#pending[count] as PendingAppend<T>).batch.lastOffset < highWatermark) count++
    const taken = this.#pending.splice(0, count)
    return taken.map(({ batch, committed }) => ({ batch, resolve: () => committed?.resolve() }))
  }

  failAll(reason: Error): void {
    for (const { committed } of this.#pending.splice(0)) committed?.reject(reason)
  }
}
