import type { Uuid } from '../../protocol/uuid.ts'
import type { ConfigChange } from '../config/changes/config-operation.ts'

/** Who asks. */
export interface ControllerRequestContext {
  readonly principal: string
  /** How long the client waits for the decision; without end when absent. */
  readonly timeoutMs?: number
  /** Of a request that a client made; a broker passes it on to the active controller. */
  readonly client?: RequestingClient
}

export interface RequestingClient {
  readonly clientId: string
  readonly correlationId: number
  /** From which it came, as text. */
  readonly address: string
}

/** An error code of the protocol with its message; `errorCode` 0 is success, with a null message. */
export interface ControllerError {
  readonly errorCode: number
  readonly errorMessage: string | null
}

export interface TopicToCreate {
  readonly name: string
  /** -1 takes the cluster's default. */
  readonly partitionCount: number
  /** -1 takes the cluster's default. */
  readonly replicationFactor: number
  /** Replicas by partition; empty lets the controller place them. */
  readonly assignments: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[]
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

export interface CreateTopicsCommand {
  readonly topics: readonly TopicToCreate[]
  readonly validateOnly: boolean
}

export interface CreatedTopic extends ControllerError {
  readonly name: string
  /** The zero id on failure. */
  readonly topicId: Uuid
  /** -1 on failure. */
  readonly partitionCount: number
  /** -1 on failure. */
  readonly replicationFactor: number
  /** What is in force for the topic, all settings; null on failure. */
  readonly configs: readonly TopicConfigEntry[] | null
}

export interface TopicConfigEntry {
  readonly name: string
  /** null hides a sensitive value. */
  readonly value: string | null
  readonly readOnly: boolean
  /** Kafka's DescribeConfigsResponse.ConfigSource: 1 topic, 2 broker, 3 broker default, 4 static, 5 default. */
  readonly source: number
  readonly isSensitive: boolean
}

export interface DeletedTopic extends ControllerError {
  /** null when the id is not known. */
  readonly name: string | null
  readonly id: Uuid
}

export interface PartitionsToCreate {
  readonly topic: string
  /** The new total. */
  readonly totalCount: number
  /** Replicas of each new partition; null lets the controller place them. */
  readonly assignments: readonly (readonly number[])[] | null
}

export interface CreatedPartitions extends ControllerError {
  readonly topic: string
}

export interface ProducerIdBlock {
  readonly firstProducerId: number
  readonly count: number
}

/** What has settings; `type` as in `ConfigResourceType`, the name '' stands for all brokers. */
export interface ConfigResource {
  readonly type: number
  readonly name: string
}

/** To one resource: some settings change, or `values` are all that it has from now on. */
export type ConfigEdit = ConfigResource &
  ({ readonly kind: 'change'; readonly changes: readonly ConfigChange[] } | { readonly kind: 'replace'; readonly values: ReadonlyMap<string, string> })

export interface AlterConfigsCommand {
  /** Each resource once. */
  readonly edits: readonly ConfigEdit[]
  readonly validateOnly: boolean
}

/**
 * The active controller as the rest of the node calls it. Answers arrive when what was decided is committed and applied by
 * this node's publishers: a created topic is served, a deleted one is gone. A request never rejects for what it asks; it
 * rejects with `NotControllerError` when this node lost the leadership before the answer was certain, and with
 * CONTROLLER_TIMEOUT when its time was over or too much waits already (`answerOf` tells what that is for a client).
 */
export interface Controller {
  createTopics(context: ControllerRequestContext, command: CreateTopicsCommand): Promise<readonly CreatedTopic[]>
  /** @param ids each once; the answers are in their order */
  deleteTopics(context: ControllerRequestContext, ids: readonly Uuid[]): Promise<readonly DeletedTopic[]>
  createPartitions(
    context: ControllerRequestContext,
    topics: readonly PartitionsToCreate[],
    options: { readonly validateOnly: boolean },
  ): Promise<readonly CreatedPartitions[]>
  /** The answers are in the order of the edits, each of which is done whole or not at all. Source: KIP-133, KIP-339. */
  alterConfigs(context: ControllerRequestContext, command: AlterConfigsCommand): Promise<readonly ControllerError[]>
  /** A block of ids that no one was given before. Source: KIP-730. */
  allocateProducerIds(
    context: ControllerRequestContext,
    brokerId: number,
    brokerEpoch: number,
  ): Promise<ControllerError & { readonly block: ProducerIdBlock | null }>
}

/** Creates topics that clients or coordinators need and nobody made. */
export interface AutoTopicCreation {
  /** Makes an internal topic with the settings its coordinator needs, if it is missing. NONE when it exists and is served. */
  ensureInternalTopic(name: string): Promise<ControllerError>
  /** Makes the topics with the cluster's defaults; the answers are in the order of `names`. */
  createTopics(names: readonly string[], context: ControllerRequestContext): Promise<readonly CreatedTopic[]>
}
