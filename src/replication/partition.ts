import { ErrorCode } from '../../protocol/error-codes.ts'
import type { Uuid } from '../../protocol/uuid.ts'
import { DiskError } from '../base/errors.ts'
import type { PartitionImage } from '../metadata/image.ts'
import type { PartitionLog } from '../storage/log/partition-log.ts'
import type { Appended, AppendOrigin, AppendResult, ReadBound } from '../storage/log/results.ts'
import { Following } from './following.ts'
import { HighWatermark } from './high-watermark.ts'
import type { FollowerFetch, LeaderState } from './leader-state.ts'
import { Leadership } from './leadership.ts'
import { PartitionAudience } from './partition-audience.ts'
import type { PartitionEnvironment } from './partition-environment.ts'
import { appendRefused } from './refusal.ts'

export interface AppendOptions {
  readonly origin: AppendOrigin
  readonly nowMs: number
  /** -1 (all) is refused while too few replicas are in sync; 0 and 1 are not. */
  readonly requiredAcks: number
  /** Of the client's request, as storage takes it; see `AppendAsLeaderOptions`. */
  readonly transactionVersion?: 0 | 1 | 2
}

/**
 * One partition on this node: its log, who leads it, and who waits for it.
 *
 * As leader it appends, moves the high watermark to what all in-sync replicas have, and tells listeners and waiters at the
 * end of the turn. It is a leader from `becomeLeader` until `becomeFollower`, `goOffline` or `remove`; what a follower may do
 * to the log is in `Following`. Where the log's disk fails, calls answer KAFKA_STORAGE_ERROR and the environment takes the directory offline; nothing here throws for it.
 *
 * Left to others: which partitions exist (ReplicaManager), bytes and offsets (PartitionLog), reads (partition-reads.ts), what
 * the leader knows of followers (Leadership), how far records count as written
 * (HighWatermark), who is told of what (PartitionAudience), requests over several partitions (`fetch/`, `produce/`).
 * Source: kafka.cluster.Partition.
 */
export class Partition {
  readonly topic: string
  readonly topicId: Uuid
  readonly index: number
  readonly #environment: PartitionEnvironment
  /** Who is told of what happens here. */
  readonly audience: PartitionAudience<Partition>
  readonly #watermark: HighWatermark
  #log: PartitionLog | null = null
  #leadership: Leadership | null = null
  #following: Following | null = null
  #leaderId = -1
  #leaderEpoch = -1
  #partitionEpoch = -1
  #isOffline = false

  constructor(topic: string, topicId: Uuid, index: number, environment: PartitionEnvironment) {
    this.topic = topic
    this.topicId = topicId
    this.index = index
    this.#environment = environment
    this.audience = new PartitionAudience<Partition>(this, environment.turnEnd)
    this.#watermark = new HighWatermark({ topic, environment, onFlushed: () => this.#flushed() })
  }

  get isLeader(): boolean {
    return this.#leadership !== null
  }

  get isOffline(): boolean {
    return this.#isOffline
  }

  /** The newest epoch that this node knows; -1 before any. */
  get leaderEpoch(): number {
    return this.#leaderEpoch
  }

  get partitionEpoch(): number {
    return this.leader?.isr.partitionEpoch ?? this.#partitionEpoch
  }

  /** -1 while there is no leader. */
  get leaderId(): number {
    return this.#leaderId
  }

  /** null while the log is not open (any more). */
  get log(): PartitionLog | null {
    return this.#log
  }

  /** What this node knows of the others while it leads. */
  get leader(): LeaderState | null {
    return this.#leadership?.state ?? null
  }

  /** Where this node follows a leader, or would if there were one: for who copies from it. */
  get following(): Following | null {
    return this.#following
  }

  /** Where this node leads, the in-sync replicas; else none. */
  get isr(): readonly number[] {
    return this.leader?.isr.committed ?? []
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
    return this.#watermark.committedBytes
  }

  /** Below it, records are gone from all replicas. For the leader; -1 elsewhere. */
  get lowWatermark(): number {
    return this.leader?.lowWatermark(this.logStartOffset) ?? -1
  }

