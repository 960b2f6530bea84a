/**
 * One partition of an internal topic with the state that its records make.
 *
 * Life: loading → active → closed, or failed when the log cannot be read back or is not what was written. Only an active
 * shard decides. What a decision gives is replayed at once, joins the open batch, is appended with it and answered when the
 * high watermark has passed. An append that fails takes the state back to the end of the log and fails just the requests whose
 * records (or the records they had seen) were in that batch.
 *
 * What it leaves to others: which shards there are (`CoordinatorRuntime`), and every decision (`ShardMachine`).
 * Source: org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime.CoordinatorContext.
 */
import type { Compression } from '../../protocol/compression/codecs.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { EncodeError } from '../../protocol/errors.ts'
import type { Clock, Timers } from '../base/ports.ts'
import { SnapshotRegistry } from '../base/timeline/snapshot-registry.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { CoordinatorLog } from './coordinator-log.ts'
import type { Decision } from './decision.ts'
import { loadShard } from './load-shard.ts'
import { OpenBatch, recordSizeBytes } from './open-batch.ts'
import { PendingWrites } from './pending-writes.ts'
import type { EncodedRecord, Outcome, RecordCodec, ShardContext, ShardMachine } from './shard-machine.ts'
import { ShardTimers, type TimedDecision } from './shard-timers.ts'

/**
 * Requests of one shard that may wait for their records to be committed; more are refused as by a coordinator that is not
 * available, which clients try again. Kafka has no such bound.
 */
export const MAX_PENDING_WRITES = 20_000

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

export interface ShardOptions<Machine extends ShardMachine<Rec>, Rec> {
  readonly partition: number
  readonly log: CoordinatorLog
  readonly codec: RecordCodec<Rec>
  readonly makeMachine: (context: ShardContext<Rec>) => Machine
  readonly settings: ShardSettings
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** The log did not hold what was written: whoever owns the shard loads another in its place. */
  readonly onLogInDoubt: () => void
  /** What the shard would answer may have changed: something was decided, committed, loaded or dropped. Asks nothing of the shard in the call. */
  readonly onChanged: () => void
}

export type ShardState = 'loading' | 'active' | 'failed' | 'closed'

interface Prepared<Rec> {
  readonly record: Rec
  readonly encoded: EncodedRecord
}

/** See the head of this file. `load` it once; it is of no use after `close`. */
export class Shard<Machine extends ShardMachine<Rec>, Rec> {
  readonly partition: number
  readonly #options: ShardOptions<Machine, Rec>
  readonly #machine: Machine
  readonly #snapshots = new SnapshotRegistry()
  readonly #pending: PendingWrites
  readonly #timers: ShardTimers<Rec>
  #log: CoordinatorLog
  #state: ShardState = 'loading'
  #batch: OpenBatch | null = null
  /** The log's end as far as this shard knows; a snapshot. */
  #writtenOffset = 0
  /** The newest snapshot whose records are all committed. */
  #committedOffset = 0
  #unsubscribe: () => void = () => {}

