import { ErrorCode } from '../../protocol/error-codes.ts'
import { isInternalTopic } from '../../protocol/internal-topics.ts'
import { MetadataApi, type MetadataRequest, type MetadataResponse } from '../../protocol/messages/metadata.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import { type Uuid, ZERO_UUID } from '../../protocol/uuid.ts'
import { answerOf } from '../controller/rejection.ts'
import { topicNameRefusal } from '../controller/topics/topic-names.ts'
import { ALL_CLUSTER_OPERATIONS, ALL_TOPIC_OPERATIONS, OPERATIONS_NOT_ASKED } from '../metadata/authorized-operations.ts'
import { aliveBrokersOn, aliveOn, controllerIdForClients, noLeaderError, partitionView } from '../metadata/client-view.ts'
import type { MetadataImage, PartitionImage, TopicImage } from '../metadata/image.ts'
import { defineHandler } from './define-handler.ts'
import type { RequestContext } from './request-context.ts'
import { toldBrokers } from './told-endpoints.ts'

const FIRST_VERSION_WITH_IDS = 12
/** Before it, LEADER_NOT_AVAILABLE stands for a listener that the leader has not. */
const FIRST_VERSION_WITH_LISTENER_ERRORS = 6
const FIRST_VERSION_WITH_TOPIC_OPERATIONS = 8
const LAST_VERSION_WITH_CLUSTER_OPERATIONS = 10

/**
 * Metadata (key 3), versions 0-13. The brokers, and topics with their partitions as clients of this listener reach them.
 * A topic that is not there is made first, where request and `auto.create.topics.enable` allow it.
 * Deviates: Kafka answers UNKNOWN_TOPIC_OR_PARTITION for a topic that it begins to make; here the answer is the topic, served.
 * Source: KIP-4, KIP-361, KIP-430, KIP-516, KIP-700.
 */
export const metadataHandler = defineHandler({
  api: MetadataApi,
  listeners: ['broker'],
  async handle(context, request) {
    const { apiVersion, listenerName, services } = context
    const refusal = refusalOf(request, apiVersion)
    if (refusal !== null) return refuse(request, refusal)
    const topics = await topicsFor(context, request)
    const image = services.metadata.image()
    const asksCluster = request.includeClusterAuthorizedOperations && apiVersion <= LAST_VERSION_WITH_CLUSTER_OPERATIONS
    return {
      brokers: toldBrokers(context, aliveBrokersOn(image, listenerName)).map(({ id, host, port, rack }) => ({ nodeId: id, host, port, rack })),
      clusterId: services.clusterId,
      controllerId: controllerIdForClients(image, (count) => services.random.below(count)),
      topics,
      ...(asksCluster && apiVersion >= FIRST_VERSION_WITH_TOPIC_OPERATIONS ? { clusterAuthorizedOperations: ALL_CLUSTER_OPERATIONS } : {}),
      errorCode: ErrorCode.NONE,
    }
  },
})

type TopicAnswer = Input<typeof MetadataResponse>['topics'][number]

async function topicsFor(context: RequestContext, request: MetadataRequest): Promise<TopicAnswer[]> {
  const { apiVersion, services } = context
  const view = viewOf(context, request)
  if (isAllTopics(request, apiVersion))
    return [...services.metadata.image().topics.byName.values()].map((topic) => describe(services.metadata.image(), topic, view))
  const ids = (request.topics ?? []).map((topic) => topic.topicId).filter((id) => id !== ZERO_UUID)
  if (ids.length > 0) return topicsById(services.metadata.image(), new Set(ids), view)
  const names = new Set((request.topics ?? []).map((topic) => topic.name as string))
  await createMissing(context, request, names)
  const image = services.metadata.image()
  return [...names].map((name) => {
    const topic = image.topics.byName.get(name)
    return topic === undefined ? unknownTopic(name, view) : describe(image, topic, view)
  })
}

interface View {
  readonly listenerName: string
  readonly topicOperations: number
  /** v0 asks for replicas that can be reached, and an error where some cannot. */
  readonly hidesUnavailable: boolean
  readonly listenerErrors: boolean
}

