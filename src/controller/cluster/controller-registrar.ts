import { errorName } from '../../../protocol/error-codes.ts'
import type { Timer, Timers } from '../../base/ports.ts'
import type { MetadataDelta, MetadataPublisher } from '../../metadata/delta.ts'
import { recordLevels } from '../../metadata/features.ts'
import type { ControllerRegistration, MetadataImage } from '../../metadata/image.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { isFailure } from '../controller-error.ts'
import type { NodeController } from '../node-controller.ts'

export interface ControllerRegistrarOptions {
  readonly registration: ControllerRegistration
  /** The active controller, wherever it is. */
  readonly registry: Pick<NodeController, 'registerController'>
  /** Whether this node leads the quorum: then its controller writes its registration itself. */
  readonly isLeader: () => boolean
  readonly timers: Pick<Timers, 'schedule'>
  readonly logger: Logger
}

/** Kafka's. Source: ControllerRegistrationManager.resendExponentialBackoff. */
const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 120_000

/**
 * Has the active controller write down where this one listens and what it understands, whenever the cluster's state does not
 * say so of this incarnation: levels of features are bounded by what all registered controllers support.
 *
 * Source: Kafka's ControllerRegistrationManager; KIP-919.
 */
export class ControllerRegistrar implements MetadataPublisher, Disposable {
  readonly name = 'registration of the controller'
  readonly #options: ControllerRegistrarOptions
  #isMissing = false
  #isAsking = false
  #retry: Timer | null = null
  #retryMs = FIRST_RETRY_MS
  #isStopped = false

  constructor(options: ControllerRegistrarOptions) {
    this.#options = options
  }

  onUpdate(_delta: MetadataDelta, { features, cluster }: MetadataImage): void {
    const { id, incarnationId } = this.#options.registration
    const isRegistered = cluster.controllers.get(id)?.incarnationId === incarnationId
    this.#isMissing = !isRegistered && recordLevels(features.metadataVersion).controllerRegistration
    if (isRegistered) this.#retryMs = FIRST_RETRY_MS
    this.#ask()
  }

  [Symbol.dispose](): void {
    this.#isStopped = true
    this.#retry?.cancel()
    this.#retry = null
  }

  /** What is written comes back as an update. */
  #ask(): void {
    const { registration, registry, isLeader } = this.#options
    if (!this.#isMissing || this.#isAsking || this.#retry !== null || this.#isStopped || isLeader()) return
    this.#isAsking = true
    registry.registerController(registration).then(
      (reply) => this.#answered(isFailure(reply) ? (reply.errorMessage ?? errorName(reply.errorCode)) : null),
      (error: unknown) => this.#answered(error),
    )
  }

  /** Also where the controller agreed: an answer is no promise that the record comes. */
  #answered(failure: unknown): void {
    this.#isAsking = false
    if (this.#isStopped) return
    if (failure !== null) this.#options.logger.info('the controller is not registered yet', { failure, retryMs: this.#retryMs })
    this.#retry = this.#options.timers.schedule(this.#retryMs, () => {
      this.#retry = null
      this.#ask()
    })
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS)
  }
}
