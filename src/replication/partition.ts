import { ErrorCode } from '../../protocol/error-codes.ts'
import type { Uuid } from '../../protocol/uuid.ts'
import { DiskError } from '../base/errors.ts'
import type { Clock } from '../base/ports.ts'
import type { PartitionImage } from '../metadata/image.ts'
import type { PartitionLog } from '../storage/log/partition-log.ts'
import type { AppendOrigin, AppendResult, ReadBound, ReadOptions, ReadResult } from '../storage/log/results.ts'
import { CommittedBytes } from './committed-bytes.ts'
import { type FollowerFetch, LeaderState } from './leader-state.ts'
import type { PartitionListener } from './partition-listener.ts'
import type { TurnEnd } from './turn-end.ts'

/** What a partition needs of the node around it. */
export interface PartitionEnvironment {
  readonly nodeId: number
  readonly clock: Clock
  readonly turnEnd: TurnEnd
  readonly lagTimeMaxMs: () => number
  /** `min.insync.replicas` in force for a topic. */
  readonly minInsyncReplicas: (topic: string) => number
  /** A log's disk failed: its directory goes offline, and this partition with it, before the call returns. */
  readonly diskFailed: (log: PartitionLog, error: DiskError) => void
  readonly highWatermarkChanged: (partition: Partition) => void
}

export interface AppendOptions {
  readonly origin: AppendOrigin
  readonly nowMs: number
  /** -1 (all) is refused while too few replicas are in sync; 0 and 1 are not. */
  readonly requiredAcks: number
  /** Of the client's request, as storage takes it; see `AppendAsLeaderOptions`. */
  readonly transactionVersion?: 0 | 1 | 2
}

/** The disk failed; the partition is offline or about to be. */
export interface ReadFailed {
  readonly kind: 'failed'
  readonly errorCode: ErrorCode
}

const READ_FAILED: ReadFailed = { kind: 'failed', errorCode: ErrorCode.KAFKA_STORAGE_ERROR }

/** A fetch, produce or delete-records that waits for something to happen here. Called at the end of the turn. */
export interface PartitionWaiter {
  /** `left` says that the partition no longer serves as before: another leader or epoch, offline, deleted, cut. */
  partitionChanged(partition: Partition, left: boolean): void
}

/**
 * One partition on this node: its log, who leads it, and what waits for it.
 *
 * As leader it appends, moves the high watermark to what all in-sync replicas have, and tells listeners and waiters at the
 * end of the turn. It is a leader from `becomeLeader` until `becomeFollower`, `goOffline` or `remove`. Where the log's disk
 * fails, calls answer KAFKA_STORAGE_ERROR and the environment takes the directory offline; nothing here throws for it.
 *
 * Left to others: which partitions exist (ReplicaManager), bytes and offsets (PartitionLog), sequences of several
 * partitions (read-partitions, append-partitions). Source: kafka.cluster.Partition.
 */
export class Partition {
  readonly topic: string
  readonly topicId: Uuid
  readonly index: number
  readonly #environment: PartitionEnvironment
  #log: PartitionLog | null = null
  #leader: LeaderState | null = null
  #leaderId = -1
  #leaderEpoch = -1
  #partitionEpoch = -1
  #isOffline = false
  readonly #committedBytes = new CommittedBytes()
  readonly #listeners = new Set<PartitionListener>()
  readonly #waiters = new Set<PartitionWaiter>()
  #toldHighWatermark = -1
  #isTellScheduled = false
  #hasLeft = false
  #events: ('lost' | 'offline' | 'deleted')[] = []

  constructor(topic: string, topicId: Uuid, index: number, environment: PartitionEnvironment) {
    this.topic = topic
    this.topicId = topicId
    this.index = index
    this.#environment = environment
  }

  get isLeader(): boolean {
    return this.#leader !== null
  }

  get isOffline(): boolean {
    return this.#isOffline
  }

  /** The newest epoch that this node knows; -1 before any. */
  get leaderEpoch(): number {
    return this.#leaderEpoch
  }

  get partitionEpoch(): number {
    return this.#partitionEpoch
  }

  /** -1 while there is no leader. */
  get leaderId(): number {
    return this.#leaderId
  }

  /** null while the log is not open (any more). */
  get log(): PartitionLog | null {
    return this.#log
  }

  /** Where this node leads, the in-sync replicas; else none. */
  get isr(): readonly number[] {
    return this.#leader?.isr ?? []
  }

  /** -1 without a log, as the other offsets. */
  get highWatermark(): number {
    return this.#log?.highWatermark ?? -1
  }

  get logStartOffset(): number {
    return this.#log?.logStartOffset ?? -1
  }

  get logEndOffset(): number {
    return this.#log?.logEndOffset ?? -1
  }

  get lastStableOffset(): number {
    return this.#log?.lastStableOffset ?? -1
  }

  /** See `CommittedBytes`. */
  get committedBytes(): number {
    return this.#committedBytes.total
  }

