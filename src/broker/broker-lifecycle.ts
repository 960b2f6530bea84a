import { errorName } from '../../protocol/error-codes.ts'
import type { Uuid } from '../../protocol/uuid.ts'
import { OdradekError } from '../base/errors.ts'
import type { HeartbeatReply } from '../controller/brokers/broker-heartbeat.ts'
import type { ControllerError } from '../controller/controller.ts'
import { isFailure } from '../controller/controller-error.ts'
import type { NodeController } from '../controller/node-controller.ts'
import type { ReplicaAssignment } from '../controller/partitions/assign-replicas.ts'
import type { EndpointImage, MetadataImage, SupportedFeature } from '../metadata/image.ts'
import type { Logger } from '../telemetry/logger.ts'

export interface BrokerLifecycleOptions {
  readonly clusterId: string
  readonly brokerId: number
  readonly incarnationId: Uuid
  readonly endpoints: readonly EndpointImage[]
  readonly features: readonly SupportedFeature[]
  readonly rack: string | null
  /** Of the directories that work. */
  readonly logDirs: readonly Uuid[]
  /** Of those in which nothing new is put: `cordoned.log.dirs`, asked at each heartbeat. */
  readonly cordonedLogDirs: () => readonly Uuid[]
  /** The epoch that the last clean shutdown left in the log directories; -1 when there was none. */
  readonly previousBrokerEpoch: number
  /** The controller. */
  readonly registry: Pick<NodeController, 'registerBroker' | 'brokerHeartbeat' | 'assignReplicas'>
  readonly metadata: { image(): MetadataImage }
  readonly logger: Logger
}

/**
 * The broker of this node from registration to shutdown: registered and fenced, then unfenced when all is in place, at the
 * end out of everything that it led.
 *
 * The controller runs in the same process, whose directories are locked: an older incarnation of this broker cannot be alive,
 * and this one needs no heartbeats to show that it is.
 */
export class BrokerLifecycle {
  readonly #options: BrokerLifecycleOptions
  /** Directories that failed since the start. */
  readonly #offlineLogDirs = new Set<Uuid>()
  #brokerEpoch = -1
  #isUnfenced = false

  constructor(options: BrokerLifecycleOptions) {
    this.#options = options
  }

  /** -1 before registration. */
  get brokerEpoch(): number {
    return this.#brokerEpoch
  }

  /** Errors: BROKER_REGISTRATION with the controller's reason. */
  async register(): Promise<void> {
    const { registry, metadata: _metadata, cordonedLogDirs: _cordoned, logger, ...command } = this.#options
    const reply = await registry.registerBroker(command, 'this process')
    this.#check(reply, 'register with the controller')
    this.#brokerEpoch = reply.brokerEpoch
    logger.info('broker is registered', { brokerId: command.brokerId, brokerEpoch: reply.brokerEpoch })
    // Registered anew, it counts as having all the directories of its start.
    if (this.#isUnfenced && this.#offlineLogDirs.size > 0) await this.#reportDirectories()
  }

  /** Resolves when this node has applied that it leads what it leads. */
  async unfence(): Promise<void> {
    // Directories that failed since the registration are told of afterwards: what this broker leads from them is known only then.
    const reply = await this.#heartbeat({ wantFence: false, wantShutDown: false, offlineLogDirs: [] })
    this.#check(reply, 'be unfenced')
    this.#isUnfenced = true
    if (this.#offlineLogDirs.size > 0) await this.#reportDirectories()
  }

  /**
   * A directory failed: the controller takes away what this broker leads from it. Resolves when that is applied; before the
   * registration and while the broker is fenced it is remembered for `unfence`. Errors as of any call to the controller.
   */
  async directoryFailed(directoryId: Uuid): Promise<void> {
    this.#offlineLogDirs.add(directoryId)
    if (this.#isUnfenced) await this.#reportDirectories()
  }

  /** Other directories are cordoned from now on. Errors as of any call to the controller. */
  async cordonedChanged(): Promise<void> {
    if (this.#isUnfenced) await this.#reportDirectories()
  }

  /** Tells in which directories replicas are; the answers are error codes, in order. Errors as of any call to the controller. */
  async assignReplicas(assignments: readonly ReplicaAssignment[]): Promise<readonly number[]> {
    const { registry, brokerId } = this.#options
    const reply = await registry.assignReplicas({ brokerId, brokerEpoch: this.#brokerEpoch, assignments })
    this.#check(reply, 'assign replicas to directories')
    return reply.errorCodes
  }

  async #reportDirectories(): Promise<void> {
    const reply = await this.#heartbeat({ wantFence: false, wantShutDown: false })
    this.#check(reply, 'report its directories')
  }

  /** Gives up what this broker leads and leaves: after it, the node may stop. */
  async shutDown(): Promise<void> {
    if (this.#brokerEpoch < 0) return
    this.#isUnfenced = false
    const { metadata, brokerId, logger } = this.#options
    if (!metadata.image().cluster.brokers.has(brokerId)) {
      // Somebody unregistered it: nothing is led, and nobody is to be told.
      logger.info('the broker is not registered any longer', { brokerEpoch: this.#brokerEpoch })
      return
    }
    let reply = await this.#heartbeat({ wantFence: false, wantShutDown: true })
    this.#check(reply, 'shut down')
    // The second time nothing is led any longer.
    if (!reply.shouldShutDown) reply = await this.#heartbeat({ wantFence: false, wantShutDown: true })
    if (!reply.shouldShutDown) logger.warn('the controller did not let the broker go', { brokerEpoch: this.#brokerEpoch })
  }

  #heartbeat(wish: { readonly wantFence: boolean; readonly wantShutDown: boolean; readonly offlineLogDirs?: readonly Uuid[] }): Promise<HeartbeatReply> {
    const { registry, brokerId, metadata } = this.#options
    const currentMetadataOffset = metadata.image().provenance.offset
    const directories = { offlineLogDirs: [...this.#offlineLogDirs], cordonedLogDirs: this.#options.cordonedLogDirs() }
    return registry.brokerHeartbeat({ brokerId, brokerEpoch: this.#brokerEpoch, currentMetadataOffset, ...directories, ...wish })
  }

  #check(reply: ControllerError, what: string): void {
    if (!isFailure(reply)) return
    const message = `broker ${this.#options.brokerId} could not ${what}: ${reply.errorMessage ?? errorName(reply.errorCode)}`
    throw new OdradekError('BROKER_REGISTRATION', message, { fields: { errorCode: reply.errorCode } })
  }
}
