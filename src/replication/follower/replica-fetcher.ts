/**
 * Copies partitions from one leader: asks for what is behind the end of each log, appends what comes, and cuts where the logs
 * have parted. One request at a time; a partition that cannot go on waits by itself, without holding the others up.
 *
 * Whatever waits for the disk is a copy's `work`: who takes a copy away waits for it, so that nothing touches a log that has
 * another role by then. After each wait a copy is looked at anew (`isReleased`, and `Following`, which ends with its epoch).
 *
 * Left to others: who copies what from whom (`ReplicaFetchers`), what an answer means (`decideAnswer`) and what is done
 * about it (`CopySteps`), the session (`FetchSessionClient`), the log (`Following`). Source: kafka.server.AbstractFetcherThread, ReplicaFetcherThread.
 */
import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import type { FetchResponse } from '../../../protocol/messages/fetch.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Clock, Timers } from '../../base/ports.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Traffic } from '../../telemetry/traffic.ts'
import type { ReplicationQuota } from '../quota/replication-quota.ts'
import { Copies, type Copy } from './copies.ts'
import { CopySteps } from './copy-steps.ts'
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
  readonly traffic: Pick<Traffic, 'replicationBytesIn'>
}

/** One partition of an answer, as it came. */
type Answered = FetchResponse['responses'][number]['partitions'][number]

const ADVICE = 'see whether that broker runs, and whether its listener for other brokers (inter.broker.listener.name) can be reached from this machine'

/** Where partitions wait for the disk and `replica.fetch.backoff.ms` is 0. */
const MIN_REST_MS = 1

/** See the head of this file. */
export class ReplicaFetcher {
  readonly #options: ReplicaFetcherOptions
  readonly #copies = new Copies()
  readonly #steps: CopySteps
  readonly #session = new FetchSessionClient()
  readonly #stopping = new AbortController()
  /** Ends the wait for something to do. */
  #waking = new AbortController()
  /** The log says that the leader cannot be reached. */
  #isToldUnreachable = false

  constructor(options: ReplicaFetcherOptions) {
    this.#options = options
    this.#steps = new CopySteps({ ...options, copies: this.#copies })
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
      else if (step.kind !== 'ignore') await this.#steps.take(step.copy, step)
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
    if (step.kind === 'begin-anew') await this.#steps.beginAnew(copy, step.offset)
    else await this.#steps.take(copy, step)
  }

  /** Told once, until it is reached again; of a leader that leaves in order, or is known to be gone, nobody need be told. */
  #unreachable(keys: Iterable<string>, error: OdradekError): void {
    if (this.#isStopped) return
    const { logger, leaderId, isLeaving } = this.#options
    for (const key of keys) {
      const copy = this.#copies.get(key)
      if (copy !== undefined) this.#steps.delay(copy)
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

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