  /**
   * Appends one batch as the leader. Does not throw: what is wrong with the batch, the partition or its disk is a refusal.
   * `batch` belongs to the log from now on (base offset and leader epoch are written into it).
   * Listeners and waiters learn of it at the end of the turn.
   *
   * Errors: NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR, NOT_ENOUGH_REPLICAS (requiredAcks -1), and what the log refuses.
   */
  appendAsLeader(batch: Buffer, options: AppendOptions): AppendResult {
    const log = this.#log
    const leader = this.#leader
    if (this.#isOffline) return refused(ErrorCode.KAFKA_STORAGE_ERROR)
    if (log === null || leader === null) return refused(ErrorCode.NOT_LEADER_OR_FOLLOWER)
    if (options.requiredAcks === -1 && leader.isUnderMinIsr(this.#environment.minInsyncReplicas(this.topic))) {
      return refused(ErrorCode.NOT_ENOUGH_REPLICAS, log.logStartOffset)
    }
    try {
      const result = log.appendAsLeader(batch, {
        leaderEpoch: this.#leaderEpoch,
        origin: options.origin,
        nowMs: options.nowMs,
        transactionVersion: options.transactionVersion ?? 0,
      })
      if (result.kind === 'appended' && !result.duplicate) this.#appended(log, leader, batch.length)
      return result
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#environment.diskFailed(log, error)
      return refused(ErrorCode.KAFKA_STORAGE_ERROR)
    }
  }

  /**
   * Reads as the log does; see `PartitionLog.read`. null when the bytes are not near at hand: then `readAsync`.
   * Does not throw for the disk: KAFKA_STORAGE_ERROR.
   */
  read(startOffset: number, options: ReadOptions): ReadResult | ReadFailed | null {
    const log = this.#log
    if (log === null) return READ_FAILED
    try {
      return log.read(startOffset, options)
    } catch (error) {
      return this.#readFailed(log, error)
    }
  }

  async readAsync(startOffset: number, options: ReadOptions): Promise<ReadResult | ReadFailed> {
    const log = this.#log
    if (log === null) return READ_FAILED
    try {
      return await log.readAsync(startOffset, options)
    } catch (error) {
      return this.#readFailed(log, error)
    }
  }

  /**
   * NONE, or why a request that names `currentLeaderEpoch` (-1: none) must not be answered from this log.
   * Errors: FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR. Source: KIP-320.
   */
  checkEpoch(currentLeaderEpoch: number, leaderOnly: boolean): ErrorCode {
    if (this.#isOffline) return ErrorCode.KAFKA_STORAGE_ERROR
    if (currentLeaderEpoch !== -1 && currentLeaderEpoch < this.#leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH
    if (currentLeaderEpoch !== -1 && currentLeaderEpoch > this.#leaderEpoch) return ErrorCode.UNKNOWN_LEADER_EPOCH
    if (this.#log === null || (leaderOnly && this.#leader === null)) return ErrorCode.NOT_LEADER_OR_FOLLOWER
    return ErrorCode.NONE
  }

  /** The end of what a read may see; -1 without a log. */
  readableEnd(bound: ReadBound): number {
    switch (bound) {
      case 'log-end':
        return this.logEndOffset
      case 'high-watermark':
        return this.highWatermark
      case 'last-stable':
        return this.lastStableOffset
    }
  }

  /** When this leader knows for sure what is committed: not before the high watermark passed the start of its epoch. Source: KIP-207. */
  get isHighWatermarkKnown(): boolean {
    return this.#leader !== null && this.highWatermark >= this.#leader.epochStartOffset
  }

  /** Below it, records are gone from all replicas. For the leader; -1 elsewhere. */
  get lowWatermark(): number {
    return this.#leader?.lowWatermark(this.logStartOffset) ?? -1
  }

  hasFollower(replicaId: number): boolean {
    return this.#leader?.hasFollower(replicaId) ?? false
  }

  followerFetched(fetch: FollowerFetch): void {
    if (this.#log === null || this.#leader === null) return
    this.#leader.followerFetched(fetch)
    this.#advanceHighWatermark(this.#log, this.#leader)
    this.changed()
  }

  /** NONE while enough replicas are in sync for what an acks=all write has been promised. */
  minIsrErrorAfterAppend(): ErrorCode {
    const isUnder = this.#leader?.isUnderMinIsr(this.#environment.minInsyncReplicas(this.topic)) ?? false
    return isUnder ? ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND : ErrorCode.NONE
  }

  /** Tells waiters and listeners at the end of the turn to look again. */
  changed(left = false): void {
    if (left) this.#hasLeft = true
    if (this.#isTellScheduled) return
    this.#isTellScheduled = true
    this.#environment.turnEnd.add(this.#tell)
  }

  /** @returns ends the listening */
  listen(listener: PartitionListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls `listener` with each new high watermark, in order, at the end of the turn. The returned function ends it. */
  onHighWatermark(listener: (highWatermark: number) => void): () => void {
    return this.listen({ onHighWatermark: listener })
  }

  /** Each waiter belongs to one request in flight, so the server's bound on those is the bound here. */
  addWaiter(waiter: PartitionWaiter): void {
    this.#waiters.add(waiter)
  }

  removeWaiter(waiter: PartitionWaiter): void {
    this.#waiters.delete(waiter)
  }

  get waiterCount(): number {
    return this.#waiters.size
  }

  /** This node leads from now on, or goes on to lead with another epoch or other in-sync replicas. Throws a `DiskError` from the epoch file. */
  becomeLeader(log: PartitionLog, registration: PartitionImage): void {
    const nowMs = this.#environment.clock.nowMs()
    const isNewEpoch = this.#leader === null || registration.leaderEpoch !== this.#leaderEpoch
    this.#log = log
    this.#isOffline = false
    this.#takeEpochs(registration)
    if (isNewEpoch) {
      const epochStartOffset = log.logEndOffset
      log.assignEpochStartOffset(registration.leaderEpoch, epochStartOffset)
      this.#committedBytes.forgetPending()
      this.#leader = new LeaderState(this.#environment.nodeId, registration, epochStartOffset, nowMs)
      this.#toldHighWatermark = log.highWatermark
    } else this.#leader?.update(registration, nowMs)
    if (this.#leader !== null) this.#advanceHighWatermark(log, this.#leader)
    this.changed(isNewEpoch)
  }

  /** Another node leads, or none. The log stays open. */
  becomeFollower(log: PartitionLog, registration: PartitionImage): void {
    const wasLeader = this.#leader !== null
    const isNewEpoch = registration.leaderEpoch !== this.#leaderEpoch
    this.#log = log
    this.#isOffline = false
    this.#leader = null
    this.#committedBytes.forgetPending()
    this.#takeEpochs(registration)
    if (wasLeader) this.#events.push('lost')
    this.changed(wasLeader || isNewEpoch)
  }

  /** The log's directory failed, or the log could not be opened there. */
  goOffline(): void {
    if (this.#isOffline) return
    this.#isOffline = true
    this.#leader = null
    this.#log = null
    this.#events.push('offline')
    this.changed(true)
  }

  /** The partition leaves this node. */
  remove(): void {
    this.#leader = null
    this.#log = null
    this.#events.push('deleted')
    this.changed(true)
  }

  #readFailed(log: PartitionLog, error: unknown): ReadFailed {
    if (!(error instanceof DiskError)) throw error
    this.#environment.diskFailed(log, error)
    return READ_FAILED
  }

  #takeEpochs(registration: PartitionImage): void {
    this.#leaderId = registration.leader
    this.#leaderEpoch = registration.leaderEpoch
    this.#partitionEpoch = registration.partitionEpoch
  }

  #appended(log: PartitionLog, leader: LeaderState, sizeBytes: number): void {
    this.#advanceHighWatermark(log, leader)
    this.#committedBytes.appended(log.logEndOffset, sizeBytes, log.highWatermark)
    this.changed()
  }

  #advanceHighWatermark(log: PartitionLog, leader: LeaderState): void {
    const environment = this.#environment
    const committed = leader.isAlone ? log.logEndOffset : this.#committedByReplicas(log, leader)
    if (committed === null || !log.maybeIncrementHighWatermark(committed)) return
    this.#committedBytes.committedTo(committed)
    environment.highWatermarkChanged(this)
  }

  #committedByReplicas(log: PartitionLog, leader: LeaderState): number | null {
    return leader.committedOffset({
      logEndOffset: log.logEndOffset,
      minInsyncReplicas: this.#environment.minInsyncReplicas(this.topic),
      nowMs: this.#environment.clock.nowMs(),
      lagTimeMaxMs: this.#environment.lagTimeMaxMs(),
    })
  }

  /** Runs at the end of the turn. Listeners first: a coordinator's reply needs no second look at the log. */
  readonly #tell = (): void => {
    this.#isTellScheduled = false
    const left = this.#hasLeft
    this.#hasLeft = false
    this.#tellListeners()
    if (this.#waiters.size === 0) return
    for (const waiter of [...this.#waiters]) waiter.partitionChanged(this, left)
  }

  #tellListeners(): void {
    const highWatermark = this.highWatermark
    const isHigher = highWatermark > this.#toldHighWatermark
    this.#toldHighWatermark = highWatermark
    const events = this.#events
    if (events.length > 0) this.#events = []
    if (this.#listeners.size === 0) return
    for (const listener of [...this.#listeners]) {
      if (isHigher) listener.onHighWatermark?.(highWatermark)
      for (const event of events) {
        if (event === 'lost') listener.onLeadershipLost?.()
        else if (event === 'offline') listener.onOffline?.()
        else listener.onDeleted?.()
      }
    }
  }
}

function refused(errorCode: ErrorCode, logStartOffset = -1): AppendResult {
  return { kind: 'refused', errorCode, message: null, recordErrors: [], logStartOffset }
}
