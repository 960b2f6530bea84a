import type { Uuid } from '../../../protocol/uuid.ts'
import { allocateProducerIds } from '../../../src/controller/cluster/producer-ids.ts'
import { unregisterBroker } from '../../../src/controller/cluster/unregister-broker.ts'
import { updateFeatures } from '../../../src/controller/cluster/update-features.ts'
import type { ClusterController, ElectLeadersCommand, ReassignPartitionsCommand, UpdateFeaturesCommand } from '../../../src/controller/cluster-controller.ts'
import { alterConfigs } from '../../../src/controller/configs/alter-configs.ts'
import type { AlterConfigsCommand, Controller, ControllerRequestContext, CreateTopicsCommand, PartitionsToCreate } from '../../../src/controller/controller.ts'
import type { ControllerState } from '../../../src/controller/controller-state.ts'
import type { Decision } from '../../../src/controller/decision.ts'
import { electLeaders } from '../../../src/controller/partitions/elect-leaders.ts'
import { reassignPartitions } from '../../../src/controller/partitions/reassign-partitions.ts'
import { checkDeadline } from '../../../src/controller/rejection.ts'
import { createPartitions } from '../../../src/controller/topics/create-partitions.ts'
import { createTopics } from '../../../src/controller/topics/create-topics.ts'
import { deleteTopics } from '../../../src/controller/topics/delete-topics.ts'
import type { MetadataImage } from '../../../src/metadata/image.ts'
import type { MetadataService } from '../../../src/metadata/metadata-service.ts'
import { rules, stateAfter } from './cluster.ts'

/** The controller's decisions without a log: what is decided is there at once. */
export class LocalController implements Controller, ClusterController, MetadataService {
  #state: ControllerState
  readonly #rules = rules()
  /** When set, every request is answered with this rejection. */
  failure: Error | null = null

  constructor(state: ControllerState) {
    this.#state = state
  }

  image(): MetadataImage {
    return this.#state.image
  }

  createTopics(context: ControllerRequestContext, command: CreateTopicsCommand) {
    return this.#apply(context, (state) => createTopics(state, command, this.#rules))
  }

  deleteTopics(context: ControllerRequestContext, ids: readonly Uuid[]) {
    return this.#apply(context, (state) => deleteTopics(state, ids))
  }

  createPartitions(context: ControllerRequestContext, topics: readonly PartitionsToCreate[], options: { readonly validateOnly: boolean }) {
    return this.#apply(context, (state) => createPartitions(state, topics, options, this.#rules))
  }

  alterConfigs(context: ControllerRequestContext, command: AlterConfigsCommand) {
    return this.#apply(context, (state) => alterConfigs(state, command, this.#rules))
  }

  allocateProducerIds(context: ControllerRequestContext, brokerId: number, brokerEpoch: number) {
    return this.#apply(context, (state) => allocateProducerIds(state, brokerId, brokerEpoch))
  }

  electLeaders(context: ControllerRequestContext, command: ElectLeadersCommand) {
    return this.#apply(context, (state) => electLeaders(state, command, this.#rules))
  }

  reassignPartitions(context: ControllerRequestContext, command: ReassignPartitionsCommand) {
    return this.#apply(context, (state) => reassignPartitions(state, command, this.#rules))
  }

  updateFeatures(context: ControllerRequestContext, command: UpdateFeaturesCommand) {
    return this.#apply(context, (state) => updateFeatures(state, command, { nodeId: 1, kraftVersion: 1, votersSupport: () => true }, this.#rules))
  }

  unregisterBroker(context: ControllerRequestContext, brokerId: number) {
    return this.#apply(context, (state) => unregisterBroker(state, brokerId, this.#rules))
  }

  async #apply<Reply>(context: ControllerRequestContext, decide: (state: ControllerState) => Decision<Reply>): Promise<Reply> {
    checkDeadline(context)
    if (this.failure !== null) throw this.failure
    const { records, reply } = decide(this.#state)
    this.#state = stateAfter(this.#state, records)
    return reply
  }
}
