import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { FetchRequest, FetchResponse } from '../../../protocol/messages/fetch.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import { failedFetch } from '../../replication/fetch/partition-fetch.ts'
import type { Result } from '../../server/api-table.ts'
import type { RequestContext } from '../request-context.ts'
import type { AnyMessage } from './error-response.ts'
import { isTopicNamed } from './topic-match.ts'

type Response = Input<typeof FetchResponse>
type TopicResponse = Response['responses'][number]

export interface MetFetch {
  readonly context: RequestContext
  readonly request: AnyMessage
  readonly handle: (request: object) => Result
}

/** Whether a fetch asks for `topic`, be it that its session remembers that. */
export function fetchesTopic(context: RequestContext, request: AnyMessage, topic: string): boolean {
  return fetchedPartitions(context, request as FetchRequest, topic).length > 0
}

/**
 * A fetch is served as it stands, so that its session keeps what it asks for, and at once, as Kafka answers what fails;
 * then each partition of the topic gets the error in place of its records.
 */
export function failFetchedTopic({ context, request, handle }: MetFetch, topic: string, errorCode: ErrorCode): Result {
  const partitions = fetchedPartitions(context, request as FetchRequest, topic)
  const replace = (response: object | null) => (response === null ? null : withFailure(context, response as Response, { topic, partitions, errorCode }))
  const result = handle({ ...request, maxWaitMs: 0 })
  return result instanceof Promise ? result.then(replace) : replace(result)
}

/** The topic's partitions that this fetch reads, each once: those that it names, and those of its session that it does not forget. */
function fetchedPartitions(context: RequestContext, request: FetchRequest, topic: string): readonly number[] {
  const isTopic = isTopicNamed(context, topic)
  const named = request.topics.filter((one) => isTopic({ name: one.topic, id: one.topicId })).flatMap(({ partitions }) => partitions)
  const partitions = new Set(named.map(({ partition }) => partition))
  const nameOf = (id: Uuid) => context.services.metadata.image().topics.byId.get(id)?.name ?? null
  const session = request.sessionEpoch > 0 ? context.services.fetchSessions.get(request.sessionId) : undefined
  const forgotten = request.forgottenTopicsData.filter((one) => isTopic({ name: one.topic, id: one.topicId })).flatMap((one) => one.partitions)
  for (const known of session?.partitions(nameOf) ?? []) if (known.topic === topic && !forgotten.includes(known.partition)) partitions.add(known.partition)
  return [...partitions]
}

interface FetchFailure {
  readonly topic: string
  readonly partitions: readonly number[]
  readonly errorCode: ErrorCode
}

function withFailure(context: RequestContext, response: Response, { topic, partitions, errorCode }: FetchFailure): Response {
  // Refused as a whole: there is nothing to read from whatever topic.
  if ((response.errorCode ?? ErrorCode.NONE) !== ErrorCode.NONE) return response
  const isTopic = isTopicNamed(context, topic)
  const others = response.responses.filter((one) => !isTopic({ name: one.topic, id: one.topicId }))
  const topicId = context.services.metadata.image().topics.byName.get(topic)?.id ?? ZERO_UUID
  const failure: TopicResponse = { topic, topicId, partitions: partitions.map((index) => failedFetch(index, errorCode)) }
  return { ...response, responses: [...others, failure] }
}
