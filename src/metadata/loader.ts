import { type Deferred, deferred } from '../base/deferred.ts'
import { OdradekError } from '../base/errors.ts'
import type { MetadataPublisher } from './delta.ts'
import { deltaBetween } from './delta-between.ts'
import { MetadataDeltaBuilder } from './delta-builder.ts'
import { EMPTY_IMAGE, type MetadataImage, type Provenance } from './image.ts'
import type { MetadataRecord } from './metadata-record.ts'
import type { MetadataService } from './metadata-service.ts'
import { TransactionBuffer } from './transaction-buffer.ts'
import { wholeDelta } from './whole-delta.ts'

/** Committed records of one batch of the log; a control batch has none. */
export interface CommittedBatch {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly epoch: number
  readonly appendedMs: number
  readonly sizeBytes: number
  readonly records: readonly MetadataRecord[]
}

interface Waiter {
  readonly isMet: (image: MetadataImage) => boolean
  readonly done: Deferred<void>
}

interface Joining {
  readonly publisher: MetadataPublisher
  readonly done: Deferred<void>
}

/** Told after each published image how much of the log it took. */
export type PublishedListener = (image: MetadataImage, bytes: number) => void

/**
 * Follows the committed metadata log on this node: turns batches into deltas and images and gives them to the publishers
 * one after another, in order. Batches that are committed while publishers work go into the next delta together; of a metadata
 * transaction that is open nothing is published.
 *
 * `image()` is the newest image that every publisher has applied. `applied(offset)` is what "ready means ready" waits on.
 * When a batch cannot be replayed or a publisher fails, the loader stops for good and says so through `onFailure`:
 * the node no longer knows the cluster's state.
 */
export class MetadataLoader implements MetadataService {
  readonly #publishers: MetadataPublisher[] = []
  readonly #joining: Joining[] = []
  readonly #transaction = new TransactionBuffer()
  readonly #waiters: Waiter[] = []
  readonly #onFailure: (error: Error) => void
  readonly #publishedListeners: PublishedListener[] = []
  #loaded: MetadataImage = EMPTY_IMAGE
  #published: MetadataImage = EMPTY_IMAGE
  #builder: MetadataDeltaBuilder | null = null
  /** What may be published ends here: the last batch, or what stands before a transaction that is open. */
  /** What is being built began with a snapshot, and not with what is loaded. */
  #isReplaced = false
  #last: Provenance = EMPTY_IMAGE.provenance
  #bytes = 0
  #running = false
  /** What the publishers are being given, or were last. */
  #publishing: Promise<void> = Promise.resolve()
  #failure: Error | null = null

  constructor(onFailure: (error: Error) => void) {
    this.#onFailure = onFailure
  }

  image(): MetadataImage {
    return this.#published
  }

  get hasOpenTransaction(): boolean {
    return this.#transaction.isOpen
  }

