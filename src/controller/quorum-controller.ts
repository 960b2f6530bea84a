import type { Uuid } from '../../protocol/uuid.ts'
import { type Deferred, deferred } from '../base/deferred.ts'
import { levelOf } from '../metadata/bootstrap-records.ts'
import { METADATA_VERSION, recordLevels } from '../metadata/features.ts'
import { controllerRecord } from '../metadata/image-records.ts'
import type { MetadataRecord } from '../metadata/metadata-record.ts'
import { activationRecords } from './activation.ts'
import { BrokerControl } from './brokers/broker-control.ts'
import { allocateProducerIds } from './cluster/producer-ids.ts'
import { unregisterBroker } from './cluster/unregister-broker.ts'
import { updateFeatures } from './cluster/update-features.ts'
import type {
  ClusterController,
  ElectLeadersCommand,
  ElectLeadersReply,
  ReassignPartitionsCommand,
  TopicResult,
  UpdateFeaturesCommand,
} from './cluster-controller.ts'
import { alterConfigs } from './configs/alter-configs.ts'
import type {
  AlterConfigsCommand,
  Controller,
  ControllerError,
  ControllerRequestContext,
  CreatedPartitions,
  CreatedTopic,
  CreateTopicsCommand,
  DeletedTopic,
  PartitionsToCreate,
  ProducerIdBlock,
} from './controller.ts'
import { isFailure } from './controller-error.ts'
import { type ControllerState, replayed, stateOf } from './controller-state.ts'
import type { Decision } from './decision.ts'
import { Leadership } from './leadership.ts'
import { NotControllerError } from './not-controller-error.ts'
import { balanceLeaders, electUncleanLeaders } from './partitions/balance-leaders.ts'
import { electLeaders } from './partitions/elect-leaders.ts'
import { reassignPartitions } from './partitions/reassign-partitions.ts'
import { type PeriodicTask, PeriodicTasks } from './periodic-tasks.ts'
import type { QuorumControllerOptions } from './quorum-controller-options.ts'
import { checkDeadline, timedOut } from './rejection.ts'
import { createPartitions } from './topics/create-partitions.ts'
import { createTopics } from './topics/create-topics.ts'
import { deleteTopics } from './topics/delete-topics.ts'

/** On the state after all that was written; `nextOffset` is that of the first record decided on. */
type Decide<Reply> = (state: ControllerState, nextOffset: number) => Decision<Reply>

const EMPTY_RECORD: Decision<{ readonly hasMore: boolean }> = { records: [{ type: 'NoOpRecord', version: 0, data: {} }], reply: { hasMore: false } }

/**
 * The active controller: takes requests one by one, decides on its state, appends the records, replays them at once and
 * answers when they are committed and this node has applied them.
 *
 * The state is kept from the moment this node leads until it does not: a new leader begins with what is committed, so
 * whatever was decided and not committed is gone with the leadership.
 */
export class QuorumController implements Controller, ClusterController {
  /** What brokers and other controllers ask. */
  readonly brokers: BrokerControl
  readonly #options: QuorumControllerOptions
  readonly #tasks: PeriodicTasks
  #leadership: Leadership | null = null
  #active: Deferred<void>
  /** Of the last record that made or removed topics or partitions while this node was the active controller. */
  #topicsOffset = -1

  constructor(options: QuorumControllerOptions) {
    this.#options = options
    this.brokers = new BrokerControl({
      ...options,
      appliedOffset: () => options.metadata.image().provenance.offset,
      knownOffsetOf: (nodeId) => options.log.knownOffsetOf(nodeId),
      state: () => this.#leadership?.state ?? null,
      write: (decide) => this.#write(decide),
    })
    this.#tasks = new PeriodicTasks(this.#periodicTasks(), options)
    this.#active = unawaited()
  }

  /** Resolves when this controller is active and its first records are committed. */
  active(): Promise<void> {
    return this.#active.promise
  }

  get isActive(): boolean {
    return this.#leadership !== null
  }

