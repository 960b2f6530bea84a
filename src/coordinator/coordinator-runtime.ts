import type { Compression } from '../../protocol/compression/codecs.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { type Deferred, deferred } from '../base/deferred.ts'
import { OdradekError } from '../base/errors.ts'
import type { Clock, Timers } from '../base/ports.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { CoordinatorLog, OpenCoordinatorLog } from './coordinator-log.ts'
import type { Decision } from './decision.ts'
import { Shard } from './shard.ts'
import type { Outcome, RecordCodec, ShardContext, ShardMachine } from './shard-machine.ts'

/** Callers that may wait for partitions to be served. */
const MAX_SERVING_WAITERS = 10_000

/** Read at each use: they may change while the node runs. */
export interface CoordinatorSettings {
  /** How long a request waits for its records to be committed, in milliseconds. */
  readonly writeTimeoutMs: number
  /** Milliseconds for which records are gathered into a batch; -1 gathers those of requests that arrived together. */
  readonly appendLingerMs: number
  /** The size of reads while loading, in bytes; a soft limit. */
  readonly loadBufferBytes: number
  readonly compression: Compression
}

export interface CoordinatorRuntimeOptions<Machine extends ShardMachine<Rec>, Rec> {
  /** The internal topic whose partitions are the shards. */
  readonly topic: string
  readonly openLog: OpenCoordinatorLog
  readonly codec: RecordCodec<Rec>
  readonly makeMachine: (context: ShardContext<Rec>) => Machine
  readonly settings: CoordinatorSettings
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** What a partition's shard would answer may have changed. Asks nothing of the runtime in the call. */
  readonly onChanged?: (partition: number) => void
}

/**
 * The shards of one coordinator on this node: those partitions of its internal topic that the node leads. What is asked of a
 * partition that has no shard here is answered NOT_COORDINATOR, and COORDINATOR_LOAD_IN_PROGRESS while its shard loads.
 *
 * Source: org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime.
 */
export class CoordinatorRuntime<Machine extends ShardMachine<Rec>, Rec> {
  readonly #options: CoordinatorRuntimeOptions<Machine, Rec>
  readonly #shards = new Map<number, Shard<Machine, Rec>>()
  readonly #servingWaiters = new Map<number, Set<Deferred<void>>>()
  #waiterCount = 0
  #closed = false

  constructor(options: CoordinatorRuntimeOptions<Machine, Rec>) {
    this.#options = options
  }

  /** The partitions that have a shard here, in whatever state. */
  partitions(): number[] {
    return [...this.#shards.keys()]
  }

  /** This node leads `partition` in `leaderEpoch`. Ignored when a shard has that epoch or a later one. */
  load(partition: number, leaderEpoch: number): void {
    const known = this.#shards.get(partition)
    if (this.#closed || (known !== undefined && known.leaderEpoch >= leaderEpoch)) return
    const log = this.#options.openLog(this.#options.topic, partition, leaderEpoch)
    if (log === null) return
    if (known !== undefined && (known.state === 'active' || known.state === 'loading')) {
      known.continueWith(log)
      return
    }
    known?.close()
    void this.#start(partition, log)
  }

  /** This node leads `partition` no longer, from `leaderEpoch` on; null: whatever the epoch. */
  unload(partition: number, leaderEpoch: number | null): void {
    const shard = this.#shards.get(partition)
    if (shard === undefined || (leaderEpoch !== null && shard.leaderEpoch >= leaderEpoch)) return
    this.#shards.delete(partition)
    shard.close()
    this.#options.logger.info('coordinator state unloaded', { topic: this.#options.topic, partition, epoch: leaderEpoch })
  }

  async write<T>(partition: number, decide: (machine: Machine) => Decision<T, Rec>): Promise<Outcome<T>> {
    return this.#shards.get(partition)?.write(decide) ?? { ok: false, errorCode: ErrorCode.NOT_COORDINATOR }
  }

  read<T>(partition: number, query: (machine: Machine, committedOffset: number) => T): Outcome<T> {
    return this.#shards.get(partition)?.read(query) ?? { ok: false, errorCode: ErrorCode.NOT_COORDINATOR }
  }

  /** Resolves when the shard of `partition` serves, at once if it does. Rejects with the signal's reason when it is aborted first. */
  whenServing(partition: number, signal?: AbortSignal): Promise<void> {
    if (this.#shards.get(partition)?.state === 'active') return Promise.resolve()
    if (this.#closed) return Promise.reject(new OdradekError('COORDINATOR_CLOSED', `the coordinator of ${this.#options.topic} is stopped`))
    if (this.#waiterCount >= MAX_SERVING_WAITERS) {
      return Promise.reject(new OdradekError('QUEUE_FULL', `${MAX_SERVING_WAITERS} requests wait for partitions of ${this.#options.topic} already`))
    }
    return this.#waitUntilServing(partition, signal)
  }

  /** Ends every shard; what waits is answered NOT_COORDINATOR. */
  close(): void {
    this.#closed = true
    for (const shard of this.#shards.values()) shard.close()
    this.#shards.clear()
    const error = new OdradekError('COORDINATOR_CLOSED', `the coordinator of ${this.#options.topic} is stopped`)
    for (const waiters of this.#servingWaiters.values()) for (const waiter of waiters) waiter.reject(error)
    this.#servingWaiters.clear()
  }

  async #start(partition: number, log: CoordinatorLog): Promise<void> {
    const { codec, makeMachine, settings, clock, timers, logger, topic } = this.#options
    const shard: Shard<Machine, Rec> = new Shard({
      partition,
      log,
      codec,
      makeMachine,
      settings,
      clock,
      timers,
      logger: logger.child('coordinator', { topic, partition }),
      onLogInDoubt: () => {
        const again = this.#options.openLog(topic, partition, shard.leaderEpoch)
        if (again !== null && this.#shards.get(partition) === shard) void this.#start(partition, again)
      },
      onChanged: () => this.#options.onChanged?.(partition),
    })
    this.#shards.set(partition, shard)
    await shard.load()
    if (shard.state === 'active') this.#announceServing(partition)
  }

  #announceServing(partition: number): void {
    const waiters = this.#servingWaiters.get(partition)
    this.#servingWaiters.delete(partition)
    for (const waiter of waiters ?? []) waiter.resolve()
  }

  async #waitUntilServing(partition: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const waiter = deferred<void>()
    const waiters = this.#servingWaiters.get(partition) ?? new Set()
    this.#servingWaiters.set(partition, waiters.add(waiter))
    this.#waiterCount += 1
    const abort = () => waiter.reject(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      await waiter.promise
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#waiterCount -= 1
      if (waiters.delete(waiter) && waiters.size === 0 && this.#servingWaiters.get(partition) === waiters) this.#servingWaiters.delete(partition)
    }
  }
}
