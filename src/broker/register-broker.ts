import { ErrorCode, errorName } from '../../protocol/error-codes.ts'
import { OdradekError } from '../base/errors.ts'
import type { RegistrationReply } from '../controller/brokers/broker-registration.ts'
import { isFailure } from '../controller/controller-error.ts'
import type { BrokerLifecycleOptions } from './broker-lifecycle-options.ts'

const FIRST_RETRY_MS = 100

/** What will be refused again, and what to do. Kafka's brokers ask on until their time is over. */
const FINAL: ReadonlyMap<number, string> = new Map([
  [
    ErrorCode.INCONSISTENT_CLUSTER_ID,
    'its log directories belong to another cluster than the controllers; point log.dirs, or the addresses of the controllers, to the right one',
  ],
  [
    ErrorCode.UNSUPPORTED_VERSION,
    'the cluster uses a feature, or a level of one, that this program does not know; start a newer one, or lower that level with kafka-features',
  ],
  [ErrorCode.INVALID_REGISTRATION, 'what it says of itself does not fit the cluster, such as a log directory that another broker has registered'],
  [ErrorCode.BROKER_ID_NOT_REGISTERED, 'the controller takes no broker of this kind'],
])

/**
 * Registers a broker, and asks again where that may help.
 * @param timeoutMs until it gives up
 * @param stopping  ends the attempts, with its reason
 * Errors: BROKER_REGISTRATION that says why, and what to do.
 */
export async function registerBroker(options: BrokerLifecycleOptions, timeoutMs: number, stopping: AbortSignal): Promise<RegistrationReply> {
  const { timings, clock, timers } = options
  const deadlineMs = clock.monotonicMs() + timeoutMs
  const refusals = new Refusals(options)
  for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, timings.heartbeatIntervalMs)) {
    const answer = await ask(options)
    stopping.throwIfAborted()
    if (!('why' in answer)) return answer
    refusals.take(answer)
    if (clock.monotonicMs() + retryMs > deadlineMs) throw refusals.tooLate(answer)
    await timers.sleep(retryMs, stopping)
  }
}

/** Why the broker is not registered yet; `errorCode` null: the controller did not answer. */
interface Refusal {
  readonly why: string
  readonly errorCode: number | null
}

async function ask({ controller, ...broker }: BrokerLifecycleOptions): Promise<RegistrationReply | Refusal> {
  const { clusterId, brokerId, incarnationId, endpoints, features, rack, logDirs, previousBrokerEpoch } = broker
  try {
    const reply = await controller.registerBroker({ clusterId, brokerId, incarnationId, endpoints, features, rack, logDirs, previousBrokerEpoch })
    return isFailure(reply) ? { why: reply.errorMessage ?? errorName(reply.errorCode), errorCode: reply.errorCode } : reply
  } catch (error) {
    if (!(error instanceof OdradekError)) throw error
    return { why: error.message, errorCode: null }
  }
}

/** Judges refusals: some are final, of one the log is told. */
class Refusals {
  readonly #options: BrokerLifecycleOptions
  #isDuplicateTold = false

  constructor(options: BrokerLifecycleOptions) {
    this.#options = options
  }

  /** Throws where asking again will not help. */
  take({ why, errorCode }: Refusal): void {
    const { brokerId, logger } = this.#options
    const advice = errorCode === null ? undefined : FINAL.get(errorCode)
    if (advice !== undefined) throw this.#error(`${why}: ${advice}`, errorCode)
    if (errorCode !== ErrorCode.DUPLICATE_BROKER_REGISTRATION || this.#isDuplicateTold) return
    this.#isDuplicateTold = true
    logger.warn('another broker is registered under the id of this one and may be alive: this one waits until its session is over', {
      brokerId,
      advice: 'after a crash this passes within broker.session.timeout.ms of the controllers; else give one of the two another node.id',
    })
  }

  tooLate({ why, errorCode }: Refusal): OdradekError {
    const { registrationTimeoutMs } = this.#options.timings
    const advice = 'check that a majority of the controllers runs and can be reached from here'
    return this.#error(`${why}; it was asked for ${registrationTimeoutMs} ms (initial.broker.registration.timeout.ms): ${advice}`, errorCode)
  }

  #error(why: string, errorCode: number | null): OdradekError {
    const message = `broker ${this.#options.brokerId} could not register with the controller: ${why}`
    return new OdradekError('BROKER_REGISTRATION', message, { fields: { errorCode } })
  }
}