  /** @param offset the last one of the records that opened the epoch: all up to it was handed to `metadata` */
  handleLeading(epoch: number, offset: number): void {
    // That of this time: a later one may have begun when this activation ends.
    const active = this.#active
    this.#activate(epoch, offset).then(active.resolve, (error: unknown) => {
      active.reject(error)
      if (!(error instanceof NotControllerError)) this.#options.onFailure(error as Error)
    })
  }

  handleStepDown(): void {
    if (this.#leadership !== null) this.#options.logger.info('controller is no longer active', { epoch: this.#leadership.epoch })
    this.#leadership?.end()
    this.#leadership = null
    this.#tasks.stop()
    this.brokers.end()
    this.#active.reject(new NotControllerError('the controller resigned'))
    this.#active = unawaited()
  }

  createTopics(context: ControllerRequestContext, command: CreateTopicsCommand): Promise<readonly CreatedTopic[]> {
    return this.#writeTopics(context, (state) => createTopics(state, command, this.#options.rules))
  }

  deleteTopics(context: ControllerRequestContext, ids: readonly Uuid[]): Promise<readonly DeletedTopic[]> {
    return this.#writeTopics(context, (state) => deleteTopics(state, ids))
  }

  createPartitions(
    context: ControllerRequestContext,
    topics: readonly PartitionsToCreate[],
    options: { readonly validateOnly: boolean },
  ): Promise<readonly CreatedPartitions[]> {
    return this.#writeTopics(context, (state) => createPartitions(state, topics, options, this.#options.rules))
  }

  alterConfigs(context: ControllerRequestContext, command: AlterConfigsCommand): Promise<readonly ControllerError[]> {
    return this.#writeFor(context, (state) => alterConfigs(state, command, this.#options.rules))
  }

  allocateProducerIds(
    context: ControllerRequestContext,
    brokerId: number,
    brokerEpoch: number,
  ): Promise<ControllerError & { readonly block: ProducerIdBlock | null }> {
    return this.#writeFor(context, (state) => allocateProducerIds(state, brokerId, brokerEpoch))
  }

  electLeaders(context: ControllerRequestContext, command: ElectLeadersCommand): Promise<ElectLeadersReply> {
    return this.#writeFor(context, (state) => electLeaders(state, command, this.#options.rules))
  }

  reassignPartitions(context: ControllerRequestContext, command: ReassignPartitionsCommand): Promise<readonly TopicResult[]> {
    return this.#writeFor(context, (state) => reassignPartitions(state, command, this.#options.rules))
  }

  updateFeatures(context: ControllerRequestContext, command: UpdateFeaturesCommand): Promise<ControllerError> {
    const { registration, rules, log } = this.#options
    return this.#writeFor(context, (state) => {
      const level = { nodeId: registration.id, kraftVersion: log.kraftVersion, votersSupport: (version: number) => log.votersSupport(version) }
      const { kraftVersion, ...decision } = updateFeatures(state, command, level, rules)
      if (kraftVersion !== null) log.upgradeKraftVersion(log.epoch, kraftVersion)
      const metadataVersion = levelOf(decision.records, METADATA_VERSION)
      const isRegistered = state.image.cluster.controllers.has(registration.id)
      return isRegistered || metadataVersion === 0 ? decision : { ...decision, records: [...decision.records, ...this.#registrationAt(metadataVersion)] }
    })
  }

  unregisterBroker(context: ControllerRequestContext, brokerId: number): Promise<ControllerError> {
    return this.#writeFor(context, (state) => {
      const decision = unregisterBroker(state, brokerId, this.#options.rules)
      if (!isFailure(decision.reply)) this.brokers.unregistered(brokerId)
      return decision
    })
  }

  async #activate(epoch: number, offset: number): Promise<void> {
    const { metadata, log, rules, bootstrapRecords } = this.#options
    await metadata.caughtUp()
    if (!log.isLeader || log.epoch !== epoch) throw new NotControllerError(`the leadership of epoch ${epoch} ended before the controller was active`)
    const leadership = new Leadership(epoch, stateOf(metadata.image()))
    this.#leadership = leadership
    this.#topicsOffset = -1
    this.brokers.begin(metadata.image())
    const { hasOpenTransaction } = metadata
    await this.#writeIn(leadership, (state) => ({ records: activationRecords(state, { bootstrapRecords, hasOpenTransaction }, rules), reply: undefined }))
    await this.#writeIn(leadership, ({ image }) => ({ records: this.#registrationAt(image.features.metadataVersion), reply: undefined }))
    this.#options.logger.info('controller is active', { epoch, openedAt: offset, offset: log.logEndOffset })
    this.#tasks.start()
  }

  /** Controllers register from a level of `metadata.version` on (KIP-919). */
  #registrationAt(metadataVersion: number): readonly MetadataRecord[] {
    return recordLevels(metadataVersion).controllerRegistration ? [controllerRecord(this.#options.registration)] : []
  }

  /** Topics and partitions come and go: the answer waits for the other brokers, too, as long as the request has time. */
  async #writeTopics<Reply>(context: ControllerRequestContext, decide: (state: ControllerState) => Decision<Reply>): Promise<Reply> {
    const { clock } = this.#options
    const startMs = clock.monotonicMs()
    const reply = await this.#writeFor(context, (state, nextOffset) => {
      const decision = decide(state)
      if (decision.records.length > 0) this.#topicsOffset = nextOffset + decision.records.length - 1
      return decision
    })
    const { timeoutMs = Number.POSITIVE_INFINITY } = context
    // Also where nothing was to be done: perhaps another request has just done it.
    await this.brokers.caughtUpTo(this.#topicsOffset, startMs + timeoutMs - clock.monotonicMs())
    return reply
  }

  async #writeFor<Reply>(context: ControllerRequestContext, decide: Decide<Reply>): Promise<Reply> {
    checkDeadline(context)
    return this.#write(decide)
  }

  /** Errors: `NotControllerError`; CONTROLLER_TIMEOUT when too much waits for its commit already. */
  async #write<Reply>(decide: Decide<Reply>): Promise<Reply> {
    if (this.#leadership === null) throw new NotControllerError('this node is not the active controller')
    return this.#writeIn(this.#leadership, decide)
  }

  /** Decides and appends in one turn, so that nothing comes between. A decision without records waits for what it was decided on. */
  async #writeIn<Reply>(leadership: Leadership, decide: Decide<Reply>): Promise<Reply> {
    const { log, metadata } = this.#options
    if (leadership.isOver || !log.isLeader) throw new NotControllerError('this node is not the active controller any longer')
    if (log.isBusy) throw timedOut('too many changes wait for their commit')
    const { records, reply } = decide(leadership.state, log.logEndOffset)
    await leadership.during(records.length > 0 ? this.#append(leadership, records) : metadata.applied(leadership.state.image.provenance.offset))
    this.#shareImage(leadership)
    return reply
  }

  async #append(leadership: Leadership, records: readonly MetadataRecord[]): Promise<void> {
    const { log, metadata, clock } = this.#options
    const lastOffset = log.logEndOffset + records.length - 1
    // First, so that records which do not fit the state are never written.
    const next = replayed(leadership.state, records, { lastOffset, epoch: leadership.epoch, nowMs: clock.nowMs() })
    const { committed } = log.append(leadership.epoch, records)
    leadership.state = next
    await committed
    await metadata.applied(lastOffset)
  }

  /** When nothing is on its way the applied image is the state: keeping the one object halves the memory. */
  #shareImage(leadership: Leadership): void {
    const applied = this.#options.metadata.image()
    const { state } = leadership
    if (applied.provenance.offset === state.image.provenance.offset) leadership.state = { ...state, image: applied }
  }

  #periodicTasks(): readonly PeriodicTask[] {
    const { maxIdleIntervalMs, leaderBalanceIntervalMs, uncleanElectionIntervalMs, rules } = this.#options
    const writes = async (decide: (state: ControllerState) => Decision<{ readonly hasMore: boolean }>) => (await this.#write(decide)).hasMore
    const tasks: readonly (PeriodicTask | null)[] = [
      maxIdleIntervalMs <= 0 ? null : { name: 'an empty record', everyMs: maxIdleIntervalMs, run: () => writes(() => EMPTY_RECORD) },
      leaderBalanceIntervalMs === null
        ? null
        : { name: 'preferred leaders', everyMs: leaderBalanceIntervalMs, run: () => writes((state) => balanceLeaders(state, rules)) },
      { name: 'unclean leaders', everyMs: uncleanElectionIntervalMs, run: () => writes((state) => electUncleanLeaders(state, rules)) },
    ]
    return tasks.filter((task) => task !== null)
  }
}

/** Nobody need be waiting when it is rejected. */
function unawaited(): Deferred<void> {
  const promise = deferred<void>()
  promise.promise.catch(() => undefined)
  return promise
}
