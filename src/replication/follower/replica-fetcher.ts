/**
 * Copies partitions from one leader: asks for what is behind the end of each log, appends what comes, and cuts where the logs
 * have parted. One request at a time; a partition that cannot go on waits by itself, without holding the others up.
 *
 * Whatever waits for the disk is a copy's `work`: who takes a copy away waits for it, so that nothing touches a log that has
 * another role by then. After each wait a copy is looked at anew (`isReleased`, and `Following`, which ends with its epoch).
 *
 * Left to others: who copies what from whom (`ReplicaFetchers`), what an answer means (`decideAnswer`), the session
 * (`FetchSessionClient`), the log (`Following`). Source: kafka.server.AbstractFetcherThread, ReplicaFetcherThread.
 */
import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import type { FetchResponse } from '../../../protocol/messages/fetch.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Clock, Timers } from '../../base/ports.ts'
import type { AppendRefused } from '../../storage/log/results.ts'
import type { LogFields, Logger } from '../../telemetry/logger.ts'
import type { ReplicationQuota } from '../quota/replication-quota.ts'
import { Copies, type Copy } from './copies.ts'
import { type AnswerStep, decideAnswer } from './decide-answer.ts'
import { FetchSessionClient, wantedKey } from './fetch-session-client.ts'
import { findReset, type ResetStep } from './find-reset.ts'
import type { FetchLimits, LeaderEndpoint } from './leader-endpoint.ts'

/** Read at each use. Names of Kafka's settings in camel case. */
export interface FetcherSettings {
  readonly replicaFetchMaxBytes: number
  readonly replicaFetchMinBytes: number
  readonly replicaFetchWaitMaxMs: number
  readonly replicaFetchResponseMaxBytes: number
  readonly replicaFetchBackoffMs: number
  readonly replicaSocketTimeoutMs: number
}

export interface ReplicaFetcherOptions {
  readonly leaderId: number
  readonly leader: LeaderEndpoint
  /** The cluster knows that the leader is gone, or about to go. */
  readonly isLeaving: () => boolean
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly timers: Pick<Timers, 'sleep'>
  readonly logger: Logger
  readonly settings: FetcherSettings
  readonly quota: ReplicationQuota
}

/** One partition of an answer, as it came. */
type Answered = FetchResponse['responses'][number]['partitions'][number]

/** What is done at once. */
type TakenStep = Exclude<AnswerStep, { readonly kind: 'ignore' | 'reset' }>

/** A refusal by which the batches are damaged, on the way or at the leader: asked again they may be whole. */
const DAMAGED: ReadonlySet<number> = new Set([ErrorCode.CORRUPT_MESSAGE, ErrorCode.INVALID_RECORD])

const ADVICE = 'see whether that broker runs, and whether its listener for other brokers (inter.broker.listener.name) can be reached from this machine'

/** What a broker answers that does not know yet that it leads the partition, in that epoch, or that there is the topic. */
const EARLY: ReadonlySet<number> = new Set([ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.UNKNOWN_LEADER_EPOCH, ErrorCode.UNKNOWN_TOPIC_ID])
const FIRST_EARLY_BACKOFF_MS = 10

/** Where partitions wait for the disk and `replica.fetch.backoff.ms` is 0. */
const MIN_REST_MS = 1

/** See the head of this file. */
export class ReplicaFetcher {
  readonly #options: ReplicaFetcherOptions
  readonly #copies = new Copies()
  readonly #session = new FetchSessionClient()
  readonly #stopping = new AbortController()
  /** Ends the wait for something to do. */
  #waking = new AbortController()
  /** The log says that the leader cannot be reached. */
  #isToldUnreachable = false

  constructor(options: ReplicaFetcherOptions) {
    this.#options = options
  }

  get isIdle(): boolean {
    return this.#copies.size === 0
  }

  get copies(): Iterable<Copy> {
    return this.#copies.all
  }

  add(copy: Copy): void {
    this.#copies.add(copy)
    this.#waking.abort()
  }

  /** Resolves when nothing is done to the copy's log any more. */
  async release(copy: Copy): Promise<void> {
    copy.isReleased = true
    this.#copies.remove(copy)
    await copy.work
  }

  /** Copies until it is stopped. Rejects on a broken invariant only. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      const wanted = this.#wanted()
      if (wanted.size === 0) await this.#rest()
      else await this.#fetch(wanted)
    }
  }

  /** What is on its way is given up. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#waking.abort()
    await this.#options.leader[Symbol.asyncDispose]()
    for (const copy of [...this.#copies.all]) await this.release(copy)
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs()
  }

  #wanted(): ReturnType<Copies['wanted']> {
    const { settings, quota } = this.#options
    const isThrottled = quota.isExceeded ? ({ topic, partition, lag }: Copy) => lag !== 0 && quota.isThrottled(topic, partition) : () => false
    return this.#copies.wanted({ maxBytes: settings.replicaFetchMaxBytes, nowMs: this.#nowMs, isThrottled })
  }

  /** Until something is added or a delay is over. */
  async #rest(): Promise<void> {
    this.#waking = new AbortController()
    const nowMs = this.#nowMs
    const waitMs = Math.min(this.#copies.nextReadyMs(nowMs) - nowMs, this.#options.settings.replicaFetchBackoffMs)
    if (this.#copies.size === 0) await aborted(this.#waking.signal)
    // It rejects when it is woken.
    else await this.#options.timers.sleep(Math.max(waitMs, MIN_REST_MS), this.#waking.signal).catch(() => {})
  }

  async #fetch(wanted: ReturnType<Copies['wanted']>): Promise<void> {
    let response: FetchResponse
    try {
      response = await this.#options.leader.fetch(this.#session.request(wanted), this.#limits())
    } catch (error) {
      if (!(error instanceof OdradekError)) throw error
      this.#session.failed()
      this.#unreachable(wanted.keys(), error)
      return
    }
    if (this.#isStopped) return
    this.#reached()
    await this.#take(response)
  }

  #limits(): FetchLimits {
    const { settings } = this.#options
    return { maxWaitMs: settings.replicaFetchWaitMaxMs, minBytes: settings.replicaFetchMinBytes, maxBytes: settings.replicaFetchResponseMaxBytes }
  }

