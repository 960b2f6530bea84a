import type { Clock, Timers } from '../../base/ports.ts'
import type { ControllerRegistration, MetadataImage } from '../../metadata/image.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { registerController } from '../cluster/register-controller.ts'
import type { ControllerError } from '../controller.ts'
import { isFailure } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import type { BrokerOrigin, NodeConnection, NodeController } from '../node-controller.ts'
import { type AlterPartitionCommand, type AlterPartitionReply, alterPartition } from '../partitions/alter-partition.ts'
import { type AssignReplicasCommand, type AssignReplicasReply, assignReplicas } from '../partitions/assign-replicas.ts'
import { type BrokerIncarnation, fenceSilentBroker } from './broker-fencing.ts'
import { brokerHeartbeat, type HeartbeatCommand, type HeartbeatReply } from './broker-heartbeat.ts'
import { type BrokerRegistrationCommand, type RegistrationReply, registerBroker } from './broker-registration.ts'
import { BrokerSessions } from './broker-sessions.ts'
import { CatchUp } from './catch-up.ts'
import { ConnectionWatch } from './connection-watch.ts'
import { SessionWatch } from './session-watch.ts'

export interface BrokerControlOptions {
  readonly clusterId: string
  /** broker.session.timeout.ms */
  readonly sessionTimeoutMs: number
  readonly rules: ControllerRules
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly timers: Pick<Timers, 'schedule'>
  readonly logger: Logger
  /** [odradek.broker.connection.grace.ms]: how long a broker without a connection serves on; -1: until its session ends. */
  readonly connectionGraceMs: number
  /** The last metadata record that this node has applied. */
  readonly appliedOffset: () => number
  /** See `BrokerSessionsOptions`. */
  readonly knownOffsetOf: (nodeId: number) => number
  /** After what was written last; null while this node is not the active controller. */
  readonly state: () => ControllerState | null
  /** Decides and writes in one turn; rejects as `Controller` does. */
  readonly write: <Reply>(decide: (state: ControllerState, nextOffset: number) => Decision<Reply>) => Promise<Reply>
  /** A broken invariant outside of any request. */
  readonly onFailure: (error: Error) => void
}

/**
 * The active controller's dealings with brokers: what they ask, who of them is alive, and that who is not is fenced.
 * What is decided goes through `write`; the sessions are soft state of one leadership, changed in the turn of the decision.
 */
export class BrokerControl implements NodeController {
  readonly #options: BrokerControlOptions
  readonly #sessions: BrokerSessions
  readonly #watch: SessionWatch
  readonly #connections: ConnectionWatch
  readonly #catchUp: CatchUp

  constructor(options: BrokerControlOptions) {
    const { sessionTimeoutMs, connectionGraceMs, clock, timers, logger, appliedOffset, knownOffsetOf, onFailure } = options
    const monotonicMs = () => clock.monotonicMs()
    this.#options = options
    this.#sessions = new BrokerSessions({ timeoutMs: sessionTimeoutMs, connectionGraceMs, monotonicMs, appliedOffset, knownOffsetOf })
    this.#watch = new SessionWatch({ sessions: this.#sessions, timers, logger, fence: (broker) => this.#fence(broker), onFailure })
    this.#connections = new ConnectionWatch((brokerId, connectionId) => {
      if (this.#sessions.connectionClosed(brokerId, connectionId)) this.#lost()
    })
    this.#catchUp = new CatchUp({ behind: (offset) => this.#behind(offset), clock, timers })
  }

  /** A leadership begins with the state of `image`. */
  begin(image: MetadataImage): void {
    this.#watch.stop()
    this.#connections.unwatchAll()
    this.#sessions.begin(image)
    this.#watch.watch()
  }

  /** The leadership is over: nobody is watched, whatever of it is still under way. */
  end(): void {
    this.#watch.stop()
    this.#connections.unwatchAll()
    this.#sessions.end()
    this.#catchUp.end()
  }

  /**
   * Resolves when all brokers that serve know what the record at `offset` says, or `maxMs` have passed, or the leadership is
   * over. See `CatchUp`.
   */
  caughtUpTo(offset: number, maxMs: number): Promise<void> {
    return this.#catchUp.reached(offset, maxMs)
  }

  registerBroker(command: BrokerRegistrationCommand, origin: BrokerOrigin): Promise<RegistrationReply> {
    const { clusterId, rules } = this.#options
    const isOwn = origin === 'this process'
    return this.#write((state, nextOffset) => {
      const hasLiveSession = !isOwn && this.#sessions.isLive(command.brokerId)
      const decision = registerBroker(state, command, { clusterId, nextOffset, hasLiveSession }, rules)
      const { brokerEpoch } = decision.reply
      const offset = nextOffset + decision.records.length - 1
      if (!isFailure(decision.reply)) this.#sessions.registered({ brokerId: command.brokerId, brokerEpoch }, offset, isOwn)
      return decision
    })
  }

  /** That a broker is alive counts at once, whatever waits to be written. */
  brokerHeartbeat(command: HeartbeatCommand, connection?: NodeConnection): Promise<HeartbeatReply> {
    const { brokerId } = command
    if (this.#sessions.heard(command, connection ?? null) && connection !== undefined) this.#connections.watch(brokerId, connection)
    this.#watch.watch()
    this.#catchUp.check()
    return this.#write((state, nextOffset) => {
      const decision = brokerHeartbeat(state, command, this.#sessions.standingOf(state.image, command.brokerId), this.#options.rules)
      if (isFailure(decision.reply)) return decision
      const decidedOffset = nextOffset + decision.records.length - 1
      this.#sessions.reported(command.brokerId, {
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
    this.#connections.unwatch(brokerId)
    this.#sessions.unregistered(brokerId)
    this.#catchUp.check()
  }

  /** The node of this number is not there: its machine answered, and refused the connection. */
  unreachable(nodeId: number): void {
    if (this.#sessions.unreachable(nodeId)) this.#lost()
  }

  #lost(): void {
    this.#watch.watchSooner()
  }

  /** What is decided of a broker may move leaders, and end that it is waited for. */
  async #write<Reply>(decide: (state: ControllerState, nextOffset: number) => Decision<Reply>): Promise<Reply> {
    const reply = await this.#options.write((state, nextOffset) => {
      const decision = decide(state, nextOffset)
      const last = decision.records.findLastIndex(({ type }) => type === 'PartitionChangeRecord')
      if (last >= 0) this.#catchUp.leadersMoved(nextOffset + last)
      return decision
    })
    this.#catchUp.check()
    return reply
  }

  #behind(offset: number): ReturnType<BrokerSessions['behind']> {
    const state = this.#options.state()
    return state === null ? [] : this.#sessions.behind(state.image, offset)
  }

  async #fence(broker: BrokerIncarnation): Promise<void> {
    const isLost = this.#sessions.isLost(broker.brokerId)
    const isFenced = await this.#write((state) => {
      const decision = fenceSilentBroker(state, broker, this.#options.rules)
      this.#sessions.ended(broker.brokerId)
      return decision
    })
    const why = isLost ? 'its connection closed, and it did not come back' : 'it sent no heartbeat for the time of its session'
    if (isFenced) this.#options.logger.warn(`broker is fenced: ${why}`, { ...broker })
  }
}
