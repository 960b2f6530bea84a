import { type Deferred, deferred } from '../base/deferred.ts'
import { OdradekError } from '../base/errors.ts'
import type { MetadataDelta, MetadataPublisher } from './delta.ts'
import { MetadataDeltaBuilder } from './delta-builder.ts'
import { EMPTY_IMAGE, type MetadataImage, type Provenance } from './image.ts'
import type { MetadataRecord } from './metadata-record.ts'
import type { MetadataService } from './metadata-service.ts'
import { TransactionBuffer } from './transaction-buffer.ts'

/** Committed records, of one batch of the log or of a slice of a snapshot. */
export interface CommittedBatch {
  readonly baseOffset: number
  /** Of the last record: control records count too. */
  readonly lastOffset: number
  readonly epoch: number
  readonly appendedMs: number
  readonly records: readonly MetadataRecord[]
}

interface Waiter {
  readonly offset: number
  readonly done: Deferred<void>
}

/**
 * Follows the committed metadata log on this node: turns batches into deltas and images and gives them to the publishers
 * one after another, in order. Batches that are committed while publishers work go into the next delta together.
 *
 * `image()` is the newest image that every publisher has applied. `applied(offset)` is what "ready means ready" waits on.
 * When a batch cannot be replayed or a publisher fails, the loader stops for good and says so through `onFailure`:
 * the node no longer knows the cluster's state.
 */
export class MetadataLoader implements MetadataService {
  readonly #publishers: MetadataPublisher[] = []
  readonly #transaction = new TransactionBuffer()
  readonly #waiters: Waiter[] = []
  readonly #onFailure: (error: Error) => void
  #loaded: MetadataImage = EMPTY_IMAGE
  #published: MetadataImage = EMPTY_IMAGE
  #builder: MetadataDeltaBuilder | null = null
  #last: Provenance = EMPTY_IMAGE.provenance
  #publishing = false
  #failure: Error | null = null

  constructor(onFailure: (error: Error) => void) {
    this.#onFailure = onFailure
  }

  image(): MetadataImage {
    return this.#published
  }

  /** Before the first batch, in the order in which they shall be called. */
  addPublisher(publisher: MetadataPublisher): void {
    this.#publishers.push(publisher)
  }

  /** The whole state as a snapshot has it, before the first batch. */
  loadSnapshot(records: Iterable<MetadataRecord>, provenance: Provenance): void {
    const builder = new MetadataDeltaBuilder(EMPTY_IMAGE)
    for (const record of records) builder.replay(record)
    this.#builder = builder
    this.#last = provenance
    this.#wake()
  }

  handleCommit(batch: CommittedBatch): void {
    if (this.#failure !== null) return
    try {
      this.#replay(batch)
    } catch (error) {
      this.#fail(error, `cannot replay metadata records from offset ${batch.baseOffset} to ${batch.lastOffset}`)
      return
    }
    this.#wake()
  }

  /** Resolves when all publishers have applied the record at `offset`; rejects when the loader failed. */
  applied(offset: number): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    if (this.#published.provenance.offset >= offset) return Promise.resolve()
    const waiter = { offset, done: deferred<void>() }
    this.#waiters.push(waiter)
    return waiter.done.promise
  }

  #replay(batch: CommittedBatch): void {
    this.#builder ??= new MetadataDeltaBuilder(this.#loaded)
    for (const record of batch.records) {
      for (const ready of this.#transaction.next(record)) this.#builder.replay(ready)
    }
    this.#last = { offset: batch.lastOffset, epoch: batch.epoch, appendedMs: batch.appendedMs }
  }

  #wake(): void {
    if (this.#publishing) return
    this.#publishing = true
    // Batches committed in the same turn become one delta.
    queueMicrotask(() => void this.#publishAll())
  }

  async #publishAll(): Promise<void> {
    try {
      while (this.#builder !== null && this.#failure === null) {
        const { delta, image } = this.#builder.finish(this.#last)
        this.#builder = null
        this.#loaded = image
        await this.#publish(delta, image)
      }
    } catch (error) {
      this.#fail(error, `a change of the cluster's state up to offset ${this.#loaded.provenance.offset} could not be applied`)
    } finally {
      this.#publishing = false
    }
  }

  async #publish(delta: MetadataDelta, image: MetadataImage): Promise<void> {
    for (const publisher of this.#publishers) await publisher.onUpdate(delta, image)
    this.#published = image
    const waiting = this.#waiters.splice(0)
    for (const waiter of waiting) {
      if (waiter.offset <= image.provenance.offset) waiter.done.resolve()
      else this.#waiters.push(waiter)
    }
  }

  #fail(cause: unknown, message: string): void {
    const failure = new OdradekError('METADATA_REPLAY', message, { cause })
    this.#failure = failure
    for (const waiter of this.#waiters.splice(0)) waiter.done.reject(failure)
    this.#onFailure(failure)
  }
}
