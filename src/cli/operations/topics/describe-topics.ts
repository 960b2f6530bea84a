import { isInternalTopic } from '../../../../protocol/internal-topics.ts'
import { DescribeTopicPartitionsApi, type DescribeTopicPartitionsResponse } from '../../../../protocol/messages/describe-topic-partitions.ts'
import { MetadataApi, type MetadataResponse } from '../../../../protocol/messages/metadata.ts'
import { type Uuid, ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { check } from '../kafka-error.ts'
import { byName } from './list-topics.ts'

export interface PartitionDescription {
  readonly partition: number
  /** The broker; null for none. */
  readonly leader: number | null
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly offlineReplicas: readonly number[]
  /** Eligible leader replicas (KIP-966); null where the broker does not tell. */
  readonly elr: readonly number[] | null
  readonly lastKnownElr: readonly number[] | null
}

export interface TopicDescription {
  readonly name: string
  readonly topicId: Uuid
  readonly isInternal: boolean
  /** By number. */
  readonly partitions: readonly PartitionDescription[]
}

/** Partitions in one answer. Source: DescribeTopicsOptions. */
const PARTITIONS_PER_RESPONSE = 2_000
const NO_LEADER = -1

/**
 * The topics of these names, by name.
 * Errors: UNKNOWN_TOPIC_OR_PARTITION and others of the first topic that has one.
 */
export async function describeTopics(
  client: ClusterClient,
  names: readonly string[],
  partitionsPerResponse = PARTITIONS_PER_RESPONSE,
): Promise<readonly TopicDescription[]> {
  if (names.length === 0) return []
  return client.retry('describeTopics', async () =>
    (await client.versionOf(DescribeTopicPartitionsApi)) === null ? byMetadata(client, names) : inPages(client, names, partitionsPerResponse),
  )
}

type Page = DescribeTopicPartitionsResponse

/** A topic whose partitions do not fit comes in parts, one behind the other. */
async function inPages(client: ClusterClient, names: readonly string[], responsePartitionLimit: number): Promise<readonly TopicDescription[]> {
  const found = new Map<string, TopicDescription>()
  const topics = names.toSorted().map((name) => ({ name }))
  for (let cursor: Page['nextCursor'] = null; ; ) {
    const page: Page = await client.ask(DescribeTopicPartitionsApi, { topics, responsePartitionLimit, cursor })
    for (const topic of page.topics) add(found, topic)
    if (page.nextCursor === null) return [...found.values()].toSorted(byName)
    cursor = page.nextCursor
  }
}

function add(found: Map<string, TopicDescription>, { errorCode, name, topicId, partitions }: Page['topics'][number]): void {
  check(errorCode, null, `Topic ${name}`)
  if (name === null) return
  const before = found.get(name)?.partitions ?? []
  found.set(name, { name, topicId, isInternal: isInternalTopic(name), partitions: [...before, ...partitions.map(describedPartition)] })
}

function describedPartition(partition: Page['topics'][number]['partitions'][number]): PartitionDescription {
  const { partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes, offlineReplicas, eligibleLeaderReplicas, lastKnownElr } = partition
  return {
    partition: partitionIndex,
    leader: leaderId === NO_LEADER ? null : leaderId,
    leaderEpoch,
    replicas: replicaNodes,
    isr: isrNodes,
    offlineReplicas,
    elr: eligibleLeaderReplicas,
    lastKnownElr,
  }
}

/** Of brokers before 3.7, and of topics by their id. */
async function byMetadata(client: ClusterClient, names: readonly string[]): Promise<readonly TopicDescription[]> {
  const topics = names.map((name) => ({ name, topicId: ZERO_UUID }))
  const answer = await client.ask(MetadataApi, { topics, allowAutoTopicCreation: false })
  return answer.topics.map(describedByMetadata).toSorted(byName)
}

/** Errors: UNKNOWN_TOPIC_ID. */
export function describeTopicById(client: ClusterClient, topicId: Uuid): Promise<TopicDescription> {
  return client.retry('describeTopicIds', async () => {
    const { topics } = await client.ask(MetadataApi, { topics: [{ topicId, name: null }], allowAutoTopicCreation: false })
    return describedByMetadata(topics[0] as (typeof topics)[number])
  })
}

type MetadataTopic = MetadataResponse['topics'][number]

function describedByMetadata({ errorCode, name, topicId, isInternal, partitions }: MetadataTopic): TopicDescription {
  check(errorCode, null, `Topic ${name ?? topicId}`)
  return {
    name: name ?? '',
    topicId,
    isInternal,
    partitions: partitions
      .map(({ partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes, offlineReplicas }) => ({
        partition: partitionIndex,
        leader: leaderId === NO_LEADER ? null : leaderId,
        leaderEpoch,
        replicas: replicaNodes,
        isr: isrNodes,
        offlineReplicas,
        elr: null,
        lastKnownElr: null,
      }))
      .toSorted((one, other) => one.partition - other.partition),
  }
}
