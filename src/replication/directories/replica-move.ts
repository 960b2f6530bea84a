import { batchAt } from '../../../protocol/records/batch.ts'
import { deferred } from '../../base/deferred.ts'
import { DiskError } from '../../base/errors.ts'
import type { Clock, Timers } from '../../base/ports.ts'
import type { PartitionLog } from '../../storage/log/partition-log.ts'
import type { LogManager } from '../../storage/log-manager.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Partition } from '../partition.ts'
import { readLog, readLogLater } from '../partition-reads.ts'
import type { MoveThrottle } from './move-throttle.ts'
import { truncateToCommon } from './truncate-to-common.ts'

/** What the moves of a node share. */
export interface MoveEnvironment {
  readonly ports: { readonly clock: Clock; readonly timers: Timers }
  readonly logger: Logger
  readonly logs: LogManager
  readonly throttle: MoveThrottle
  /** Resolves with whether the cluster knows that the replica is in the copy's directory. */
  readonly assign: (partition: Partition, future: PartitionLog) => Promise<boolean>
}

const CHUNK_BYTES = 1024 * 1024
/** What may be copied in the turn of the exchange, when clients append faster than chunks are copied. */
const MAX_TAIL_BYTES = 8 * 1024 * 1024
const PAUSE_MS = 50

/**
 * The move of one replica to another directory of this node: what its log has is copied into the future log until that has
 * caught up; the cluster is told; then, in one turn, the copy takes the place of the log, and no request notices.
 *
 * It ends when that is done, when it is cancelled, when the partition leaves the node or a disk fails. What is copied stays,
 * and a later move goes on from there. Source: KIP-113, KIP-858; ReplicaAlterLogDirsThread.
 */
export class ReplicaMove {
  readonly partition: Partition
  readonly future: PartitionLog
  readonly #environment: MoveEnvironment
  readonly #cancelling = new AbortController()
  #settled: Promise<void> = Promise.resolve()

  constructor(partition: Partition, future: PartitionLog, environment: MoveEnvironment) {
    this.partition = partition
    this.future = future
    this.#environment = environment
  }

  /** Ends the copying. The copy stays. */
  cancel(): void {
    this.#cancelling.abort()
  }

  /** Resolves when the move has ended, however. Throws only on a broken invariant. */
  async run(): Promise<void> {
    try {
      await this.#flushFirst()
      await this.#align()
      while (this.#isGoing && !(await this.#step())) {}
    } catch (error) {
      this.#ended(error)
    }
    await this.#settled
  }

  get #isGoing(): boolean {
    const { partition, future } = this
    const isOpen = partition.log !== null && !future.isClosed
    return isOpen && !this.#cancelling.signal.aborted && this.#environment.logs.futures.get(partition.topic, partition.index) === future
  }

  /** @returns true when the move is done */
  async #step(): Promise<boolean> {
    const log = this.partition.log as PartitionLog
    if (this.future.logEndOffset !== log.logEndOffset) {
      await this.#copy(log)
      await this.#followStart()
      return false
    }
    await this.future.flushWithPlace()
    if (!(await this.#assign())) {
      await this.#pause()
      return false
    }
    return this.#isGoing && this.#exchange()
  }

