import { ErrorCode } from '../../protocol/error-codes.ts'
import type { Clock, Timers } from '../base/ports.ts'
import { SnapshotRegistry } from '../base/timeline/snapshot-registry.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { CoordinatorLog } from './coordinator-log.ts'
import type { Decision } from './decision.ts'
import { loadShard } from './load-shard.ts'
import { PendingWrites } from './pending-writes.ts'
import type { Outcome, RecordCodec, ShardContext, ShardMachine } from './shard-machine.ts'
import { ShardTimers, type TimedDecision } from './shard-timers.ts'
import { type ShardSettings, ShardWriter } from './shard-writer.ts'

/**
 * Requests of one shard that may wait for their records to be committed; more are refused as by a coordinator that is not
 * available, which clients try again. Kafka has no such bound.
 */
export const MAX_PENDING_WRITES = 20_000

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

/**
 * One partition of an internal topic with the state that its records make. `load` it once; it is of no use after `close`.
 *
 * Life: loading → active → closed, or failed when the log cannot be read back or is not what was written. Only an active
 * shard decides. What a decision gives is written by `ShardWriter` and answered when the high watermark has passed it.
 *
 * What it leaves to others: which shards there are (`CoordinatorRuntime`), and every decision (`ShardMachine`).
 * Source: org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime.CoordinatorContext.
 */
export class Shard<Machine extends ShardMachine<Rec>, Rec> {
  readonly partition: number
  readonly #options: ShardOptions<Machine, Rec>
  readonly #machine: Machine
  readonly #snapshots = new SnapshotRegistry()
  readonly #pending: PendingWrites
  readonly #timers: ShardTimers<Rec>
  readonly #writer: ShardWriter<Rec>
  #log: CoordinatorLog
  #state: ShardState = 'loading'
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
    this.#writer = new ShardWriter({
      ...options,
      log: () => this.#log,
      machine: this.#machine,
      snapshots: this.#snapshots,
      pending: this.#pending,
      committedOffset: () => this.#committedOffset,
      onAppended: () => this.#advance(this.#log.highWatermark),
      onLogInDoubt: () => this.#doubtLog(),
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
        this.#writer.append(decision, (errorCode) => {
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
    this.#writer.startAt(endOffset)
    this.#committedOffset = this.#snapshots.offsets()[0] ?? endOffset
    this.#follow()
    this.#machine.onLoaded()
    this.#options.onChanged()
  }

  #follow(): void {
    this.#unsubscribe = this.#log.onHighWatermark((highWatermark) => this.#advance(highWatermark))
    this.#advance(this.#log.highWatermark)
  }

  /** The log holds what this shard did not write. */
  #doubtLog(): void {
    this.#state = 'failed'
    this.#release(true)
    this.#options.onLogInDoubt()
  }

  #advance(highWatermark: number): void {
    if (this.#state !== 'active') return
    const committed = this.#newestSnapshotUpTo(Math.min(highWatermark, this.#writer.writtenOffset))
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
    this.#writer.stop()
    this.#pending.failAll(ErrorCode.NOT_COORDINATOR)
    if (wasActive) this.#machine.onUnloaded()
    this.#timers.cancelAll()
    this.#snapshots.clear()
    this.#options.onChanged()
  }
}
