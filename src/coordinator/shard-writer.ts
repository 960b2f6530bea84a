import type { Compression } from '../../protocol/compression/codecs.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { EncodeError } from '../../protocol/errors.ts'
import type { Clock, Timers } from '../base/ports.ts'
import type { SnapshotRegistry } from '../base/timeline/snapshot-registry.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { CoordinatorLog } from './coordinator-log.ts'
import type { Decision } from './decision.ts'
import { OpenBatch, recordSizeBytes } from './open-batch.ts'
import type { PendingWrites } from './pending-writes.ts'
import type { EncodedRecord, RecordCodec, ShardMachine } from './shard-machine.ts'

/** Read at each use: they may change while the node runs. */
export interface ShardSettings {
  /** How long a request waits for its records to be committed, in milliseconds. */
  readonly writeTimeoutMs: number
  /** Milliseconds for which records are gathered into a batch; -1 gathers those of requests that arrived together. */
  readonly appendLingerMs: number
  /** The size of reads while loading, in bytes; a soft limit. */
  readonly loadBufferBytes: number
  readonly compression: Compression
}

export interface ShardWriterOptions<Rec> {
  /** The log as this node leads it now. */
  readonly log: () => CoordinatorLog
  readonly codec: RecordCodec<Rec>
  readonly machine: Pick<ShardMachine<Rec>, 'replay'>
  readonly settings: ShardSettings
  readonly snapshots: SnapshotRegistry
  /** Who waits for the commit of what. */
  readonly pending: PendingWrites
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** The newest snapshot whose records are all committed. */
  readonly committedOffset: () => number
  /** A batch is in the log, and its end a snapshot. */
  readonly onAppended: () => void
  /** The log holds what this writer did not write: nothing is to be written any more. */
  readonly onLogInDoubt: () => void
}

interface Prepared<Rec> {
  readonly record: Rec
  readonly encoded: EncodedRecord
}

/**
 * Writes the decisions of one shard: replays their records at once, gathers them in the open batch and appends that when it
 * is full or its time has come. An append that fails takes the state back to the end of the log, and fails just the requests
 * whose records (or the records they had seen) were in that batch.
 */
export class ShardWriter<Rec> {
  readonly #options: ShardWriterOptions<Rec>
  #batch: OpenBatch | null = null
  #writtenOffset = 0
  /** Why the last flush failed. */
  #flushError: number = ErrorCode.NONE

  constructor(options: ShardWriterOptions<Rec>) {
    this.#options = options
  }

  /** The log's end as far as this writer knows; a snapshot. */
  get writtenOffset(): number {
    return this.#writtenOffset
  }

  /** The log was loaded up to `endOffset`. */
  startAt(endOffset: number): void {
    this.#writtenOffset = endOffset
  }

  /** Lets go of the open batch; those who wait for it are its owner's to answer. */
  stop(): void {
    this.#batch?.linger?.cancel()
    this.#batch = null
  }

  /** @param settle called with NONE when the records, and all that the decision may have seen, are committed; else with why not. Throws when a replay does. */
  append(decision: Decision<unknown, Rec>, settle: (errorCode: number) => void): void {
    const prepared = this.#prepare(decision.records)
    if (prepared === null) settle(ErrorCode.UNKNOWN_SERVER_ERROR)
    else if (prepared.length === 0) this.#awaitSeen(settle)
    else if (decision.atomic === false) this.#appendSpread(prepared, settle)
    else this.#appendTogether(prepared, settle)
  }

