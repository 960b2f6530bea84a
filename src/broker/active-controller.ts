import type { Clock, Network, Timers } from '../base/ports.ts'
import type { PeerClient } from '../client/peer-client.ts'
import type { HeartbeatCommand } from '../controller/brokers/broker-heartbeat.ts'
import type { BrokerRegistrationCommand, RegistrationReply } from '../controller/brokers/broker-registration.ts'
import type { Controller, ControllerError } from '../controller/controller.ts'
import type { NodeController } from '../controller/node-controller.ts'
import { NotControllerError } from '../controller/not-controller-error.ts'
import type { AlterPartitionCommand } from '../controller/partitions/alter-partition.ts'
import type { AssignReplicasCommand, AssignReplicasReply } from '../controller/partitions/assign-replicas.ts'
import type { ControllerRegistration } from '../metadata/image.ts'
import type { QuorumView } from '../raft/quorum-description.ts'
import type { Logger } from '../telemetry/logger.ts'
import { ControllerChannel } from './controller-channel.ts'
import { ControllerOutage } from './controller-outage.ts'
import { askAlterPartition, type ToldPartitions } from './requests/alter-partition.ts'
import { askAssignReplicas } from './requests/assign-replicas.ts'
import { askBrokerHeartbeat, type ToldHeartbeat } from './requests/broker-heartbeat.ts'
import { askBrokerRegistration } from './requests/broker-registration.ts'
import { askControllerRegistration } from './requests/controller-registration.ts'
import { askProducerIds, type ProducerIdsReply } from './requests/producer-ids.ts'

/** The controller of this process, active or not. */
export type LocalController = Pick<Controller, 'createTopics' | 'allocateProducerIds'> & { readonly brokers: NodeController }

export interface ActiveControllerOptions {
  readonly nodeId: number
  readonly quorum: Pick<QuorumView, 'leader' | 'onLeaderChange'>
  /** null without the controller role. */
  readonly local: LocalController | null
  /** As whom this node asks. */
  readonly principal: string
  /** controller.socket.timeout.ms */
  readonly requestTimeoutMs: number
  /** broker.session.timeout.ms */
  readonly sessionTimeoutMs: number
  readonly network: Network
  readonly timers: Timers
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly logger: Logger
}

/** Of what clients asked for and of directories. Source: kafka.server.BrokerServer. */
const CALL_TIMEOUT_MS = 60_000

/**
 * The active controller as this node asks it, wherever it is. Each kind of request has its own channel, as in Kafka: a heartbeat
 * waits for no topic that is being made. Answers and rejections as of `ControllerChannel`.
 */
export class ActiveController implements AsyncDisposable {
  /** Of requests that clients made. */
  readonly forwarding: ControllerChannel
  /** Of those that make, grow or delete topics: their answers wait for other brokers, and the next request for the answer. */
  readonly topics: ControllerChannel
  readonly #heartbeats: ControllerChannel
  readonly #isr: ControllerChannel
  readonly #directories: ControllerChannel
  readonly #options: ActiveControllerOptions

  constructor(options: ActiveControllerOptions) {
    this.#options = options
    const outage = new ControllerOutage(options)
    const channel = (purpose: string, callTimeoutMs?: number) =>
      new ControllerChannel({ ...options, outage, clientId: `${options.nodeId}-${purpose}`, ...(callTimeoutMs === undefined ? {} : { callTimeoutMs }) })
    this.forwarding = channel('forwarding', CALL_TIMEOUT_MS)
    this.topics = channel('topics', CALL_TIMEOUT_MS)
    this.#heartbeats = channel('heartbeat', options.sessionTimeoutMs / 2)
    this.#isr = channel('alter-partition')
    this.#directories = channel('directory-assignments', CALL_TIMEOUT_MS)
  }

  /** Whether the active controller is in this process, as far as this node knows. */
  get isHere(): boolean {
    return this.#heartbeats.isHere
  }

  /**
   * Calls `listener` when another node leads the quorum than before.
   * @returns ends the calls
   */
  onLeader(listener: () => void): () => void {
    return this.#options.quorum.onLeaderChange((leader) => {
      if (leader !== null) listener()
    })
  }

  registerBroker(command: BrokerRegistrationCommand): Promise<RegistrationReply> {
    return this.#heartbeats.call({
      what: 'the registration of the broker',
      here: () => this.#here().brokers.registerBroker(command, 'this process'),
      there: (peer) => askBrokerRegistration(peer, command),
    })
  }

  brokerHeartbeat(command: HeartbeatCommand): Promise<ToldHeartbeat> {
    return this.#heartbeats.call({
      what: 'a heartbeat',
      here: () => this.#here().brokers.brokerHeartbeat(command),
      there: (peer) => askBrokerHeartbeat(peer, command),
    })
  }

  assignReplicas(command: AssignReplicasCommand): Promise<AssignReplicasReply> {
    return this.#directories.call({
      what: 'an assignment of replicas to directories',
      here: () => this.#here().brokers.assignReplicas(command),
      there: (peer) => askAssignReplicas(peer, command),
    })
  }

  alterPartition(command: AlterPartitionCommand): Promise<ToldPartitions> {
    return this.#isr.call({
      what: 'a change of in-sync replicas',
      here: () => this.#here().brokers.alterPartition(command),
      there: (peer) => askAlterPartition(peer, command),
    })
  }

  allocateProducerIds(broker: { readonly brokerId: number; readonly brokerEpoch: number }): Promise<ProducerIdsReply> {
    const { principal } = this.#options
    return this.forwarding.call({
      what: 'a block of producer ids',
      here: () => this.#here().allocateProducerIds({ principal }, broker.brokerId, broker.brokerEpoch),
      there: (peer: PeerClient) => askProducerIds(peer, broker),
    })
  }

  registerController(registration: ControllerRegistration): Promise<ControllerError> {
    return this.#heartbeats.call({
      what: 'the registration of the controller',
      here: () => this.#here().brokers.registerController(registration),
      there: (peer) => askControllerRegistration(peer, registration),
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const channel of [this.forwarding, this.topics, this.#heartbeats, this.#isr, this.#directories]) await channel[Symbol.asyncDispose]()
  }

  #here(): LocalController {
    const { local } = this.#options
    if (local === null) throw new NotControllerError('this node leads the quorum and has no controller')
    return local
  }
}
