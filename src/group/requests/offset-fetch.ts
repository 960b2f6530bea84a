import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { OffsetFetchRequest, OffsetFetchResponse } from '../../../protocol/messages/offset-fetch.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import { coordinatorError } from '../../coordinator/coordinator-errors.ts'
import { type FetchedTopic, type FetchInput, type FetchReply, noOffset, type TopicToFetch } from '../offsets/fetch.ts'
import type { GroupServices } from './group-runtime.ts'

/** From this version on one request asks for many groups. Source: KIP-709. */
const FIRST_VERSION_WITH_GROUPS = 8
/** From this version on topics are named by their ids alone. Source: KIP-848. */
const FIRST_VERSION_WITH_TOPIC_IDS = 10
/** Before this version a group's error stands at each partition. */
const FIRST_VERSION_WITH_GROUP_ERROR = 2

/**
 * OffsetFetch, for one or many groups.
 * Source: kafka.server.KafkaApis.handleOffsetFetchRequest; OffsetFetchResponse.Builder.
 */
export async function answerOffsetFetch(services: GroupServices, request: OffsetFetchRequest, apiVersion: number): Promise<Input<typeof OffsetFetchResponse>> {
  const asked = groupsOf(request, apiVersion)
  const groups = await Promise.all(asked.map((group) => fetchGroup(services, group, request.requireStable, apiVersion)))
  if (apiVersion >= FIRST_VERSION_WITH_GROUPS) return { groups }
  const [only] = groups as [FetchReply]
  return { topics: only.topics, errorCode: only.errorCode }
}

function groupsOf(request: OffsetFetchRequest, apiVersion: number): readonly FetchInput[] {
  if (apiVersion >= FIRST_VERSION_WITH_GROUPS) return request.groups
  const topics = request.topics?.map(({ name, partitionIndexes }) => ({ name, topicId: ZERO_UUID, partitionIndexes })) ?? null
  return [{ groupId: request.groupId, memberId: null, memberEpoch: -1, topics }]
}

async function fetchGroup(services: GroupServices, asked: FetchInput, requireStable: boolean, apiVersion: number): Promise<FetchReply> {
  const usesTopicIds = apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS
  const named = usesTopicIds ? withNames(services, asked) : asked
  const unknown = named.topics?.filter(({ name }) => usesTopicIds && name === '') ?? []
  const known = unknown.length === 0 ? named : { ...named, topics: named.topics?.filter((topic) => !unknown.includes(topic)) ?? null }
  const reply = await readOffsets(services, known, requireStable, apiVersion)
  if (reply.errorCode !== ErrorCode.NONE) return reply
  if (asked.topics === null) return usesTopicIds ? { ...reply, topics: withIds(services, reply.topics) } : reply
  return unknown.length === 0 ? reply : { ...reply, topics: [...reply.topics, ...unknown.map(unknownTopic)] }
}

function withNames({ topics: directory }: GroupServices, asked: FetchInput): FetchInput {
  const topics = asked.topics?.map((topic) => ({ ...topic, name: topic.topicId === ZERO_UUID ? '' : (directory.topicName(topic.topicId) ?? '') })) ?? null
  return { ...asked, topics }
}

/** Topics that do not exist any more have no id to be told by. */
function withIds({ topics: directory }: GroupServices, topics: readonly FetchedTopic[]): FetchedTopic[] {
  return topics.map((topic) => ({ ...topic, topicId: directory.topicId(topic.name) })).filter(({ topicId }) => topicId !== ZERO_UUID)
}

function unknownTopic({ name, topicId, partitionIndexes }: TopicToFetch): FetchedTopic {
  return { name, topicId, partitions: partitionIndexes.map((partition) => noOffset(partition, ErrorCode.UNKNOWN_TOPIC_ID)) }
}

/** requireStable waits for what is being written; otherwise what is committed now will do. */
async function readOffsets(services: GroupServices, asked: FetchInput, requireStable: boolean, apiVersion: number): Promise<FetchReply> {
  const { runtime } = services
  const partition = services.partitionFor(asked.groupId)
  if (!requireStable) {
    const outcome = runtime.read(partition, (machine, committedOffset) => machine.fetch(asked, committedOffset))
    return outcome.ok ? outcome.value : groupError(asked, outcome.errorCode, apiVersion)
  }
  const outcome = await runtime.write(partition, (machine) => ({ reply: machine.fetch(asked), records: [] }))
  return outcome.ok ? outcome.value : groupError(asked, stableFetchError(outcome.errorCode), apiVersion)
}

/** Source: org.apache.kafka.coordinator.group.GroupCoordinatorService.handleOffsetFetchException. */
function stableFetchError(errorCode: number): number {
  switch (errorCode) {
    case ErrorCode.UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode.NOT_ENOUGH_REPLICAS:
    case ErrorCode.REQUEST_TIMED_OUT:
      return ErrorCode.NOT_COORDINATOR
    default:
      return coordinatorError(errorCode)
  }
}

function groupError({ groupId, topics }: FetchInput, errorCode: number, apiVersion: number): FetchReply {
  if (apiVersion >= FIRST_VERSION_WITH_GROUP_ERROR) return { groupId, topics: [], errorCode }
  const failed = (topics ?? []).map(({ name, topicId, partitionIndexes }) => ({
    name,
    topicId,
    partitions: partitionIndexes.map((partition) => noOffset(partition, errorCode)),
  }))
  return { groupId, topics: failed, errorCode: ErrorCode.NONE }
}
