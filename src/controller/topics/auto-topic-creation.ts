import { ErrorCode } from '../../../protocol/error-codes.ts'
import { METADATA_TOPIC, OFFSETS_TOPIC, SHARE_STATE_TOPIC, TRANSACTION_STATE_TOPIC } from '../../../protocol/internal-topics.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import { replicationOfSetting } from '../../config/settings-replication.ts'
import type { MetadataService } from '../../metadata/metadata-service.ts'
import type { AutoTopicCreation, Controller, ControllerError, ControllerRequestContext, CreatedTopic, TopicToCreate } from '../controller.ts'
import { failure, isFailure, NO_ERROR } from '../controller-error.ts'
import { DEFAULT, failed } from './create-topics.ts'
import { topicNameRefusal } from './topic-names.ts'

export interface TopicCreatorOptions {
  readonly config: NodeConfig
  readonly controller: Pick<Controller, 'createTopics'>
  readonly metadata: MetadataService
  /** As whom topics are made that no client asked for: the node itself. */
  readonly nodePrincipal: string
}

/**
 * Makes topics that were asked for and not there. Requests for a topic that is being made wait for that one attempt.
 * The topics of coordinators get the settings that those need. Source: DefaultAutoTopicCreationManager; KIP-361.
 */
export class TopicCreator implements AutoTopicCreation {
  readonly #options: TopicCreatorOptions
  /** By name; as many as there are requests under way. */
  readonly #underWay = new Map<string, Promise<CreatedTopic>>()

  constructor(options: TopicCreatorOptions) {
    this.#options = options
  }

  async ensureInternalTopic(name: string): Promise<ControllerError> {
    if (this.#options.metadata.image().topics.byName.has(name)) return NO_ERROR
    const created = await this.#create(name, { principal: this.#options.nodePrincipal })
    const isThere = !isFailure(created) || created.errorCode === ErrorCode.TOPIC_ALREADY_EXISTS
    return isThere ? NO_ERROR : { errorCode: created.errorCode, errorMessage: created.errorMessage }
  }

  createTopics(names: readonly string[], context: ControllerRequestContext): Promise<readonly CreatedTopic[]> {
    return Promise.all(names.map((name) => this.#create(name, context)))
  }

  #create(name: string, context: ControllerRequestContext): Promise<CreatedTopic> {
    const refusal = refusalOf(name)
    if (refusal !== null) return Promise.resolve(failed({ name }, refusal))
    const known = this.#underWay.get(name)
    if (known !== undefined) return known
    const attempt = this.#ask(name, context).finally(() => this.#underWay.delete(name))
    this.#underWay.set(name, attempt)
    return attempt
  }

  async #ask(name: string, context: ControllerRequestContext): Promise<CreatedTopic> {
    const topic = creatableTopic(name, this.#options)
    const [created] = await this.#options.controller.createTopics(context, { topics: [topic], validateOnly: false })
    return created as CreatedTopic
  }
}

/** The metadata log is named like a topic and lies among the partitions' directories: a topic of that name would write into it. */
function refusalOf(name: string): ControllerError | null {
  if (name === METADATA_TOPIC) return failure(ErrorCode.INVALID_REQUEST, `Creation of internal topic ${METADATA_TOPIC} is prohibited.`)
  const invalid = topicNameRefusal(name)
  return invalid === null ? null : failure(ErrorCode.INVALID_TOPIC_EXCEPTION, invalid)
}

function creatableTopic(name: string, { config, metadata }: Pick<TopicCreatorOptions, 'config' | 'metadata'>): TopicToCreate {
  const replication = (wanted: number) => replicationOfSetting(config, wanted, metadata.image().cluster.brokers.size)
  switch (name) {
    case OFFSETS_TOPIC:
      return internalTopic(name, config.get('offsets.topic.num.partitions'), replication(config.get('offsets.topic.replication.factor')), {
        'cleanup.policy': 'compact',
        'compression.type': 'producer',
        'segment.bytes': String(config.get('offsets.topic.segment.bytes')),
      })
    case TRANSACTION_STATE_TOPIC:
      return internalTopic(name, config.get('transaction.state.log.num.partitions'), replication(config.get('transaction.state.log.replication.factor')), {
        'cleanup.policy': 'compact',
        'compression.type': 'uncompressed',
        'min.insync.replicas': String(config.get('transaction.state.log.min.isr')),
        'segment.bytes': String(config.get('transaction.state.log.segment.bytes')),
        'unclean.leader.election.enable': 'false',
      })
    case SHARE_STATE_TOPIC:
      return internalTopic(
        name,
        config.get('share.coordinator.state.topic.num.partitions'),
        replication(config.get('share.coordinator.state.topic.replication.factor')),
        {
          'cleanup.policy': 'delete',
          'compression.type': 'producer',
          'min.insync.replicas': String(config.get('share.coordinator.state.topic.min.isr')),
          'retention.ms': '-1',
          'segment.bytes': String(config.get('share.coordinator.state.topic.segment.bytes')),
        },
      )
    default:
      return ownTopic(name, config, replication)
  }
}

/** What the broker was given itself stands; the rest is the controller's to choose. */
function ownTopic(name: string, config: NodeConfig, replication: (wanted: number) => number): TopicToCreate {
  const partitionCount = config.isGiven('num.partitions') ? config.get('num.partitions') : DEFAULT
  const replicationFactor = config.isGiven('default.replication.factor') ? replication(config.get('default.replication.factor')) : DEFAULT
  return { name, partitionCount, replicationFactor, assignments: [], configs: [] }
}

function internalTopic(name: string, partitionCount: number, replicationFactor: number, configs: Readonly<Record<string, string>>): TopicToCreate {
  return { name, partitionCount, replicationFactor, assignments: [], configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })) }
}