  async #take({ errorCode, sessionId, responses }: FetchResponse): Promise<void> {
    if (errorCode !== ErrorCode.NONE) {
      this.#options.logger.debug('the leader ended the fetch session, another is begun', { leaderId: this.#options.leaderId, error: errorName(errorCode) })
      this.#session.failed()
      return
    }
    const answered = responses.flatMap(({ topicId, partitions }) =>
      partitions.map((answer) => ({ key: wantedKey({ topicId, partition: answer.partitionIndex }), answer })),
    )
    let isAllTaken = true
    const resets: Copy[] = []
    for (const { key, answer } of answered) {
      const step = this.#decide(key, answer)
      if (step.kind === 'ignore' || step.kind === 'truncate') isAllTaken = false
      if (step.kind === 'reset') resets.push(step.copy)
      else if (step.kind !== 'ignore') await this.#step(step.copy, step)
    }
    // They ask the leader, after which the records of the others are not there any more.
    for (const copy of resets) await this.#reset(copy)
    this.#session.succeeded(sessionId, new Set(answered.map(({ key }) => key)))
    // The leader takes for known what stood beside a divergence, its high watermark among it, and would not tell it again.
    if (!isAllTaken) this.#session.failed()
  }

  #decide(key: string, answer: Answered): { readonly kind: 'ignore' } | (Exclude<AnswerStep, { readonly kind: 'ignore' }> & { readonly copy: Copy }) {
    const copy = this.#copies.get(key)
    const asked = this.#session.asked(key)
    const log = copy?.following.log ?? null
    if (copy === undefined || asked === undefined || log === null || copy.delayedUntilMs > this.#nowMs) return { kind: 'ignore' }
    const step = decideAnswer(answer, asked, log, copy.following.leaderEpoch)
    return step.kind === 'ignore' ? step : { ...step, copy }
  }

  async #step(copy: Copy, step: TakenStep): Promise<void> {
    switch (step.kind) {
      case 'append':
        return this.#append(copy, step)
      case 'truncate':
        return this.#truncate(copy, step.offset)
      case 'stop':
        this.#options.logger.info('a partition is led by another epoch than this node knows of; copying goes on when the metadata has come', fieldsOf(copy))
        this.#copies.remove(copy)
        return
      case 'back-off':
        this.#failed(copy, {
          level: isPassing(step.errorCode) ? 'debug' : 'warn',
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
      this.#copies.moveToEnd(copy)
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
      this.#copies.remove(copy)
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

  /** The log end is not within the leader's log. */
  async #reset(copy: Copy): Promise<void> {
    let step: ResetStep
    try {
      step = await findReset(copy, this.#options.leader)
    } catch (error) {
      if (!(error instanceof OdradekError)) throw error
      this.#unreachable([copy.key], error)
      return
    }
    if (copy.isReleased) return
    if (step.kind === 'begin-anew') await this.#beginAnew(copy, step.offset)
    else await this.#step(copy, step)
  }

  async #beginAnew(copy: Copy, offset: number): Promise<void> {
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
    this.#delay(copy)
  }

  #delay(copy: Copy): void {
    copy.delayedUntilMs = this.#nowMs + this.#options.settings.replicaFetchBackoffMs
  }

  /** A leader that has to hear of it has most often heard a moment later: until then nothing is written to all replicas. Kafka waits as for any other failure. */
  #delayBriefly(copy: Copy): void {
    const backoffMs = Math.min(FIRST_EARLY_BACKOFF_MS * 2 ** copy.earlyCount++, this.#options.settings.replicaFetchBackoffMs)
    copy.delayedUntilMs = this.#nowMs + backoffMs
  }

  /** Told once, until it is reached again; of a leader that leaves in order, or is known to be gone, nobody need be told. */
  #unreachable(keys: Iterable<string>, error: OdradekError): void {
    if (this.#isStopped) return
    const { logger, leaderId, isLeaving } = this.#options
    for (const key of keys) {
      const copy = this.#copies.get(key)
      if (copy !== undefined) this.#delay(copy)
    }
    const isNews = !this.#isToldUnreachable && !isLeaving()
    logger[isNews ? 'warn' : 'debug']('a leader cannot be copied from; it is asked again', {
      leaderId,
      reason: error.message,
      code: error.code,
      advice: ADVICE,
    })
    this.#isToldUnreachable ||= isNews
  }

  #reached(): void {
    if (!this.#isToldUnreachable) return
    this.#isToldUnreachable = false
    this.#options.logger.info('a leader can be copied from again', { leaderId: this.#options.leaderId })
  }
}

/** What a leader answers while elections and the metadata are on their way. */
function isPassing(errorCode: number): boolean {
  return errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER || errorCode === ErrorCode.UNKNOWN_LEADER_EPOCH || errorCode === ErrorCode.OFFSET_OUT_OF_RANGE
}

function fieldsOf({ topic, partition, following }: Copy) {
  return { topic, partition, leaderEpoch: following.leaderEpoch }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