  constructor(options: ShardOptions<Machine, Rec>) {
    this.partition = options.partition
    this.#options = options
    this.#log = options.log
    this.#pending = new PendingWrites(options.clock, options.timers)
    this.#timers = new ShardTimers(options.timers, (key, decide) => this.#runTimed(key, decide))
    this.#machine = options.makeMachine({
      partition: options.partition,
      snapshots: this.#snapshots,
      timers: this.#timers,
      logger: options.logger,
    })
  }

  get state(): ShardState {
    return this.#state
  }

  get leaderEpoch(): number {
    return this.#log.leaderEpoch
  }

  /** Replays the log and becomes active, or failed. Resolves when it is known which. */
  async load(): Promise<void> {
    const { options, startedMs } = { options: this.#options, startedMs: this.#options.clock.monotonicMs() }
    try {
      const loaded = await loadShard({
        log: () => this.#log,
        machine: this.#machine,
        codec: options.codec,
        snapshots: this.#snapshots,
        timers: options.timers,
        bufferBytes: options.settings.loadBufferBytes,
        isAbandoned: () => this.#state !== 'loading',
      })
      if (this.#state !== 'loading') return
      this.#activate(loaded.endOffset)
      options.logger.info('coordinator state loaded', {
        epoch: this.leaderEpoch,
        records: loaded.recordCount,
        durationMs: Math.round(options.clock.monotonicMs() - startedMs),
      })
    } catch (error) {
      if (this.#state === 'closed') return
      this.#state = 'failed'
      options.logger.error('coordinator state cannot be loaded; its groups are not served', { epoch: this.leaderEpoch, error })
    }
  }

  /** This node still leads, in a later epoch: the state is good as it stands. */
  continueWith(log: CoordinatorLog): void {
    this.#log = log
    if (this.#state !== 'active') return
    this.#unsubscribe()
    this.#follow()
  }

  /** Fails what waits with NOT_COORDINATOR and drops the state. */
  close(): void {
    if (this.#state === 'closed') return
    const wasActive = this.#state === 'active'
    this.#state = 'closed'
    this.#release(wasActive)
  }

  /** What `query` finds at the given offset, up to which all records are committed. */
  read<T>(query: (machine: Machine, committedOffset: number) => T): Outcome<T> {
    const refused = this.#refusal()
    return refused === null ? { ok: true, value: query(this.#machine, this.#committedOffset) } : { ok: false, errorCode: refused }
  }

  /** Resolves when the records of the decision, and all that it may have seen, are committed. Rejects for a defect of ours. */
  write<T>(decide: (machine: Machine) => Decision<T, Rec>): Promise<Outcome<T>> {
    return new Promise((resolve, reject) => {
      const refused = this.#refusal() ?? (this.#pending.count >= MAX_PENDING_WRITES ? ErrorCode.COORDINATOR_NOT_AVAILABLE : null)
      if (refused !== null) {
        resolve({ ok: false, errorCode: refused })
        return
      }
      try {
        const decision = decide(this.#machine)
        this.#options.onChanged()
        this.#append(decision, (errorCode) => {
          this.#notify(decision, errorCode)
          resolve(errorCode === ErrorCode.NONE ? { ok: true, value: decision.reply } : { ok: false, errorCode })
        })
      } catch (error) {
        reject(error)
      }
    })
  }

  /** null when requests are served. */
  #refusal(): number | null {
    if (this.#state === 'active') return null
    return this.#state === 'loading' ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : ErrorCode.NOT_COORDINATOR
  }

  #activate(endOffset: number): void {
    this.#state = 'active'
    this.#writtenOffset = endOffset
    this.#committedOffset = this.#snapshots.offsets()[0] ?? endOffset
    this.#follow()
    this.#machine.onLoaded()
    this.#options.onChanged()
  }

  #follow(): void {
    this.#unsubscribe = this.#log.onHighWatermark((highWatermark) => this.#advance(highWatermark))
    this.#advance(this.#log.highWatermark)
  }

  #append(decision: Decision<unknown, Rec>, settle: (errorCode: number) => void): void {
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
    if (seenOffset <= this.#committedOffset) settle(ErrorCode.NONE)
    else this.#pending.add(seenOffset, this.#options.settings.writeTimeoutMs, settle)
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
    const batch = new OpenBatch(this.#writtenOffset, this.#options.clock.nowMs(), this.#log.maxBatchBytes)
    this.#batch = batch
    return batch
  }

  /** A replay that throws takes back the whole batch, of which nothing is in the log yet, and ends the write with UNKNOWN_SERVER_ERROR. */
  #addToBatch(batch: OpenBatch, { record, encoded }: Prepared<Rec>, settle: (errorCode: number) => void): void {
    try {
      this.#machine.replay(record, { offset: batch.nextOffset, producerId: -1 })
    } catch (error) {
      this.#options.logger.error('a decided record cannot be replayed; its batch is not written', { offset: batch.nextOffset, error })
      this.#dropBatch(batch, ErrorCode.UNKNOWN_SERVER_ERROR)
      settle(ErrorCode.UNKNOWN_SERVER_ERROR)
      throw error
    }
    batch.add(encoded)
  }

  #finishAppend(batch: OpenBatch, settle: (errorCode: number) => void): void {
    this.#pending.add(batch.nextOffset, this.#options.settings.writeTimeoutMs, settle)
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

  /** Why the last flush failed. */
  #flushError: number = ErrorCode.NONE

  /** Appends the open batch. False when that failed: the state is back where it was before the batch, and its requests are answered. */
  #flush(): boolean {
    const batch = this.#batch
    if (batch === null || batch.isEmpty) return true
    batch.linger?.cancel()
    const outcome = this.#log.append(batch.build(this.#options.settings.compression, this.leaderEpoch))
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
    this.#snapshots.createSnapshot(outcome.nextOffset)
    this.#advance(this.#log.highWatermark)
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
    this.#snapshots.revertTo(batch.baseOffset)
    this.#pending.failAbove(batch.baseOffset, errorCode)
  }

  #doubtLog(batch: OpenBatch, baseOffset: number): void {
    this.#options.logger.error('the log holds records that this coordinator did not write; its state is loaded again', {
      expectedOffset: batch.baseOffset,
      appendedOffset: baseOffset,
    })
    this.#flushError = ErrorCode.NOT_COORDINATOR
    this.#state = 'failed'
    this.#release(true)
    this.#options.onLogInDoubt()
  }

  #advance(highWatermark: number): void {
    if (this.#state !== 'active') return
    const committed = this.#newestSnapshotUpTo(Math.min(highWatermark, this.#writtenOffset))
    if (committed > this.#committedOffset) {
      this.#committedOffset = committed
      this.#snapshots.deleteSnapshotsUpTo(committed)
      this.#options.onChanged()
    }
    this.#pending.completeUpTo(this.#committedOffset)
  }

  /** The high watermark of a compacted log may lie between two batches. */
  #newestSnapshotUpTo(offset: number): number {
    if (this.#snapshots.hasSnapshot(offset)) return offset
    return this.#snapshots.offsets().findLast((snapshot) => snapshot <= offset) ?? this.#committedOffset
  }

  #notify(decision: Decision<unknown, Rec>, errorCode: number): void {
    try {
      decision.onSettled?.(errorCode)
    } catch (error) {
      this.#options.logger.error('coordinator failed after a write was settled', { errorCode, error })
    }
  }

  /** False when it is worth another try. */
  async #runTimed(key: string, decide: TimedDecision<Rec>): Promise<boolean> {
    try {
      const outcome = await this.write(decide)
      return outcome.ok || this.#state !== 'active'
    } catch (error) {
      this.#options.logger.error('coordinator timer failed', { timer: key, error })
      return false
    }
  }

  #release(wasActive: boolean): void {
    this.#unsubscribe()
    this.#timers.cancelAll()
    this.#batch?.linger?.cancel()
    this.#batch = null
    this.#pending.failAll(ErrorCode.NOT_COORDINATOR)
    if (wasActive) this.#machine.onUnloaded()
    this.#timers.cancelAll()
    this.#snapshots.clear()
    this.#options.onChanged()
  }
}
