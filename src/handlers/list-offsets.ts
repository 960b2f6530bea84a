import { ErrorCode } from '../../protocol/error-codes.ts'
import { ListOffsetsApi, type ListOffsetsRequest, type ListOffsetsResponse } from '../../protocol/messages/list-offsets.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import { topicPartitionKey } from '../base/topic-partition.ts'
import { listOffset, type OffsetAnswer, type OffsetQueryParams } from '../replication/list-offsets.ts'
import { defineHandler } from './define-handler.ts'
import type { RequestContext } from './request-context.ts'

const READ_COMMITTED = 1

/**
 * ListOffsets (key 2), versions 1-11. Finds offsets for times, and the ends of partitions.
 * Deviates: nowhere; without tiered storage the timestamps that ask for it answer -1, as Kafka without it does.
 * Source: Kafka protocol guide; KIP-79, KIP-98, KIP-207, KIP-734, KIP-405, KIP-1005, KIP-1023.
 */
export const listOffsetsHandler = defineHandler({
  api: ListOffsetsApi,
  listeners: ['broker'],
  async handle(context, request): Promise<Input<typeof ListOffsetsResponse>> {
    const params = { version: context.apiVersion, replicaId: request.replicaId, isReadCommitted: request.isolationLevel === READ_COMMITTED }
    const repeated = repeatedPartitions(request)
    const topics = []
    for (const topic of request.topics) topics.push({ name: topic.name, partitions: await answerTopic(context, params, topic, repeated) })
    return { throttleTimeMs: 0, topics }
  },
})

type Topic = ListOffsetsRequest['topics'][number]
type PartitionResponse = { readonly partitionIndex: number } & OffsetAnswer

/** One log after another is searched: a request over many partitions must not take the disk for itself. */
async function answerTopic(context: RequestContext, params: OffsetQueryParams, topic: Topic, repeated: ReadonlySet<string>): Promise<PartitionResponse[]> {
  const answers = new Map<number, PartitionResponse>()
  for (const { partitionIndex, currentLeaderEpoch, timestamp } of topic.partitions) {
    if (repeated.has(topicPartitionKey(topic.name, partitionIndex))) {
      answers.set(partitionIndex, { partitionIndex, errorCode: ErrorCode.INVALID_REQUEST, timestamp: -1n, offset: -1, leaderEpoch: -1 })
      continue
    }
    const answer = listOffset(context.services.replicas, params, { topic: topic.name, partition: partitionIndex, currentLeaderEpoch, timestamp })
    answers.set(partitionIndex, { partitionIndex, ...forVersion(answer instanceof Promise ? await answer : answer, params.version) })
  }
  return [...answers.values()]
}

/** Below version 4 there is no leader epoch to tell. */
function forVersion(answer: OffsetAnswer, version: number): OffsetAnswer {
  return version >= 4 ? answer : { ...answer, leaderEpoch: -1 }
}

function repeatedPartitions(request: ListOffsetsRequest): Set<string> {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const { name, partitions } of request.topics) {
    for (const { partitionIndex } of partitions) {
      const key = topicPartitionKey(name, partitionIndex)
      if (seen.has(key)) repeated.add(key)
      seen.add(key)
    }
  }
  return repeated
}