  /** Whether this leader knows what is committed: not before the high watermark passed the start of its epoch. Source: KIP-207. */
  get isHighWatermarkKnown(): boolean {
    return this.leader !== null && this.highWatermark >= this.leader.epochStartOffset
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

  /**
   * NONE, or why a request that names `currentLeaderEpoch` (-1: none) must not be answered from this log.
   * Errors: FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR. Source: KIP-320.
   */
  checkEpoch(currentLeaderEpoch: number, leaderOnly: boolean): ErrorCode {
    if (this.#isOffline) return ErrorCode.KAFKA_STORAGE_ERROR
    if (currentLeaderEpoch !== -1 && currentLeaderEpoch < this.#leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH
    if (currentLeaderEpoch !== -1 && currentLeaderEpoch > this.#leaderEpoch) return ErrorCode.UNKNOWN_LEADER_EPOCH
    if (this.#log === null || (leaderOnly && this.#leadership === null)) return ErrorCode.NOT_LEADER_OR_FOLLOWER
    return ErrorCode.NONE
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
    const leadership = this.#leadership
    if (this.#isOffline) return appendRefused(ErrorCode.KAFKA_STORAGE_ERROR)
    if (log === null || leadership === null) return appendRefused(ErrorCode.NOT_LEADER_OR_FOLLOWER)
    if (options.requiredAcks === -1 && leadership.isUnderMinIsr) return appendRefused(ErrorCode.NOT_ENOUGH_REPLICAS, log.logStartOffset)
    try {
      const result = log.appendAsLeader(batch, {
        leaderEpoch: this.#leaderEpoch,
        origin: options.origin,
        nowMs: options.nowMs,
        transactionVersion: options.transactionVersion ?? 0,
      })
      if (result.kind === 'appended') this.#appended(log, leadership.state, result, batch.length)
      return result
    } catch (error) {
      this.logFailed(log, error)
      return appendRefused(ErrorCode.KAFKA_STORAGE_ERROR)
    }
  }

  /** Whether an append that had to be flushed before it is acknowledged (`flush.messages`) is on the device up to `endOffset`. */
  isFlushedTo(endOffset: number): boolean {
    return this.#watermark.isFlushedTo(endOffset)
  }

  /** NONE while enough replicas are in sync for what an acks=all write has been promised. */
  minIsrErrorAfterAppend(): ErrorCode {
    return this.#leadership?.isMaximalUnderMinIsr ? ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND : ErrorCode.NONE
  }

  /** For code that uses `log` itself: a `DiskError` takes the log's directory offline, anything else is thrown again. */
  logFailed(log: PartitionLog, error: unknown): void {
    if (!(error instanceof DiskError)) throw error
    this.#environment.diskFailed(log, error)
  }

  /** What a replica that fetches has, it says by what it asks for; that may move the high watermark, and who is in sync. */
  followerFetched(fetch: FollowerFetch): void {
    if (this.#leadership === null) return
    const { highWatermark, lowWatermark } = this
    this.#leadership.followerFetched(fetch)
    if (this.highWatermark !== highWatermark || this.lowWatermark !== lowWatermark) this.changed()
  }

  /** Tells waiters and listeners at the end of the turn to look again. */
  changed(): void {
    this.audience.changed(false)
  }

  /** This node leads from now on, or goes on to lead with another epoch or other in-sync replicas. Throws a `DiskError` from the epoch file. */
  becomeLeader(log: PartitionLog, registration: PartitionImage): void {
    const current = this.#leadership
    if (current !== null && current.state.leaderEpoch === registration.leaderEpoch) {
      this.#takeOver(log, registration)
      current.update(registration)
      current.advance()
      this.changed()
      return
    }
    log.assignEpochStartOffset(registration.leaderEpoch, log.logEndOffset)
    this.#takeOver(log, registration)
    this.#endRole()
    this.#leadership = this.#begin(log, registration, current)
    this.#watermark.leaderChanged()
    this.audience.restartAt(log.highWatermark)
    this.#leadership.advance()
    this.audience.changed(true)
  }

  /** Another node leads, or none. The log stays open. */
  becomeFollower(log: PartitionLog, registration: PartitionImage): void {
    const hasChanged = this.isLeader || registration.leaderEpoch !== this.#leaderEpoch
    const event = this.isLeader ? 'leadership-lost' : undefined
    this.#takeOver(log, registration)
    if (this.#following === null || hasChanged) this.#follow(registration.leaderEpoch)
    if (hasChanged) this.#watermark.leaderChanged()
    this.audience.changed(hasChanged, event)
  }

  /** The log's directory failed, or the log could not be opened there. */
  goOffline(): void {
    if (this.#isOffline) return
    this.#isOffline = true
    this.#endRole()
    this.#log = null
    this.audience.changed(true, 'offline')
  }

  /** `log` goes on in another directory where this partition's log ended, with all its records. */
  logMoved(log: PartitionLog): void {
    this.#log = log
    this.#watermark.logMoved(log)
    this.changed()
  }

  /** The partition leaves this node. */
  remove(): void {
    this.#endRole()
    this.#log = null
    this.audience.changed(true, 'deleted')
  }

  #takeOver(log: PartitionLog, registration: PartitionImage): void {
    if (this.#log !== log) this.#watermark.logOpened()
    this.#log = log
    this.#isOffline = false
    this.#leaderId = registration.leader
    this.#leaderEpoch = registration.leaderEpoch
    this.#partitionEpoch = registration.partitionEpoch
  }

  #appended(log: PartitionLog, leader: LeaderState, result: Appended, sizeBytes: number): void {
    // A producer that repeats may be all that happens here: as in Kafka, it moves what time alone has set free.
    if (result.duplicate) this.#watermark.advance(log, leader)
    else this.#watermark.appended(log, leader, result, sizeBytes)
    this.changed()
  }

  #begin(log: PartitionLog, registration: PartitionImage, previous: Leadership | null): Leadership {
    const leadership = new Leadership(
      {
        ...{ topic: this.topic, topicId: this.topicId, index: this.index, environment: this.#environment, watermark: this.#watermark },
        log: () => this.#log ?? log,
        onIsrChange: () => this.#isrChanged(leadership),
      },
      registration,
      previous,
    )
    return leadership
  }

  #follow(leaderEpoch: number): void {
    this.#endRole()
    const options = {
      ...{ environment: this.#environment, watermark: this.#watermark, log: () => this.#log, onChange: () => this.changed() },
      logFailed: (failed: PartitionLog, error: unknown) => this.logFailed(failed, error),
      cutting: (offset: number, cut: () => Promise<boolean>) => this.#environment.cutting(this.topic, this.index, offset, cut),
    }
    this.#following = new Following(options, leaderEpoch)
  }

  #endRole(): void {
    this.#leadership?.end()
    this.#leadership = null
    this.#following?.end()
    this.#following = null
  }

  #isrChanged(leadership: Leadership): void {
    if (this.#leadership !== leadership) return
    leadership.advance()
    this.changed()
  }

  #flushed(): void {
    this.#leadership?.advance()
    this.changed()
  }
}
