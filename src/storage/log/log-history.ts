import { NO_PRODUCER_ID, type RecordBatch } from '../../../protocol/records/batch.ts'
import { encodeLeaderEpochs, LEADER_EPOCH_CHECKPOINT } from '../checkpoint/leader-epoch-checkpoint.ts'
import type { LeaderEpochCache } from '../epoch/leader-epoch-cache.ts'
import { readLeaderEpochs } from '../epoch/read-leader-epochs.ts'
import type { BatchMetadata, ProducerEntry } from '../producer/producer-entry.ts'
import type { ProducerSnapshots } from '../producer/producer-snapshots.ts'
import { ProducerState } from '../producer/producer-state.ts'
import { rebuildProducers } from '../producer/rebuild-producers.ts'
import { recallBatches } from '../producer/recall-batches.ts'
import type { LogState } from './log-state.ts'

/**
 * What the batches of a log tell of its past: leader epochs and producers. After a clean start both are in files, which are
 * read when they are first needed.
 */
export class LogHistory {
  readonly snapshots: ProducerSnapshots
  readonly #state: LogState
  #epochs: LeaderEpochCache | null
  #producers: ProducerState | null

  /** @param epochs null: in the file. @param producers null: in a snapshot at the log end, or to be made of earlier ones and the log */
  constructor(state: LogState, snapshots: ProducerSnapshots, epochs: LeaderEpochCache | null, producers: ProducerState | null) {
    this.#state = state
    this.snapshots = snapshots
    this.#epochs = epochs
    this.#producers = producers
  }

  get epochs(): LeaderEpochCache {
    if (this.#epochs === null) {
      const { context, directory, logStartOffset, logEndOffset } = this.#state
      this.#epochs = this.#state.guard(() => readLeaderEpochs(context, directory, logStartOffset, logEndOffset))
    }
    return this.#epochs
  }

  get producers(): ProducerState {
    if (this.#producers === null) {
      const producers = new ProducerState()
      this.#state.guard(() => this.#rebuild(producers))
      this.#producers = producers
    }
    return this.#producers
  }

  /** null while nobody needed them. */
  get producersIfLoaded(): ProducerState | null {
    return this.#producers
  }

  /** What `batch` repeats of the last five batches of its producer; null when it repeats none. Throws `DiskError`. */
  findRepeated(entry: ProducerEntry, { producerEpoch, baseSequence, lastSequence }: RecordBatch): BatchMetadata | null {
    const known = entry.findBatch(producerEpoch, baseSequence, lastSequence)
    if (known !== null || !entry.mayHaveForgotten(producerEpoch, baseSequence)) return known
    const { segments, logStartOffset, context } = this.#state
    const { nearBytes } = context
    this.#state.guard(() => recallBatches({ entry, segments: segments.all, logStartOffset, nearBytes }))
    return entry.findBatch(producerEpoch, baseSequence, lastSequence)
  }

  /** Takes in a batch that is in the active segment. An abort goes into the transaction index before the transaction counts as ended. */
  note(batch: RecordBatch): void {
    const { leaderEpoch } = batch
    if (leaderEpoch >= 0) this.#noteEpoch(leaderEpoch, batch.baseOffset)
    if (batch.producerId === NO_PRODUCER_ID) return
    const { producers } = this
    const completed = producers.apply(batch)
    if (completed === null) return
    if (completed.isAbort) {
      const lastStableOffset = producers.lastStableOffsetAfter(completed)
      this.#state.segments.active.transactionIndex.append({ ...completed, lastStableOffset })
    }
    producers.complete(completed)
  }

  /** The log was cut to its log end. */
  truncate(): void {
    this.epochs.truncateFromEnd(this.#state.logEndOffset)
    if (!this.producers.isEmpty) this.#rebuild(this.producers)
  }

  clear(): void {
    this.epochs.clear()
    this.producers.clear()
  }

  /** Of the producers as of `offset`, which is the log end or where the log will go on; unless there is one. */
  takeSnapshot(offset: number): void {
    if (offset > (this.snapshots.latest ?? this.#state.logStartOffset)) this.snapshots.write(offset, this.producers.producers)
  }

  /** Resolves when snapshots and epochs are durable. */
  async flush(): Promise<void> {
    await this.snapshots.flush()
    const epochs = this.#epochs
    if (epochs === null || !epochs.isDirty) return
    epochs.isDirty = false
    epochs.savedEpoch = epochs.latestEpoch
    await this.#state.context.disk.writeFileAtomic(`${this.#state.directory}/${LEADER_EPOCH_CHECKPOINT}`, encodeLeaderEpochs(epochs.entries))
  }

  #noteEpoch(leaderEpoch: number, baseOffset: number): void {
    const { epochs } = this
    epochs.assign(leaderEpoch, baseOffset)
    if (epochs.savedEpoch !== leaderEpoch) epochs.isDirty = true
  }

  #rebuild(producers: ProducerState): void {
    const { context, segments, logStartOffset, logEndOffset, highWatermark } = this.#state
    rebuildProducers({
      state: producers,
      snapshots: this.snapshots,
      segments: segments.all,
      logStartOffset,
      endOffset: logEndOffset,
      nowMs: context.clock.nowMs(),
      producerIdExpirationMs: context.producerIdExpirationMs,
    })
    producers.onHighWatermark(highWatermark)
  }
}
