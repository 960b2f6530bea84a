import { MAX_TIMESTAMP_POSITION, NO_PRODUCER_ID, type RecordBatch } from '../../../protocol/records/batch.ts'
import type { TimestampMs } from '../../base/ports.ts'
import { readTimestamp } from '../files/timestamps.ts'
import type { ActiveProducer } from '../log/results.ts'
import { endMarkerOf } from './end-marker.ts'
import { type BatchMetadata, ProducerEntry } from './producer-entry.ts'

/** A transaction of this log: from its first record to, once it has ended, its marker. */
interface Transaction {
  readonly producerId: number
  readonly firstOffset: number
  /** of the end marker */
  lastOffset: number
}

export interface CompletedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly isAbort: boolean
}

/**
 * What the batches of a log say of its producers: last sequence numbers, epochs, open transactions, and transactions that
 * have ended above the high watermark. Pure state, changed only by batches that are in the log; what may be appended is
 * judged in `check-producer.ts`.
 *
 * Source: `ProducerStateManager`, `ProducerAppendInfo` of Kafka; KIP-98.
 */
export class ProducerState {
  readonly #producers = new Map<number, ProducerEntry>()
  /** By first offset, in rising order: a transaction that begins is the last one. */
  readonly #open = new Map<number, Transaction>()
  /** Ended, with the marker at or above the high watermark; in the order of first offsets. */
  #unreplicated: Transaction[] = []

  get isEmpty(): boolean {
    return this.#producers.size === 0 && this.#unreplicated.length === 0
  }

  get producerCount(): number {
    return this.#producers.size
  }

  get producers(): IterableIterator<ProducerEntry> {
    return this.#producers.values()
  }

  get(producerId: number): ProducerEntry | undefined {
    return this.#producers.get(producerId)
  }

  /** The first offset of a transaction that is open, or whose end is not replicated; null when there is none. */
  get firstUnstableOffset(): number | null {
    const open = this.#firstOpen()?.firstOffset
    const unreplicated = this.#unreplicated[0]?.firstOffset
    if (open === undefined) return unreplicated ?? null
    return unreplicated === undefined ? open : Math.min(open, unreplicated)
  }

  /**
   * Takes in a batch of the log. A transaction that its marker ended is returned, and must be handed to `complete` when the
   * transaction index has it.
   */
  apply(batch: RecordBatch): CompletedTransaction | null {
    if (batch.producerId === NO_PRODUCER_ID) return null
    return batch.isControl ? this.#applyMarker(batch) : this.#applyData(batch)
  }

  /** The last stable offset that the end of `completed` makes possible: where the next other open transaction begins. */
  lastStableOffsetAfter(completed: CompletedTransaction): number {
    for (const transaction of this.#open.values()) {
      if (transaction.producerId !== completed.producerId) return transaction.firstOffset
    }
    return completed.lastOffset + 1
  }

  /** The transaction is unstable until the high watermark passes its marker. */
  complete(completed: CompletedTransaction): void {
    const transaction = this.#open.get(completed.firstOffset) ?? { ...completed }
    this.#open.delete(completed.firstOffset)
    transaction.lastOffset = completed.lastOffset
    const at = this.#unreplicated.findIndex((other) => other.firstOffset > transaction.firstOffset)
    this.#unreplicated.splice(at < 0 ? this.#unreplicated.length : at, 0, transaction)
  }

  /** Also for a log start that moved up. */
  onHighWatermark(highWatermark: number): void {
    if (this.#unreplicated.length === 0) return
    this.#unreplicated = this.#unreplicated.filter((transaction) => transaction.lastOffset >= highWatermark)
  }

  /** Forgets producers without an open transaction that were idle for `expirationMs`. */
  removeExpired(nowMs: TimestampMs, expirationMs: number): void {
    for (const entry of this.#producers.values()) {
      if (!entry.hasOpenTransaction && nowMs - entry.lastTimestampMs >= expirationMs) this.#producers.delete(entry.producerId)
    }
  }

  /** From a snapshot. */
  load(entries: readonly ProducerEntry[]): void {
    const byFirstOffset = entries.filter((entry) => entry.hasOpenTransaction)
    byFirstOffset.sort((a, b) => a.currentTransactionFirstOffset - b.currentTransactionFirstOffset)
    for (const entry of entries) this.#producers.set(entry.producerId, entry)
    for (const { producerId, currentTransactionFirstOffset: firstOffset } of byFirstOffset) {
      this.#open.set(firstOffset, { producerId, firstOffset, lastOffset: -1 })
    }
  }

  clear(): void {
    this.#producers.clear()
    this.#open.clear()
    this.#unreplicated = []
  }

  describe(): ActiveProducer[] {
    return [...this.#producers.values()].map((entry) => ({
      producerId: entry.producerId,
      producerEpoch: entry.producerEpoch,
      lastSequence: entry.lastSequence,
      lastTimestampMs: entry.lastTimestampMs,
      coordinatorEpoch: entry.coordinatorEpoch,
      currentTransactionStartOffset: entry.hasOpenTransaction ? entry.currentTransactionFirstOffset : null,
    }))
  }

  #applyData(batch: RecordBatch): null {
    const entry = this.#entryFor(batch.producerId)
    entry.addBatch(batch.producerEpoch, batchMetadataOf(batch))
    if (batch.isTransactional && !entry.hasOpenTransaction) {
      const { baseOffset, producerId } = batch
      entry.currentTransactionFirstOffset = baseOffset
      this.#open.set(baseOffset, { producerId, firstOffset: baseOffset, lastOffset: -1 })
    }
    return null
  }

  #applyMarker(batch: RecordBatch): CompletedTransaction | null {
    const marker = endMarkerOf(batch)
    if (marker === null) return null
    const { producerId, baseOffset: lastOffset } = batch
    const entry = this.#entryFor(producerId)
    const firstOffset = entry.currentTransactionFirstOffset
    entry.moveToEpoch(batch.producerEpoch)
    entry.coordinatorEpoch = marker.coordinatorEpoch
    entry.lastTimestampMs = maxTimestampOf(batch)
    entry.currentTransactionFirstOffset = -1
    return firstOffset < 0 ? null : { producerId, firstOffset, lastOffset, isAbort: marker.isAbort }
  }

  #entryFor(producerId: number): ProducerEntry {
    const known = this.#producers.get(producerId)
    if (known !== undefined) return known
    const entry = new ProducerEntry(producerId)
    this.#producers.set(producerId, entry)
    return entry
  }

  #firstOpen(): Transaction | undefined {
    for (const transaction of this.#open.values()) return transaction
    return undefined
  }
}

export function batchMetadataOf(batch: RecordBatch): BatchMetadata {
  const { baseOffset, lastOffset } = batch
  return { lastSequence: batch.lastSequence, lastOffset, offsetDelta: lastOffset - baseOffset, timestampMs: maxTimestampOf(batch) }
}

function maxTimestampOf(batch: RecordBatch): TimestampMs {
  return readTimestamp(batch.buffer, batch.position + MAX_TIMESTAMP_POSITION)
}