  /** null when a record cannot be written: a name from a request may be longer than its place in a record. */
  #prepare(records: readonly Rec[]): Prepared<Rec>[] | null {
    try {
      return records.map((record) => ({ record, encoded: this.#options.codec.encode(record) }))
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error
      this.#options.logger.warn('a decision cannot be written as records', { error })
      return null
    }
  }

  /** Nothing to write, but what was read may rest on records that are not committed. */
  #awaitSeen(settle: (errorCode: number) => void): void {
    const seenOffset = this.#batch?.nextOffset ?? this.#writtenOffset
    if (seenOffset <= this.#options.committedOffset()) settle(ErrorCode.NONE)
    else this.#options.pending.add(seenOffset, this.#options.settings.writeTimeoutMs, settle)
  }

  #appendTogether(prepared: readonly Prepared<Rec>[], settle: (errorCode: number) => void): void {
    const sizeBytes = prepared.reduce((sum, { encoded }) => sum + recordSizeBytes(encoded), 0)
    if (this.#batch !== null && !this.#batch.hasRoomFor(sizeBytes) && !this.#flush()) {
      settle(this.#flushError)
      return
    }
    const batch = this.#batch ?? this.#openBatch()
    for (const one of prepared) this.#addToBatch(batch, one, settle)
    this.#finishAppend(batch, settle)
  }

  #appendSpread(prepared: readonly Prepared<Rec>[], settle: (errorCode: number) => void): void {
    let batch = this.#batch ?? this.#openBatch()
    for (const one of prepared) {
      if (!batch.isEmpty && !batch.hasRoomFor(recordSizeBytes(one.encoded))) {
        if (!this.#flush()) {
          settle(this.#flushError)
          return
        }
        batch = this.#openBatch()
      }
      this.#addToBatch(batch, one, settle)
    }
    this.#finishAppend(batch, settle)
  }

  #openBatch(): OpenBatch {
    const batch = new OpenBatch(this.#writtenOffset, this.#options.clock.nowMs(), this.#options.log().maxBatchBytes)
    this.#batch = batch
    return batch
  }

  /** A replay that throws takes back the whole batch, of which nothing is in the log yet, and ends the write with UNKNOWN_SERVER_ERROR. */
  #addToBatch(batch: OpenBatch, { record, encoded }: Prepared<Rec>, settle: (errorCode: number) => void): void {
    try {
      this.#options.machine.replay(record, { offset: batch.nextOffset, producerId: -1 })
    } catch (error) {
      this.#options.logger.error('a decided record cannot be replayed; its batch is not written', { offset: batch.nextOffset, error })
      this.#dropBatch(batch, ErrorCode.UNKNOWN_SERVER_ERROR)
      settle(ErrorCode.UNKNOWN_SERVER_ERROR)
      throw error
    }
    batch.add(encoded)
  }

  #finishAppend(batch: OpenBatch, settle: (errorCode: number) => void): void {
    this.#options.pending.add(batch.nextOffset, this.#options.settings.writeTimeoutMs, settle)
    const lingerMs = this.#options.settings.appendLingerMs
    if (batch.isFull || lingerMs === 0) this.#flush()
    else if (batch.linger === null) this.#scheduleFlush(batch, lingerMs)
  }

  #scheduleFlush(batch: OpenBatch, lingerMs: number): void {
    const flush = () => {
      if (this.#batch === batch) this.#flush()
    }
    if (lingerMs > 0) {
      batch.linger = this.#options.timers.schedule(lingerMs, flush)
    } else {
      batch.linger = { cancel() {} }
      this.#options.timers.defer(flush)
    }
  }

  /** Appends the open batch. False when that failed: the state is back where it was before the batch, and its requests are answered. */
  #flush(): boolean {
    const batch = this.#batch
    if (batch === null || batch.isEmpty) return true
    batch.linger?.cancel()
    const log = this.#options.log()
    const outcome = log.append(batch.build(this.#options.settings.compression, log.leaderEpoch))
    if (!outcome.ok) {
      this.#tellOfFailure(outcome.errorCode, batch.baseOffset)
      this.#dropBatch(batch, outcome.errorCode)
      return false
    }
    this.#batch = null
    if (outcome.baseOffset !== batch.baseOffset || outcome.nextOffset !== batch.nextOffset) {
      this.#doubtLog(batch, outcome.baseOffset)
      return false
    }
    this.#writtenOffset = outcome.nextOffset
    this.#options.snapshots.createSnapshot(outcome.nextOffset)
    this.#options.onAppended()
    return true
  }

  /** A partition that was deleted, or is led elsewhere, is heard of here a moment later: nothing is wrong then. */
  #tellOfFailure(errorCode: number, baseOffset: number): void {
    const { logger } = this.#options
    const what = 'coordinator records cannot be appended'
    if (errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER) logger.debug(what, { errorCode, baseOffset })
    else logger.warn(what, { errorCode, baseOffset })
  }

  #dropBatch(batch: OpenBatch, errorCode: number): void {
    batch.linger?.cancel()
    this.#batch = null
    this.#flushError = errorCode
    this.#options.snapshots.revertTo(batch.baseOffset)
    this.#options.pending.failAbove(batch.baseOffset, errorCode)
  }

  #doubtLog(batch: OpenBatch, baseOffset: number): void {
    this.#options.logger.error('the log holds records that this coordinator did not write; its state is loaded again', {
      expectedOffset: batch.baseOffset,
      appendedOffset: baseOffset,
    })
    this.#flushError = ErrorCode.NOT_COORDINATOR
    this.#options.onLogInDoubt()
  }
}
