import { ErrorCode } from '../../protocol/error-codes.ts'
import { isInternalTopic } from '../../protocol/internal-topics.ts'
import { DescribeTopicPartitionsApi, type DescribeTopicPartitionsRequest } from '../../protocol/messages/describe-topic-partitions.ts'
import { ZERO_UUID } from '../../protocol/uuid.ts'
import { topicNameRefusal } from '../controller/topics/topic-names.ts'
import { ALL_TOPIC_OPERATIONS } from '../metadata/authorized-operations.ts'
import { partitionView } from '../metadata/client-view.ts'
import type { MetadataImage, TopicImage } from '../metadata/image.ts'
import { defineHandler } from './define-handler.ts'

/**
 * DescribeTopicPartitions (key 75), version 0. Topics in the order of their names, page by page.
 * Deviates: nowhere.  Source: KIP-966.
 */
export const describeTopicPartitionsHandler = defineHandler({
  api: DescribeTopicPartitionsApi,
  listeners: ['broker'],
  handle({ listenerName, services: { metadata, config } }, request) {
    const refusal = refusalOf(request)
    if (refusal !== null) return { throttleTimeMs: 0, topics: request.topics.map(({ name }) => refusedTopic(name, refusal)) }
    const image = metadata.image()
    const limit = Math.max(Math.min(config.get('max.request.partition.size.limit'), request.responsePartitionLimit), 1)
    return page(image, namesFrom(image, request), { limit, listenerName, cursor: request.cursor, skipsUnknown: request.topics.length === 0 })
  },
})

interface PageOptions {
  /** Partitions of one answer. */
  readonly limit: number
  readonly listenerName: string
  readonly cursor: DescribeTopicPartitionsRequest['cursor']
  readonly skipsUnknown: boolean
}

function page(image: MetadataImage, names: readonly string[], options: PageOptions) {
  const { cursor, listenerName } = options
  const topics = []
  let left = options.limit
  for (const name of names) {
    if (left === 0) return { throttleTimeMs: 0, topics, nextCursor: { topicName: name, partitionIndex: 0 } }
    const topic = image.topics.byName.get(name)
    if (topic === undefined) {
      if (!options.skipsUnknown)
        topics.push(withError(name, topicNameRefusal(name) === null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION))
      continue
    }
    const start = name === cursor?.topicName ? cursor.partitionIndex : 0
    const end = Math.min(topic.partitions.length, start + left)
    topics.push(describe(image, topic, { start, end, listenerName }))
    if (end < topic.partitions.length) return { throttleTimeMs: 0, topics, nextCursor: { topicName: name, partitionIndex: end } }
    left -= Math.max(end - start, 0)
  }
  return { throttleTimeMs: 0, topics, nextCursor: null }
}

function describe(image: MetadataImage, topic: TopicImage, range: { readonly start: number; readonly end: number; readonly listenerName: string }) {
  return {
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    topicAuthorizedOperations: ALL_TOPIC_OPERATIONS,
    partitions: topic.partitions.slice(range.start, range.end).map((partition, index) => ({
      errorCode: ErrorCode.NONE,
      partitionIndex: range.start + index,
      replicaNodes: partition.replicas,
      isrNodes: partition.isr,
      eligibleLeaderReplicas: partition.eligibleLeaderReplicas,
      lastKnownElr: partition.lastKnownElr,
      ...partitionView(image, partition, range.listenerName),
    })),
  }
}

function withError(name: string, errorCode: number) {
  return { errorCode, name, topicId: ZERO_UUID, isInternal: isInternalTopic(name), partitions: [], topicAuthorizedOperations: ALL_TOPIC_OPERATIONS }
}

function refusedTopic(name: string, errorCode: number) {
  return { errorCode, name, topicId: ZERO_UUID, partitions: [] }
}

/** A cursor must point into the topics asked for. Kafka fails at an empty name without a cursor. */
function refusalOf({ cursor, topics }: DescribeTopicPartitionsRequest): number | null {
  if (cursor === null) return topics.some((topic) => topic.name === '') ? ErrorCode.UNKNOWN_SERVER_ERROR : null
  const isWithin = cursor.partitionIndex >= 0 && (topics.length === 0 || topics.some((topic) => topic.name === cursor.topicName))
  return isWithin ? null : ErrorCode.INVALID_REQUEST
}

/** Sorted as Java sorts strings, by UTF-16 units. */
function namesFrom(image: MetadataImage, { topics, cursor }: DescribeTopicPartitionsRequest): readonly string[] {
  const names = topics.length === 0 ? image.topics.byName.keys() : topics.map((topic) => topic.name)
  const first = cursor?.topicName ?? ''
  return [...new Set(names)].filter((name) => name >= first).sort()
}
