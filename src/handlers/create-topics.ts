import { ErrorCode } from '../../protocol/error-codes.ts'
import { METADATA_TOPIC } from '../../protocol/internal-topics.ts'
import { CreateTopicsApi, type CreateTopicsRequest, type CreateTopicsResponse } from '../../protocol/messages/create-topics.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import type { ControllerError, CreatedTopic, TopicToCreate } from '../controller/controller.ts'
import { failure } from '../controller/controller-error.ts'
import { answerOf } from '../controller/rejection.ts'
import { failed } from '../controller/topics/create-topics.ts'
import { defineHandler } from './define-handler.ts'

type TopicResult = Input<typeof CreateTopicsResponse>['topics'][number]

/**
 * CreateTopics (key 19), versions 2-7. Makes topics; the answer leaves when they are served.
 * Deviates: Kafka answers when the records are committed, before the leaders serve.
 * Source: KIP-4, KIP-464 (defaults), KIP-525 (settings in the answer), KIP-599.
 */
export const createTopicsHandler = defineHandler({
  api: CreateTopicsApi,
  listeners: ['broker', 'controller'],
  async handle({ principal, services: { controller } }, { topics, validateOnly, timeoutMs }) {
    const duplicates = namesThatRepeat(topics.map((topic) => topic.name))
    const refused = new Map([...duplicates].map((name) => [name, failure(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.')]))
    if (topics.some((topic) => topic.name === METADATA_TOPIC) && !duplicates.has(METADATA_TOPIC)) refused.set(METADATA_TOPIC, METADATA_TOPIC_REFUSAL)
    const wanted = topics.filter((topic) => !refused.has(topic.name)).map(topicToCreate)
    const refusals = [...refused].map(([name, error]) => failed({ name }, error))
    if (wanted.length === 0) return { topics: refusals.map(resultOf) }
    const answer = await answerOf(controller.createTopics({ principal, timeoutMs }, { topics: wanted, validateOnly }))
    if (answer.kind === 'refused') return { topics: topics.map((topic) => resultOf(failed(topic, answer.error))) }
    return { topics: [...answer.value, ...refusals].map(resultOf) }
  },
})

const METADATA_TOPIC_REFUSAL: ControllerError = failure(ErrorCode.INVALID_REQUEST, `Creation of internal topic ${METADATA_TOPIC} is prohibited.`)

export function namesThatRepeat(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) repeated.add(name)
    seen.add(name)
  }
  return repeated
}

function topicToCreate({ name, numPartitions, replicationFactor, assignments, configs }: CreateTopicsRequest['topics'][number]): TopicToCreate {
  return { name, partitionCount: numPartitions, replicationFactor, assignments, configs }
}

function resultOf(topic: CreatedTopic): TopicResult {
  const { name, topicId, errorCode, errorMessage, partitionCount: numPartitions, replicationFactor } = topic
  const configs = (topic.configs ?? []).map(({ source: configSource, ...entry }) => ({ ...entry, configSource }))
  return { name, topicId, errorCode, errorMessage, numPartitions, replicationFactor, configs }
}