  /**
   * Adds a publisher behind the others. It first gets everything that is published so far in one delta from nothing.
   * Resolves when it has applied that.
   */
  addPublisher(publisher: MetadataPublisher): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    const done = deferred<void>()
    this.#joining.push({ publisher, done })
    this.#wake()
    return done.promise
  }

  /** One that was added is told nothing more. Resolves when it is through with what it was told. */
  async removePublisher(publisher: MetadataPublisher): Promise<void> {
    const index = this.#publishers.indexOf(publisher)
    if (index >= 0) this.#publishers.splice(index, 1)
    // That it failed is told where it was given its work.
    await this.#publishing.catch(() => {})
  }

  onPublished(listener: PublishedListener): void {
    this.#publishedListeners.push(listener)
  }

  /**
   * The whole state as a snapshot has it: at the start, or in place of all that was handed over before, where the log has lost
   * what comes between.
   */
  handleSnapshot(provenance: Provenance, records: Iterable<MetadataRecord>): void {
    this.#guarded(`cannot replay the metadata snapshot that ends at offset ${provenance.offset}`, () => {
      const builder = new MetadataDeltaBuilder(EMPTY_IMAGE)
      for (const record of records) builder.replay(record)
      this.#transaction.drop()
      this.#builder = builder
      this.#isReplaced = true
      this.#last = provenance
    })
  }

  handleCommit(batch: CommittedBatch): void {
    const { baseOffset, lastOffset, epoch, appendedMs } = batch
    this.#guarded(`cannot replay metadata records from offset ${baseOffset} to ${lastOffset}`, () => {
      for (const [index, record] of batch.records.entries()) {
        if (record.type === 'BeginTransactionRecord' && index > 0) this.#goOnTo({ offset: baseOffset + index - 1, epoch, appendedMs })
        for (const ready of this.#transaction.next(record)) this.#building().replay(ready)
      }
      if (!this.#transaction.isOpen) this.#goOnTo({ offset: lastOffset, epoch, appendedMs })
      this.#bytes += batch.sizeBytes
    })
  }

  /** Resolves when all that was handed over by now is applied, but for a transaction that is open; rejects when the loader failed. */
  caughtUp(): Promise<void> {
    return this.applied(this.#last.offset)
  }

  /** Resolves when all publishers have applied the record at `offset`; rejects when the loader failed. */
  applied(offset: number): Promise<void> {
    return this.until(({ provenance }) => provenance.offset >= offset)
  }

  /**
   * Resolves when all publishers have applied an image of which `isMet` holds; rejects when the loader failed.
   * @param signal ends the wait, with its reason
   */
  until(isMet: (image: MetadataImage) => boolean, signal?: AbortSignal): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    if (isMet(this.#published)) return Promise.resolve()
    const waiter = { isMet, done: deferred<void>() }
    this.#waiters.push(waiter)
    if (signal === undefined) return waiter.done.promise
    const onAbort = () => this.#abandon(waiter, signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    return waiter.done.promise.finally(() => signal.removeEventListener('abort', onAbort))
  }

  #abandon(waiter: Waiter, reason: unknown): void {
    const index = this.#waiters.indexOf(waiter)
    if (index >= 0) this.#waiters.splice(index, 1)
    waiter.done.reject(reason)
  }

  #building(): MetadataDeltaBuilder {
    this.#builder ??= new MetadataDeltaBuilder(this.#loaded)
    return this.#builder
  }

  /** A batch without records is something to publish, too: that the log went on. */
  #goOnTo(last: Provenance): void {
    this.#building()
    this.#last = last
  }

  #guarded(message: string, replay: () => void): void {
    if (this.#failure !== null) return
    try {
      replay()
      this.#wake()
    } catch (error) {
      this.#fail(error, message)
    }
  }

  #wake(): void {
    if (this.#running) return
    this.#running = true
    // Batches committed in the same turn become one delta.
    queueMicrotask(() => void this.#run())
  }

  async #run(): Promise<void> {
    try {
      while (this.#hasWork()) {
        this.#publishing = this.#publishNext()
        await this.#publishing
      }
    } catch (error) {
      this.#fail(error, `a change of the cluster's state up to offset ${this.#loaded.provenance.offset} could not be applied`)
    } finally {
      // In the turn in which no work was found: what comes later must wake the loader again.
      this.#running = false
    }
  }

  #hasWork(): boolean {
    if (this.#failure !== null) return false
    return this.#joining.length > 0 || this.#builder !== null
  }

  async #publishNext(): Promise<void> {
    const joining = this.#joining.shift()
    if (joining !== undefined) {
      await joining.publisher.onUpdate(wholeDelta(this.#published), this.#published)
      this.#publishers.push(joining.publisher)
      joining.done.resolve()
      return
    }
    if (this.#builder === null) return
    const { delta: replayed, image } = this.#builder.finish(this.#last)
    const delta = this.#isReplaced ? deltaBetween(this.#loaded, image) : replayed
    this.#isReplaced = false
    const bytes = this.#bytes
    this.#builder = null
    this.#bytes = 0
    this.#loaded = image
    // One may be removed meanwhile.
    for (const publisher of [...this.#publishers]) if (this.#publishers.includes(publisher)) await publisher.onUpdate(delta, image)
    this.#published = image
    for (const listener of this.#publishedListeners) listener(image, bytes)
    this.#resolveWaiters(image)
  }

  #resolveWaiters(image: MetadataImage): void {
    for (const waiter of this.#waiters.splice(0)) {
      if (waiter.isMet(image)) waiter.done.resolve()
      else this.#waiters.push(waiter)
    }
  }

  #fail(cause: unknown, message: string): void {
    const failure = new OdradekError('METADATA_REPLAY', message, { cause })
    this.#failure = failure
    for (const { done } of [...this.#waiters.splice(0), ...this.#joining.splice(0)]) done.reject(failure)
    this.#onFailure(failure)
  }
}
