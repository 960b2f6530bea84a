import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import type { Clock } from '../../base/ports.ts'
import type { AppendRefused } from '../../storage/log/results.ts'
import type { LogFields, Logger } from '../../telemetry/logger.ts'
import type { Traffic } from '../../telemetry/traffic.ts'
import type { ReplicationQuota } from '../quota/replication-quota.ts'
import type { Copies, Copy } from './copies.ts'
import type { AnswerStep } from './decide-answer.ts'

export interface CopyStepsOptions {
  readonly copies: Copies
  readonly leaderId: number
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly logger: Logger
  /** Read at each use. */
  readonly settings: { readonly replicaFetchBackoffMs: number }
  readonly quota: ReplicationQuota
  /** What is copied is counted there. */
  readonly traffic: Pick<Traffic, 'replicationBytesIn'>
}

/** What is done at once. */
export type TakenStep = Exclude<AnswerStep, { readonly kind: 'ignore' | 'reset' }>

/** A refusal by which the batches are damaged, on the way or at the leader: asked again they may be whole. */
const DAMAGED: ReadonlySet<number> = new Set([ErrorCode.CORRUPT_MESSAGE, ErrorCode.INVALID_RECORD])
/** What a broker answers that does not know yet that it leads the partition, in that epoch, or that there is the topic. */
const EARLY: ReadonlySet<number> = new Set([ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.UNKNOWN_LEADER_EPOCH, ErrorCode.UNKNOWN_TOPIC_ID])
const FIRST_EARLY_BACKOFF_MS = 10
/** After so many such answers it is said: some six seconds with the default of `replica.fetch.backoff.ms`. */
const TOLD_EARLY_COUNT = 12

/**
 * Does to one copy what was decided on a leader's answer: appends, cuts, begins anew, waits, or gives it up until the metadata
 * says more. Whatever waits for the disk is the copy's `work`; each kind of trouble is told once, until the partition is copied again.
 */
export class CopySteps {
  readonly #options: CopyStepsOptions

  constructor(options: CopyStepsOptions) {
    this.#options = options
  }

  async take(copy: Copy, step: TakenStep): Promise<void> {
    switch (step.kind) {
      case 'append':
        return this.#append(copy, step)
      case 'truncate':
        return this.#truncate(copy, step.offset)
      case 'stop':
        this.#options.logger.info('a partition is led by another epoch than this node knows of; copying goes on when the metadata has come', fieldsOf(copy))
        this.#options.copies.remove(copy)
        return
      case 'back-off':
        this.#failed(copy, {
          level: isPassing(step.errorCode, copy) ? 'debug' : 'warn',
          message: 'a partition cannot be copied; it is asked for again',
          fields: { error: errorName(step.errorCode) },
        })
        if (EARLY.has(step.errorCode)) this.#delayBriefly(copy)
        return
    }
  }

  async #append(copy: Copy, { records, offsets, earlierStart }: Extract<AnswerStep, { kind: 'append' }>): Promise<void> {
    const { following } = copy
    if (earlierStart !== null) await this.#onDisk(copy, following.beginBeforeStart(earlierStart))
    if (records.length > 0) {
      const result = following.append(records)
      if (result.kind === 'refused') return this.#refused(copy, result)
      this.#options.quota.record(copy.topic, copy.partition, records.length)
      this.#options.traffic.replicationBytesIn += records.length
      this.#options.copies.moveToEnd(copy)
      // As the leader, a follower has a record when `flush.messages` says so.
      if (result.mustFlush) await this.#onDisk(copy, following.flush())
    }
    copy.isFailing = false
    copy.earlyCount = 0
    following.followOffsets(offsets)
    const { log } = following
    if (log !== null) copy.lag = Math.max(0, offsets.highWatermark - log.logEndOffset)
  }

  #refused(copy: Copy, { errorCode, detail }: AppendRefused): void {
    if (errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER || errorCode === ErrorCode.KAFKA_STORAGE_ERROR) {
      this.#options.copies.remove(copy)
      return
    }
    const message = DAMAGED.has(errorCode)
      ? 'batches that a leader sent are damaged and were not appended; they are fetched again, other partitions go on. If it stays so, look at the disk of the leader'
      : 'batches that a leader sent cannot be appended; they are fetched again, other partitions go on'
    const offset = copy.following.log?.logEndOffset
    this.#failed(copy, { level: 'error', message, fields: { offset, error: errorName(errorCode as ErrorCode), reason: detail } })
  }

  async #truncate(copy: Copy, offset: number): Promise<void> {
    const { log } = copy.following
    if (log === null) return
    const { logEndOffset, highWatermark } = log
    const level = offset < highWatermark ? 'warn' : 'info'
    this.#options.logger[level]('the log has parted from its leader and is cut', { ...fieldsOf(copy), offset, logEndOffset, highWatermark })
    await this.#onDisk(copy, copy.following.truncateTo(offset))
  }

  /** The leader's log holds nothing that this one does. */
  async beginAnew(copy: Copy, offset: number): Promise<void> {
    const { log } = copy.following
    if (log === null) return
    const { logStartOffset, logEndOffset } = log
    const fields = { ...fieldsOf(copy), offset, logStartOffset, logEndOffset }
    this.#options.logger.warn('the leader has given up all that this log holds, which begins anew', fields)
    await this.#onDisk(copy, copy.following.truncateFullyAndStartAt(offset))
  }

  async #onDisk(copy: Copy, work: Promise<unknown>): Promise<void> {
    copy.work = work
    await work
    copy.work = null
  }

  /** Told once, until the partition is copied again. */
  #failed(copy: Copy, { level, message, fields }: { readonly level: 'debug' | 'warn' | 'error'; readonly message: string; readonly fields: LogFields }): void {
    const { logger, leaderId } = this.#options
    logger[copy.isFailing ? 'debug' : level](message, { ...fieldsOf(copy), leaderId, ...fields })
    copy.isFailing = level !== 'debug'
    this.delay(copy)
  }

  delay(copy: Copy): void {
    copy.delayedUntilMs = this.#options.clock.monotonicMs() + this.#options.settings.replicaFetchBackoffMs
  }

  /** A leader that has to hear of it has most often heard a moment later: until then nothing is written to all replicas. Kafka waits as for any other failure. */
  #delayBriefly(copy: Copy): void {
    const backoffMs = Math.min(FIRST_EARLY_BACKOFF_MS * 2 ** copy.earlyCount++, this.#options.settings.replicaFetchBackoffMs)
    copy.delayedUntilMs = this.#options.clock.monotonicMs() + backoffMs
  }
}

/** What a leader answers while elections and the metadata are on their way. */
function isPassing(errorCode: number, { earlyCount }: Copy): boolean {
  return EARLY.has(errorCode) ? earlyCount < TOLD_EARLY_COUNT : errorCode === ErrorCode.OFFSET_OUT_OF_RANGE
}

function fieldsOf({ topic, partition, following }: Copy) {
  return { topic, partition, leaderEpoch: following.leaderEpoch }
}
