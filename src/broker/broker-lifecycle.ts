/**
 * The broker of this node from registration to shutdown: registered and fenced, unfenced when all is in place, at the end
 * out of everything that it led.
 *
 * - From the registration on heartbeats say that it lives, how far it is and what it wants, and go on after any failure. While
 *   the active controller is in this process, which shares its fate, they are sent only when there is something to say.
 * - What a caller waits for is a heartbeat that began after the call and was answered as wished.
 * - Another registration under this broker's id is the controller's to judge: STALE_BROKER_EPOCH is told in the log, and
 *   heartbeats go on, as in Kafka.
 *
 * Source: org.apache.kafka.server.BrokerLifecycleManager; KIP-631, KIP-858 (directories), KIP-966, KIP-1066.
 */
import { ErrorCode, errorName } from '../../protocol/error-codes.ts'
import type { Uuid } from '../../protocol/uuid.ts'
import { type Deferred, deferred } from '../base/deferred.ts'
import { OdradekError } from '../base/errors.ts'
import type { Timer } from '../base/ports.ts'
import { isFailure } from '../controller/controller-error.ts'
import type { ReplicaAssignment } from '../controller/partitions/assign-replicas.ts'
import { recordLevels } from '../metadata/features.ts'
import type { MetadataImage } from '../metadata/image.ts'
import type { BrokerLifecycleOptions } from './broker-lifecycle-options.ts'
import { FailedDirectories } from './failed-directories.ts'
import { HeartbeatLoop } from './heartbeat-loop.ts'
import { registerBroker } from './register-broker.ts'
import type { ToldHeartbeat } from './requests/broker-heartbeat.ts'

interface Waiter {
  /** The first heartbeat whose answer counts. */
  readonly from: number
  isMet(told: ToldHeartbeat): boolean
  readonly done: Deferred<void>
}

type Wish = 'to wait' | 'to serve' | 'to leave'

/** Source: kafka.server.BrokerServer. */
const SHUTDOWN_TIMEOUT_MS = 5 * 60_000
/** Between heartbeats while the controller hands over what this broker led. Source: BrokerLifecycleManager. */
const LEAVING_INTERVAL_MS = 50
/** Between heartbeats of a broker that wants to serve and is fenced: it has yet to apply what the controller waits for. */
const FENCED_INTERVAL_MS = 100
const REFUSAL_LINE_MS = 60_000

