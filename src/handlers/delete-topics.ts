import { ErrorCode } from '../../protocol/error-codes.ts'
import { DeleteTopicsApi, type DeleteTopicsRequest } from '../../protocol/messages/delete-topics.ts'
import { type Uuid, ZERO_UUID } from '../../protocol/uuid.ts'
import type { ControllerError } from '../controller/controller.ts'
import { failure, plainFailure } from '../controller/controller-error.ts'
import { answerOf } from '../controller/rejection.ts'
import type { MetadataImage } from '../metadata/image.ts'
import { namesThatRepeat } from './create-topics.ts'
import { defineHandler } from './define-handler.ts'

/** The first version in which clients understand TOPIC_DELETION_DISABLED. */
const FIRST_VERSION_WITH_DISABLED = 3
const FIRST_VERSION_WITH_IDS = 6

/**
 * DeleteTopics (key 20), versions 1-6, by name or id. The answer leaves when the topics are gone from this node.
 * Deviates: Kafka answers when the records are committed, and in random order. Names are looked up in the applied state.
 * Source: KIP-4, KIP-322, KIP-516.
 */
export const deleteTopicsHandler = defineHandler({
  api: DeleteTopicsApi,
  listeners: ['broker', 'controller'],
  async handle({ apiVersion, principal, services: { controller, metadata, config } }, request) {
    const topics = topicsOf(request, apiVersion)
    if (!config.get('delete.topic.enable')) return { responses: topics.map((topic) => responseOf(topic, deletionDisabled(apiVersion))) }
    const { ids, refused, isSettled } = resolve(topics, metadata.image())
    if (isSettled) return { responses: refused }
    const answer = await answerOf(controller.deleteTopics({ principal, timeoutMs: request.timeoutMs }, [...ids.keys()]))
    if (answer.kind === 'refused') return { responses: topics.map((topic) => responseOf(topic, answer.error)) }
    const deleted = answer.value.map(({ id, name, ...error }) => responseOf({ name: ids.get(id) ?? name, topicId: id }, error))
    return { responses: [...refused, ...deleted] }
  },
})

interface TopicState {
  readonly name: string | null
  readonly topicId: Uuid
}

type TopicResponse = TopicState & ControllerError

interface Resolved {
  /** What to delete, with the name under which it is answered. */
  readonly ids: ReadonlyMap<Uuid, string>
  readonly refused: readonly TopicResponse[]
  /** No topic had to be looked up, so neither a deadline nor the controller has a say. */
  readonly isSettled: boolean
}

function topicsOf(request: DeleteTopicsRequest, apiVersion: number): readonly TopicState[] {
  if (apiVersion >= FIRST_VERSION_WITH_IDS) return request.topics
  return request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }))
}

/** Every topic is named once, by its name or its id; what does not is refused and the rest goes on. */
function resolve(topics: readonly TopicState[], image: MetadataImage): Resolved {
  const refused = topics.filter((topic) => (topic.name === null) === (topic.topicId === ZERO_UUID)).map(refuseBothOrNeither)
  const names = topics.filter((topic) => topic.name !== null && topic.topicId === ZERO_UUID).map((topic) => topic.name as string)
  const wantedIds = topics.filter((topic) => topic.name === null && topic.topicId !== ZERO_UUID).map((topic) => topic.topicId)
  const repeatedNames = namesThatRepeat(names)
  const repeatedIds = namesThatRepeat(wantedIds)
  for (const name of repeatedNames) refused.push(responseOf({ name, topicId: ZERO_UUID }, failure(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.')))
  for (const id of repeatedIds) {
    refused.push(responseOf({ name: null, topicId: id as Uuid }, failure(ErrorCode.INVALID_REQUEST, 'Duplicate topic id.')))
  }
  const ids = new Map<Uuid, string>()
  for (const id of wantedIds) {
    const topic = repeatedIds.has(id) ? undefined : image.topics.byId.get(id)
    if (topic !== undefined) ids.set(id, topic.name)
    else if (!repeatedIds.has(id)) refused.push(responseOf({ name: null, topicId: id }, plainFailure(ErrorCode.UNKNOWN_TOPIC_ID)))
  }
  const namesOnce = names.filter((name) => !repeatedNames.has(name))
  resolveNames(namesOnce, { image, ids, repeatedIds, refused })
  return { ids, refused, isSettled: namesOnce.length === 0 && wantedIds.every((id) => repeatedIds.has(id)) }
}

function resolveNames(
  names: readonly string[],
  found: {
    readonly image: MetadataImage
    readonly ids: Map<Uuid, string>
    readonly repeatedIds: ReadonlySet<string>
    readonly refused: TopicResponse[]
  },
): void {
  const { image, ids, repeatedIds, refused } = found
  for (const name of names) {
    const id = image.topics.byName.get(name)?.id
    if (id === undefined) {
      refused.push(responseOf({ name, topicId: ZERO_UUID }, plainFailure(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)))
    } else if (repeatedIds.has(id) || ids.delete(id)) {
      const message = 'The provided topic name maps to an ID that was already supplied.'
      refused.push(responseOf({ name, topicId: id }, failure(ErrorCode.INVALID_REQUEST, message)))
    } else {
      ids.set(id, name)
    }
  }
}

function refuseBothOrNeither(topic: TopicState): TopicResponse {
  const message = topic.name === null ? 'Neither topic name nor id were specified.' : 'You may not specify both topic name and topic id.'
  return responseOf(topic, failure(ErrorCode.INVALID_REQUEST, message))
}

function deletionDisabled(apiVersion: number): ControllerError {
  return apiVersion < FIRST_VERSION_WITH_DISABLED ? failure(ErrorCode.INVALID_REQUEST, null) : failure(ErrorCode.TOPIC_DELETION_DISABLED, null)
}

function responseOf({ name, topicId }: TopicState, { errorCode, errorMessage }: ControllerError): TopicResponse {
  return { name, topicId, errorCode, errorMessage }
}
