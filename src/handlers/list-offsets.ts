import { ErrorCode } from '../../protocol/error-codes.ts'
import { ListOffsetsApi, type ListOffsetsRequest, type ListOffsetsResponse } from '../../protocol/messages/list-offsets.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import { topicPartitionKey } from '../base/topic-partition.ts'
import { listOffset, type OffsetAnswer, type OffsetQueryParams } from '../replication/list-offsets.ts'
import type { ReplicaManager } from '../replication/replica-manager.ts'
import { defineHandler } from './define-handler.ts'

const READ_UNCOMMITTED = 0
const READ_COMMITTED = 1
const ISOLATION_LEVELS: readonly number[] = [READ_UNCOMMITTED, READ_COMMITTED]

/**
 * ListOffsets (key 2), versions 1-11. Finds offsets for times, and the ends of partitions.
 * Deviates: nowhere; without tiered storage the timestamps that ask for it answer -1, as Kafka without it does.
 * Source: Kafka protocol guide; KIP-79, KIP-98, KIP-207, KIP-734, KIP-405, KIP-1005, KIP-1023.
 */
export const listOffsetsHandler = defineHandler({
  api: ListOffsetsApi,
  listeners: ['broker'],
  async handle(context, request): Promise<Response> {
    if (!ISOLATION_LEVELS.includes(request.isolationLevel)) return refused(request)
    const params = { version: context.apiVersion, replicaId: request.replicaId, isReadCommitted: request.isolationLevel === READ_COMMITTED }
    return { throttleTimeMs: 0, topics: await answers(context.services.replicas, params, request) }
  },
})

type Response = Input<typeof ListOffsetsResponse>
type AskedPartition = ListOffsetsRequest['topics'][number]['partitions'][number]
type PartitionResponse = { readonly partitionIndex: number } & OffsetAnswer

/** Kafka fails at a level that it does not know, and then answers for everything that was asked. */
function refused({ topics }: ListOffsetsRequest): Response {
  const failed = ({ partitionIndex }: { readonly partitionIndex: number }) => noOffset(partitionIndex, ErrorCode.UNKNOWN_SERVER_ERROR)
  return { throttleTimeMs: 0, topics: topics.map(({ name, partitions }) => ({ name, partitions: partitions.map(failed) })) }
}

/**
 * Each topic and partition once, and no topic without a partition, as in Kafka.
 * One log after another is searched: a request over many partitions must not take the disk for itself.
 */
async function answers(replicas: ReplicaManager, params: OffsetQueryParams, request: ListOffsetsRequest) {
  const repeated = repeatedPartitions(request)
  const topics = new Map<string, Map<number, PartitionResponse>>()
  for (const { name, partitions } of request.topics) {
    for (const asked of partitions) {
      const { partitionIndex } = asked
      const isRepeated = repeated.has(topicPartitionKey(name, partitionIndex))
      const found = isRepeated ? noOffset(partitionIndex, ErrorCode.INVALID_REQUEST) : await answer(replicas, params, name, asked)
      const ofTopic = topics.get(name) ?? new Map<number, PartitionResponse>()
      topics.set(name, ofTopic.set(partitionIndex, found))
    }
  }
  return [...topics].map(([name, partitions]) => ({ name, partitions: [...partitions.values()] }))
}

async function answer(replicas: ReplicaManager, params: OffsetQueryParams, topic: string, asked: AskedPartition): Promise<PartitionResponse> {
  const { partitionIndex, currentLeaderEpoch, timestamp } = asked
  const found = await listOffset(replicas, params, { topic, partition: partitionIndex, currentLeaderEpoch, timestamp })
  return { partitionIndex, ...forVersion(found, params.version) }
}

function noOffset(partitionIndex: number, errorCode: ErrorCode): PartitionResponse {
  return { partitionIndex, errorCode, timestamp: -1n, offset: -1, leaderEpoch: -1 }
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
