import { decrementSequence, NO_PRODUCER_EPOCH, NO_SEQUENCE } from '../../../protocol/records/batch.ts'
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
  }
}
