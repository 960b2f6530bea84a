import { batches } from '../../protocol/records/batch.ts'
import { OdradekError } from '../base/errors.ts'
import type { Timers } from '../base/ports.ts'
import { decodeLogBatch, type LogBatch } from './log-batches.ts'
import type { PendingAppends } from './pending-appends.ts'
import type { RaftLog } from './raft-log.ts'
import type { RecordSerde } from './record-serde.ts'

export interface DeliveryOptions<T> {
  readonly log: Pick<RaftLog, 'directory' | 'read' | 'readAsync'>
  readonly timers: Pick<Timers, 'defer'>
  readonly serde: RecordSerde<T>
  /** What this node appended: handed over as it is. */
  readonly pending: PendingAppends<T>
  /** Gets each committed batch once, in order. */
  readonly deliver: (batch: LogBatch<T>) => void
  /** All that is committed was handed over. */
  readonly onCaughtUp: () => void
  /** The log cannot be read: nothing is delivered any longer. */
  readonly onFailure: (error: unknown) => void
}

const READ_SLICE_BYTES = 1024 * 1024

/** Hands committed batches to the state machine: those of this leader from memory, earlier ones from the log, in slices. */
export class Delivery<T> {
  readonly #options: DeliveryOptions<T>
  /** All below was handed over. */
  #offset = 0
  #highWatermark = 0
  #isRunning = false
  #run: Promise<void> = Promise.resolve()
  #failed = false

  constructor(options: DeliveryOptions<T>) {
    this.#options = options
  }

  /** All below was handed over, as batches or in a snapshot. */
  get offset(): number {
    return this.#offset
  }

  /** The state machine has a snapshot of all below `offset`: at the start, or in place of what the log lost below. */
  startAt(offset: number): void {
    this.#offset = offset
  }

  /** All below `highWatermark` is committed. */
  deliverTo(highWatermark: number): void {
    this.#highWatermark = highWatermark
    if (!this.#isRunning) this.#run = this.#deliverAll()
  }

  /** Resolves when nothing is being handed over. */
  async idle(): Promise<void> {
    await this.#run
  }

  async #deliverAll(): Promise<void> {
    const { pending, onFailure } = this.#options
    this.#isRunning = true
    try {
      while (this.#offset < this.#highWatermark && !this.#failed) {
        if (pending.startOffset === this.#offset) this.#deliverPending()
        else await this.#deliverFromLog(Math.min(pending.startOffset ?? this.#highWatermark, this.#highWatermark))
      }
      if (!this.#failed) this.#options.onCaughtUp()
    } catch (error) {
      this.#failed = true
      onFailure(error)
    } finally {
      // In the turn that found nothing left, so that what is committed in the next one is delivered.
      this.#isRunning = false
    }
  }

  #deliverPending(): void {
    for (const { batch, resolve } of this.#options.pending.takeBelow(this.#highWatermark)) {
      this.#deliver(batch)
      resolve()
    }
  }

  /** What this node did not write as leader, a slice at a time. */
  async #deliverFromLog(endOffset: number): Promise<void> {
    const { log, serde, timers } = this.#options
    const options = { maxBytes: READ_SLICE_BYTES, minOneBatch: true, upTo: 'log-end' } as const
    const before = this.#offset
    const read = log.read(before, options) ?? (await log.readAsync(before, options))
    if (this.#offset !== before) return
    if (read.kind !== 'read') throw new OdradekError('METADATA_LOG', `the metadata log in ${log.directory} has no offset ${before}`)
    for (const batch of batches(read.records)) {
      if (batch.lastOffset >= endOffset) break
      if (batch.lastOffset >= this.#offset) this.#deliver(decodeLogBatch(batch, serde))
    }
    if (this.#offset === before) throw new OdradekError('METADATA_LOG', `the metadata log in ${log.directory} holds no batch at offset ${before}`)
    if (this.#offset < endOffset) await new Promise<void>((resume) => timers.defer(resume))
  }

  #deliver(batch: LogBatch<T>): void {
    this.#options.deliver(batch)
    this.#offset = batch.lastOffset + 1
  }
}
