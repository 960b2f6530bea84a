import type { Clock, Timers } from '../../base/ports.ts'
import type { ControllerRegistration, MetadataImage } from '../../metadata/image.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { registerController } from '../cluster/register-controller.ts'
import type { ControllerError } from '../controller.ts'
import { isFailure } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import type { BrokerOrigin, NodeController } from '../node-controller.ts'
import { type AlterPartitionCommand, type AlterPartitionReply, alterPartition } from '../partitions/alter-partition.ts'
import { type AssignReplicasCommand, type AssignReplicasReply, assignReplicas } from '../partitions/assign-replicas.ts'
import { type BrokerIncarnation, fenceSilentBroker } from './broker-fencing.ts'
import { brokerHeartbeat, type HeartbeatCommand, type HeartbeatReply } from './broker-heartbeat.ts'
import { type BrokerRegistrationCommand, type RegistrationReply, registerBroker } from './broker-registration.ts'
import { BrokerSessions } from './broker-sessions.ts'
import { SessionWatch } from './session-watch.ts'

export interface BrokerControlOptions {
  readonly clusterId: string
  /** broker.session.timeout.ms */
  readonly sessionTimeoutMs: number
  readonly rules: ControllerRules
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly timers: Pick<Timers, 'schedule'>
  readonly logger: Logger
  /** The last metadata record that this node has applied. */
  readonly appliedOffset: () => number
  /** Decides and writes in one turn; rejects as `Controller` does. */
  readonly write: <Reply>(decide: (state: ControllerState, nextOffset: number) => Decision<Reply>) => Promise<Reply>
}

/**
 * The active controller's dealings with brokers: what they ask, who of them is alive, and that who is not is fenced.
 * What is decided goes through `write`; the sessions are soft state of one leadership, changed in the turn of the decision.
 */
export class BrokerControl implements NodeController {
  readonly #options: BrokerControlOptions
  readonly #sessions: BrokerSessions
  readonly #watch: SessionWatch

  constructor(options: BrokerControlOptions) {
    const { sessionTimeoutMs, clock, timers, logger, appliedOffset } = options
    this.#options = options
    this.#sessions = new BrokerSessions({ timeoutMs: sessionTimeoutMs, monotonicMs: () => clock.monotonicMs(), appliedOffset })
    this.#watch = new SessionWatch({ sessions: this.#sessions, timers, logger, fence: (broker) => this.#fence(broker) })
  }

  /** A leadership begins with the state of `image`. */
  begin(image: MetadataImage): void {
    this.#watch.stop()
    this.#sessions.begin(image)
    this.#watch.watch()
  }

  /** The leadership is over: nobody is watched, whatever of it is still under way. */
  end(): void {
    this.#watch.stop()
    this.#sessions.end()
  }

  registerBroker(command: BrokerRegistrationCommand, origin: BrokerOrigin): Promise<RegistrationReply> {
    const { clusterId, rules } = this.#options
    const isOwn = origin === 'this process'
    return this.#options.write((state, nextOffset) => {
      const hasLiveSession = !isOwn && this.#sessions.isLive(command.brokerId)
      const decision = registerBroker(state, command, { clusterId, nextOffset, hasLiveSession }, rules)
      const { brokerEpoch } = decision.reply
      const offset = nextOffset + decision.records.length - 1
      if (!isFailure(decision.reply)) this.#sessions.registered({ brokerId: command.brokerId, brokerEpoch }, offset, isOwn)
      return decision
    })
  }

  /** That a broker is alive counts at once, whatever waits to be written. */
  brokerHeartbeat(command: HeartbeatCommand): Promise<HeartbeatReply> {
    this.#sessions.heard(command)
    this.#watch.watch()
    return this.#options.write((state, nextOffset) => {
      const decision = brokerHeartbeat(state, command, this.#sessions.standingOf(state.image, command.brokerId), this.#options.rules)
      if (isFailure(decision.reply)) return decision
      const decidedOffset = nextOffset + decision.records.length - 1
      this.#sessions.reported(command.brokerId, {
        appliedOffset: command.currentMetadataOffset,
        isShuttingDown: decision.reply.isShuttingDown,
        decidedOffset,
      })
      return decision
    })
  }

  assignReplicas(command: AssignReplicasCommand): Promise<AssignReplicasReply> {
    return this.#options.write((state) => assignReplicas(state, command, this.#options.rules))
  }

  alterPartition(command: AlterPartitionCommand): Promise<AlterPartitionReply> {
    return this.#options.write((state) => alterPartition(state, command, this.#options.rules))
  }

  registerController(registration: ControllerRegistration): Promise<ControllerError> {
    return this.#options.write((state) => registerController(state, registration))
  }

  /** The broker is registered no longer. */
  unregistered(brokerId: number): void {
    this.#sessions.unregistered(brokerId)
  }

  async #fence(broker: BrokerIncarnation): Promise<void> {
    const isFenced = await this.#options.write((state) => {
      const decision = fenceSilentBroker(state, broker, this.#options.rules)
      this.#sessions.ended(broker.brokerId)
      return decision
    })
    if (isFenced) this.#options.logger.warn('broker is fenced: it sent no heartbeat for the time of its session', { ...broker })
  }
}
