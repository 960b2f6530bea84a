import { OdradekError } from '../base/errors.ts'
import { isTimedOut } from '../controller/rejection.ts'
import type { MetadataDelta, MetadataPublisher } from '../metadata/delta.ts'
import { recordLevels } from '../metadata/features.ts'
import type { MetadataImage } from '../metadata/image.ts'
import type { BrokerLifecycle } from './broker-lifecycle.ts'

export interface BrokerRegistrationRefreshOptions {
  readonly brokerId: number
  readonly lifecycle: Pick<BrokerLifecycle, 'registerAgain'>
  /** The controller refuses it. */
  readonly onFailure: (error: Error) => void
}

/**
 * Registers this broker again, as the same incarnation, when the level of `metadata.version` has risen so far that its
 * directories can be written down (KIP-858). Source: Kafka's BrokerRegistrationTracker.
 */
export class BrokerRegistrationRefresh implements MetadataPublisher {
  readonly name = 'registration of the broker'
  readonly #options: BrokerRegistrationRefreshOptions
  #isRefreshing = false

  constructor(options: BrokerRegistrationRefreshOptions) {
    this.#options = options
  }

  onUpdate(_delta: MetadataDelta, image: MetadataImage): void {
    if (this.#isRefreshing || !lacksDirectories(image, this.#options.brokerId)) return
    this.#isRefreshing = true
    // Not awaited: the registration is applied after this update.
    this.#options.lifecycle.registerAgain().then(
      () => {
        this.#isRefreshing = false
      },
      (error: unknown) => {
        this.#isRefreshing = false
        // What waits for its commit brings the next update, and with it the next try.
        if (!isTimedOut(error) && !isStopped(error)) this.#options.onFailure(error as Error)
      },
    )
  }
}

function isStopped(error: unknown): boolean {
  return error instanceof OdradekError && error.code === 'BROKER_STOPPED'
}

function lacksDirectories({ features, cluster }: MetadataImage, brokerId: number): boolean {
  const broker = cluster.brokers.get(brokerId)
  return broker !== undefined && broker.logDirs.length === 0 && recordLevels(features.metadataVersion).directoryAssignment
}
