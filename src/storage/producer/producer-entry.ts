import { decrementSequence, incrementSequence, NO_PRODUCER_EPOCH, NO_SEQUENCE } from '../../../protocol/records/batch.ts'
import type { TimestampMs } from '../../base/ports.ts'

/** Batches remembered per producer, which are recognized when sent again: as many as an idempotent producer has in flight. Source: KIP-98. */
const REMEMBERED_BATCHES = 5

export interface BatchMetadata {
  readonly lastSequence: number
  readonly lastOffset: number
  /** last offset less first offset */
  readonly offsetDelta: number
  readonly timestampMs: TimestampMs
}

export function firstSequenceOf(batch: BatchMetadata): number {
  return decrementSequence(batch.lastSequence, batch.offsetDelta)
}

export function firstOffsetOf(batch: BatchMetadata): number {
  return batch.lastOffset - batch.offsetDelta
}

/** What a log knows of one producer. Source: `ProducerStateEntry` of Kafka. */
export class ProducerEntry {
  readonly producerId: number
  producerEpoch = NO_PRODUCER_EPOCH
  coordinatorEpoch = -1
  lastTimestampMs: TimestampMs = -1
  /** -1 when no transaction is open */
  currentTransactionFirstOffset = -1
  /** Of the current epoch, oldest first. */
  #batches: BatchMetadata[] = []
  /** Those before the oldest may be in the log: a snapshot told of the last one alone. */
  #lacksEarlier = false

  constructor(producerId: number) {
    this.producerId = producerId
  }

  get hasOpenTransaction(): boolean {
    return this.currentTransactionFirstOffset >= 0
  }

  get lastBatch(): BatchMetadata | null {
    return this.#batches.at(-1) ?? null
  }

  get lastSequence(): number {
    return this.lastBatch?.lastSequence ?? NO_SEQUENCE
  }

  /** The remembered batch with exactly these sequence numbers. */
  findBatch(producerEpoch: number, firstSequence: number, lastSequence: number): BatchMetadata | null {
    if (producerEpoch !== this.producerEpoch) return null
    return this.#batches.find((batch) => batch.lastSequence === lastSequence && firstSequenceOf(batch) === firstSequence) ?? null
  }

  /** Whether this batch, which is not remembered, may be one of the last five nevertheless: see `recall`. */
  mayHaveForgotten(producerEpoch: number, firstSequence: number): boolean {
    if (!this.#lacksEarlier || producerEpoch !== this.producerEpoch) return false
    return firstSequence !== incrementSequence(this.lastSequence, 1)
  }

  /** The oldest remembered batch, and how many before it there is room for. */
  get oldest(): { readonly batch: BatchMetadata | null; readonly room: number } {
    return { batch: this.#batches[0] ?? null, room: REMEMBERED_BATCHES - this.#batches.length }
  }

  /** Takes in what the log has of this epoch before the oldest remembered batch, oldest first; of more than there is room for the last. */
  recall(earlier: readonly BatchMetadata[]): void {
    this.#lacksEarlier = false
    this.#batches = [...earlier, ...this.#batches].slice(-REMEMBERED_BATCHES)
  }

  /** The one batch that a snapshot tells of. */
  restore(producerEpoch: number, batch: BatchMetadata): void {
    this.addBatch(producerEpoch, batch)
    this.#lacksEarlier = true
  }

  addBatch(producerEpoch: number, batch: BatchMetadata): void {
    this.moveToEpoch(producerEpoch)
    if (this.#batches.length === REMEMBERED_BATCHES) this.#batches.shift()
    this.#batches.push(batch)
    this.lastTimestampMs = batch.timestampMs
  }

  /** Batches of another epoch are forgotten. */
  moveToEpoch(producerEpoch: number): void {
    if (this.producerEpoch === producerEpoch) return
    this.producerEpoch = producerEpoch
    this.#batches = []
    this.#lacksEarlier = false
  }
}