/** See the head of this file. */
export class BrokerLifecycle {
  readonly #options: BrokerLifecycleOptions
  readonly #loop: HeartbeatLoop
  readonly #waiters: Waiter[] = []
  readonly #failedDirectories: FailedDirectories
  readonly #stopping = new AbortController()
  #unwatch: (() => void) | null = null
  #brokerEpoch = -1
  #isUnfenced = false
  #wish: Wish = 'to wait'
  #sentCount = 0
  /** Ends the wait for a controller that does not answer while this broker leaves: it will be fenced by then. */
  #silence: Timer | null = null
  #leaving: Promise<void> | null = null
  /** Heartbeats of this process's controller by which it was not let go. */
  #leavingCount = 0
  /** The last heartbeat that was answered; monotonic. */
  #answeredAtMs = 0
  /** The active controller was in this process when it answered last: no heartbeats were due since. */
  #wasHere = false
  #refusedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: BrokerLifecycleOptions) {
    this.#options = options
    this.#failedDirectories = new FailedDirectories({ ...options, failureTimeoutMs: options.timings.directoryFailureTimeoutMs })
    this.#loop = new HeartbeatLoop({ timers: options.timers, beat: () => this.#beat(), onFailure: options.onFailure })
  }

  /** -1 before registration. */
  get brokerEpoch(): number {
    return this.#brokerEpoch
  }

  /**
   * Resolves when the broker is registered and this node has applied all that is known up to that.
   * Errors: BROKER_REGISTRATION with the controller's reason, or when none answered in time.
   */
  register(): Promise<void> {
    return this.#register(this.#options.timings.registrationTimeoutMs)
  }

  /** As `register`, of a broker that is registered and serves meanwhile: as long as it takes. Rejects with BROKER_STOPPED when the node stops. */
  registerAgain(): Promise<void> {
    return this.#register(Number.POSITIVE_INFINITY)
  }

  async #register(timeoutMs: number): Promise<void> {
    const { controller, metadata, brokerId, logger } = this.#options
    const { brokerEpoch } = await registerBroker(this.#options, timeoutMs, this.#stopping.signal)
    this.#brokerEpoch = brokerEpoch
    logger.info('broker is registered', { brokerId, brokerEpoch })
    this.#unwatch ??= controller.onLeader(() => this.#loop.beatNow())
    if (!controller.isHere) this.#loop.beatNow()
    await metadata.applied(brokerEpoch)
    // Registered anew, it counts as having all the directories of its start.
    if (this.#isUnfenced && !this.#failedDirectories.isEmpty) await this.#answered()
  }

  /** Resolves when this node has applied that it leads what it leads. */
  async unfence(): Promise<void> {
    const { metadata, brokerId } = this.#options
    this.#wish = 'to serve'
    await this.#answered((told) => !told.isFenced)
    await metadata.until((image) => isServing(image, brokerId, this.#brokerEpoch))
    // Directories that failed since the registration are told of now: what this broker leads from them is known only by now.
    this.#isUnfenced = true
    if (!this.#failedDirectories.isEmpty) await this.#answered()
  }

  /** Sends a heartbeat at once, where heartbeats are sent. */
  heartbeatNow(): void {
    if (this.#brokerEpoch >= 0 && !this.#options.controller.isHere) this.#loop.beatNow()
  }

  /**
   * A directory failed: the controller takes away what this broker leads from it. Resolves when it has; before the
   * registration and while the broker is fenced it is remembered for `unfence`. Errors as of any call to the controller.
   */
  async directoryFailed(directoryId: Uuid): Promise<void> {
    this.#failedDirectories.add(directoryId)
    if (this.#isUnfenced) await this.#answered()
  }

  /** Other directories are cordoned from now on. Errors as of any call to the controller. */
  async cordonedChanged(): Promise<void> {
    if (this.#isUnfenced) await this.#answered()
  }

  /** Tells in which directories replicas are; the answers are error codes, in order. Errors as of any call to the controller. */
  async assignReplicas(assignments: readonly ReplicaAssignment[]): Promise<readonly number[]> {
    const { controller, brokerId } = this.#options
    const reply = await controller.assignReplicas({ brokerId, brokerEpoch: this.#brokerEpoch, assignments })
    if (isFailure(reply)) throw this.#refusal(reply.errorCode, 'assign replicas to directories')
    return reply.errorCodes
  }

  /**
   * Gives up what this broker leads, unless the settings say that it just goes, and leaves: after it, the node may stop. It waits as long as Kafka's brokers do, but for a
   * controller that does not answer no longer than until the session is over, and the broker out of everything anyway.
   * Calling it again waits for the same end.
   */
  shutDown(): Promise<void> {
    this.#leaving ??= this.#leave()
    return this.#leaving
  }

  async #leave(): Promise<void> {
    const { metadata, brokerId, handsOver, logger, timers } = this.#options
    const isRegistered = metadata.image().cluster.brokers.has(brokerId)
    this.#isUnfenced = false
    if (this.#brokerEpoch >= 0 && !isRegistered) logger.info('the broker is not registered any longer', { brokerEpoch: this.#brokerEpoch })
    if (this.#brokerEpoch >= 0 && isRegistered && handsOver) {
      this.#wish = 'to leave'
      const limit = timers.schedule(SHUTDOWN_TIMEOUT_MS, () => this.#giveUp('it did not let the broker go in time'))
      this.#silence = this.#silenceTimer()
      await this.#answered((told) => told.shouldShutDown).catch((error: unknown) => {
        logger.warn('the controller did not let the broker go', { brokerEpoch: this.#brokerEpoch, error })
      })
      limit.cancel()
    }
    this.stop()
  }

  /** Nothing is sent any more, and nobody is waited for. */
  stop(): void {
    this.#loop.stop()
    this.#silence?.cancel()
    this.#unwatch?.()
    this.#failedDirectories.stop()
    this.#stopping.abort(new OdradekError('BROKER_STOPPED', 'the node stops: the controller is told nothing more'))
    this.#giveUp('the node stops')
  }

  /** Sends a heartbeat, and resolves when one that began by now was answered so that `isMet`. */
  #answered(isMet: Waiter['isMet'] = () => true): Promise<void> {
    const done = deferred<void>()
    this.#waiters.push({ from: this.#sentCount + 1, isMet, done })
    this.#loop.beatNow()
    return done.promise
  }

  /** @returns the milliseconds until the next heartbeat, null for none */
  async #beat(): Promise<number | null> {
    const { controller } = this.#options
    if (this.#brokerEpoch < 0) return null
    const number = ++this.#sentCount
    const command = this.#command()
    try {
      const told = await controller.brokerHeartbeat(command)
      if (isFailure(told)) return this.#refused(this.#refusal(told.errorCode, 'send a heartbeat'), told.errorCode)
      this.#heard(told, number, command.offlineLogDirs)
      return this.#nextMs(told)
    } catch (error) {
      if (!(error instanceof OdradekError)) throw error
      return this.#refused(error, null)
    }
  }

  #command() {
    const { brokerId, metadata, cordonedLogDirs } = this.#options
    const image = metadata.image()
    const isCordoning = recordLevels(image.features.metadataVersion).cordonedLogDirs
    return {
      brokerId,
      brokerEpoch: this.#brokerEpoch,
      currentMetadataOffset: image.provenance.offset,
      wantFence: this.#wish === 'to wait',
      wantShutDown: this.#wish === 'to leave',
      offlineLogDirs: this.#isUnfenced ? this.#failedDirectories.ids : [],
      cordonedLogDirs: isCordoning ? cordonedLogDirs() : null,
    }
  }

  #heard(told: ToldHeartbeat, number: number, offlineLogDirs: readonly Uuid[]): void {
    this.#silence?.cancel()
    this.#tellOfSilence()
    this.#wasHere = this.#options.controller.isHere
    this.#answeredAtMs = this.#options.clock.monotonicMs()
    this.#refusedAtMs = Number.NEGATIVE_INFINITY
    if (this.#wish === 'to leave') this.#silence = this.#silenceTimer()
    this.#failedDirectories.told(offlineLogDirs)
    for (const waiter of this.#waiters.splice(0)) {
      if (waiter.from <= number && waiter.isMet(told)) waiter.done.resolve()
      else this.#waiters.push(waiter)
    }
  }

  #tellOfSilence(): void {
    const { logger, brokerId, timings } = this.#options
    const silentMs = this.#options.clock.monotonicMs() - this.#answeredAtMs
    if (!this.#isUnfenced || this.#wasHere || silentMs <= timings.sessionTimeoutMs) return
    logger.warn('no heartbeat of the broker was answered for longer than its session: it may have been fenced meanwhile, and others lead what it led', {
      brokerId,
      silentMs: Math.round(silentMs),
      sessionTimeoutMs: timings.sessionTimeoutMs,
      advice: 'see whether this process was stopped or had no processor, or whether the way to the controllers was cut',
    })
  }

  #nextMs(told: ToldHeartbeat): number | null {
    const { controller, timings } = this.#options
    if (this.#wish === 'to leave') return told.shouldShutDown ? null : this.#leavingMs()
    if (this.#wish === 'to serve' && told.isFenced) return FENCED_INTERVAL_MS
    return controller.isHere ? null : timings.heartbeatIntervalMs
  }

  /** A controller in this process has handed over all that it can when it has answered once, with a clock that stands still, too. */
  #leavingMs(): number {
    return this.#options.controller.isHere && this.#leavingCount++ === 0 ? 0 : LEAVING_INTERVAL_MS
  }

  /** Only what the next heartbeat will not mend is told to those who wait. */
  #refused(error: OdradekError, errorCode: number | null): number {
    const { logger, clock, timings, brokerId } = this.#options
    if (error.code !== 'CONTROLLER_CLOSED' && clock.monotonicMs() - this.#refusedAtMs >= REFUSAL_LINE_MS) {
      this.#refusedAtMs = clock.monotonicMs()
      logger.warn('a heartbeat of the broker was not taken; it is sent again', { brokerId, brokerEpoch: this.#brokerEpoch, reason: error.message })
    }
    if (errorCode === ErrorCode.STALE_BROKER_EPOCH || errorCode === ErrorCode.BROKER_ID_NOT_REGISTERED) this.#reject(error)
    return timings.heartbeatIntervalMs
  }

  #refusal(errorCode: number, what: string): OdradekError {
    const isStale = errorCode === ErrorCode.STALE_BROKER_EPOCH
    const why = isStale ? 'it was unregistered, or another broker registered under its id; restart it to register it anew' : errorName(errorCode)
    return new OdradekError('BROKER_REGISTRATION', `broker ${this.#options.brokerId} could not ${what}: ${why}`, { fields: { errorCode } })
  }

  #silenceTimer(): Timer {
    const { timers, timings } = this.#options
    return timers.schedule(timings.sessionTimeoutMs, () => this.#giveUp('it does not answer'))
  }

  #giveUp(why: string): void {
    this.#reject(new OdradekError('BROKER_STOPPED', `the controller is not waited for any longer: ${why}`))
  }

  #reject(error: OdradekError): void {
    for (const { done } of this.#waiters.splice(0)) done.reject(error)
  }
}

function isServing(image: MetadataImage, brokerId: number, brokerEpoch: number): boolean {
  const broker = image.cluster.brokers.get(brokerId)
  return broker !== undefined && broker.epoch === brokerEpoch && !broker.fenced
}