function viewOf({ apiVersion, listenerName }: RequestContext, request: MetadataRequest): View {
  return {
    listenerName,
    topicOperations: request.includeTopicAuthorizedOperations ? ALL_TOPIC_OPERATIONS : OPERATIONS_NOT_ASKED,
    hidesUnavailable: apiVersion === 0,
    listenerErrors: apiVersion >= FIRST_VERSION_WITH_LISTENER_ERRORS,
  }
}

/** A topic that could not be made is left out of the image: the client may ask again. */
async function createMissing(
  { principal, clientId, correlationId, remote, services: { metadata, topicCreation, config } }: RequestContext,
  request: MetadataRequest,
  names: ReadonlySet<string>,
): Promise<void> {
  if (!request.allowAutoTopicCreation || !config.get('auto.create.topics.enable')) return
  const missing = [...names].filter((name) => !metadata.image().topics.byName.has(name))
  if (missing.length > 0) await answerOf(topicCreation.createTopics(missing, { principal, client: { clientId, correlationId, address: remote.host } }))
}

function topicsById(image: MetadataImage, ids: ReadonlySet<Uuid>, view: View): TopicAnswer[] {
  return [...ids].map((id) => {
    const topic = image.topics.byId.get(id)
    if (topic !== undefined) return describe(image, topic, view)
    return { errorCode: ErrorCode.UNKNOWN_TOPIC_ID, name: null, topicId: id, isInternal: false, partitions: [] }
  })
}

function unknownTopic(name: string, view: View): TopicAnswer {
  return {
    errorCode: topicNameRefusal(name) === null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION,
    name,
    topicId: ZERO_UUID,
    isInternal: isInternalTopic(name),
    partitions: [],
    topicAuthorizedOperations: view.topicOperations,
  }
}

function describe(image: MetadataImage, topic: TopicImage, view: View): TopicAnswer {
  return {
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map((partition, partitionIndex) => ({ partitionIndex, ...describePartition(image, partition, view) })),
    topicAuthorizedOperations: view.topicOperations,
  }
}

function describePartition(image: MetadataImage, partition: PartitionImage, view: View) {
  const shown = (ids: readonly number[]) => (view.hidesUnavailable ? aliveOn(image, ids, view.listenerName) : ids)
  const replicaNodes = shown(partition.replicas)
  const isrNodes = shown(partition.isr)
  const { leaderId, leaderEpoch, offlineReplicas } = partitionView(image, partition, view.listenerName)
  const isHidden = replicaNodes.length < partition.replicas.length || isrNodes.length < partition.isr.length
  const available = isHidden ? ErrorCode.REPLICA_NOT_AVAILABLE : ErrorCode.NONE
  const errorCode = leaderId < 0 ? noLeaderError(image, partition, view) : available
  return { errorCode, leaderId, leaderEpoch, replicaNodes, isrNodes, offlineReplicas }
}

function isAllTopics({ topics }: MetadataRequest, apiVersion: number): boolean {
  return topics === null || (apiVersion === 0 && topics.length === 0)
}

/** Before version 12 topics have names and no ids; Kafka fails at a topic that has neither. */
function refusalOf({ topics }: MetadataRequest, apiVersion: number): number | null {
  if (topics === null) return null
  const hasIds = topics.some((topic) => topic.topicId !== ZERO_UUID)
  const lacksName = topics.some((topic) => topic.name === null)
  if (apiVersion < FIRST_VERSION_WITH_IDS) return hasIds || lacksName ? ErrorCode.INVALID_REQUEST : null
  return lacksName && !hasIds ? ErrorCode.UNKNOWN_SERVER_ERROR : null
}

function refuse({ topics }: MetadataRequest, errorCode: number): Input<typeof MetadataResponse> {
  return { brokers: [], errorCode, topics: (topics ?? []).map(({ name, topicId }) => ({ errorCode, name: name ?? '', topicId, partitions: [] })) }
}