  /** A crash may leave the log beside the copy that took its place: then it has to say whose it is. */
  async #flushFirst(): Promise<void> {
    const { log } = this.partition
    try {
      await log?.flushWithPlace()
    } catch (error) {
      if (log !== null) this.partition.logFailed(log, error)
    }
  }

  /** What the copy has of an earlier life may be what the log lost since. */
  async #align(): Promise<void> {
    const { log } = this.partition
    if (log !== null && this.#isGoing) await truncateToCommon(this.future, log)
  }

  async #copy(log: PartitionLog): Promise<void> {
    const { future } = this
    if (future.logEndOffset > log.logEndOffset) return this.#align()
    // Retention or DeleteRecords may have passed the copy: then it begins anew, at the batch that holds the log's start.
    const from = Math.max(future.logEndOffset, log.logStartOffset)
    const maxBytes = Math.min(CHUNK_BYTES, future.config.segmentBytes)
    const read = await readLogLater(this.partition, from, { maxBytes, minOneBatch: true, upTo: 'log-end' })
    if (read.kind !== 'read') return this.#pause()
    const { records } = read
    const first = batchAt(records, 0)
    if (first === null && from === future.logEndOffset) return this.#pause()
    await this.#environment.throttle.take(records.length, this.#cancelling.signal)
    if (this.#isGoing && from > future.logEndOffset) await future.truncateFullyAndStartAt(first?.baseOffset ?? from)
    if (this.#isGoing && first !== null) this.#append(records)
  }

  /** What the log gives up while it is copied, the copy gives up too: a throttled move may take longer than records are kept. */
  async #followStart(): Promise<void> {
    const { log } = this.partition
    const { future } = this
    if (!this.#isGoing || log === null || log.logStartOffset <= future.logStartOffset) return
    future.updateHighWatermark(log.highWatermark)
    future.incrementLogStartOffset(Math.min(log.logStartOffset, future.highWatermark))
    await future.deleteOldSegments(this.#environment.ports.clock.nowMs())
  }

  /** Whoever cancels does not wait for the controller, which may be waiting for what cancels: the end of a topic. */
  async #assign(): Promise<boolean> {
    const { signal } = this.#cancelling
    signal.throwIfAborted()
    const cancelled = deferred<never>()
    const cancel = () => cancelled.reject(signal.reason)
    signal.addEventListener('abort', cancel, { once: true })
    try {
      return await Promise.race([this.#environment.assign(this.partition, this.future), cancelled.promise])
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  #append(records: Buffer): void {
    const { partition, future } = this
    const result = future.appendAsFollower(records, { leaderEpoch: partition.leaderEpoch, nowMs: this.#environment.ports.clock.nowMs() })
    if (result.kind === 'appended') return
    this.#environment.logger.error('a replica cannot be moved to another directory: its records are damaged', {
      topic: partition.topic,
      partition: partition.index,
      reason: result.detail,
    })
    this.cancel()
  }

  /** In one turn: nothing is appended between the last byte copied and the exchange. */
  #exchange(): boolean {
    const { partition, future } = this
    const { logs, logger } = this.#environment
    const log = partition.log as PartitionLog
    if (!this.#copyTail(log)) return false
    future.updateHighWatermark(log.highWatermark)
    future.incrementLogStartOffset(log.logStartOffset)
    // An epoch without records stands in no batch.
    if (log.latestEpoch !== null) future.assignEpochStartOffset(log.latestEpoch, future.logEndOffset)
    const promoted = logs.futures.promote(partition.topic, partition.index)
    partition.logMoved(promoted.log)
    this.#settled = promoted.settled
    logger.info('a replica moved to another directory', { topic: partition.topic, partition: partition.index, directory: promoted.log.directory })
    return true
  }

  #copyTail(log: PartitionLog): boolean {
    const { future } = this
    for (let copiedBytes = 0; copiedBytes <= MAX_TAIL_BYTES && this.#isGoing; ) {
      if (future.logEndOffset === log.logEndOffset) return true
      if (future.logEndOffset < log.logStartOffset) return false
      const maxBytes = Math.min(CHUNK_BYTES, future.config.segmentBytes)
      const read = readLog(this.partition, future.logEndOffset, { maxBytes, minOneBatch: true, upTo: 'log-end' })
      if (read?.kind !== 'read' || read.records.length === 0) return false
      this.#append(read.records)
      copiedBytes += read.records.length
    }
    return false
  }

  async #pause(): Promise<void> {
    await this.#environment.ports.timers.sleep(PAUSE_MS, this.#cancelling.signal)
  }

  /** Reads answer for their own disk: what is thrown comes from the copy's, if it was not closed meanwhile, or is what the log has failed with. */
  #ended(error: unknown): void {
    const { aborted, reason } = this.#cancelling.signal
    if (aborted && error === reason) return
    if (!(error instanceof DiskError)) throw error
    const { log } = this.partition
    if (log?.failure === error) this.#environment.logs.reportDiskError(log, error)
    else if (!this.future.isClosed) this.#environment.logs.reportDiskError(this.future, error)
  }
}
