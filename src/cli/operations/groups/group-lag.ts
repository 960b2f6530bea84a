import { type TopicPartition, topicPartitionKey } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { leaderOf, partitionLeaders } from '../cluster/partition-leaders.ts'
import { KafkaError } from '../kafka-error.ts'
import { listAllOffsets, OFFSET_AT } from '../offsets/list-offsets.ts'
import type { GroupDescription, MemberDescription } from './describe-groups.ts'
import { type CommittedOffset, committedOffsets } from './group-offsets.ts'

/** A partition that a group has offsets of, or that a member has. */
export interface PartitionLag extends TopicPartition {
  /** Committed; null for none. */
  readonly offset: number | null
  readonly leaderEpoch: number | null
  /** null where nobody leads the partition. */
  readonly logEndOffset: number | null
  readonly lag: number | null
  /** Who has it; null for nobody. */
  readonly member: MemberDescription | null
}

/** The partitions of members, those with the most first, and then the ones that nobody has; each part by topic and partition. */
export async function groupLag(client: ClusterClient, { groupId, members }: GroupDescription): Promise<readonly PartitionLag[]> {
  const committed = await committedOffsets(client, groupId)
  const owners = members.filter(({ assignment }) => assignment.length > 0).toSorted((one, other) => other.assignment.length - one.assignment.length)
  const assigned = new Set(owners.flatMap(({ assignment }) => assignment.map(keyOf)))
  const free = [...committed.values()].filter((one) => !assigned.has(keyOf(one)))
  const parts = [...owners.map((member) => ({ member, partitions: member.assignment })), { member: null, partitions: free }]
  const ends = await endOffsets(
    client,
    parts.flatMap(({ partitions }) => partitions),
  )
  return parts.flatMap(({ member, partitions }) => partitions.toSorted(byPartition).map((one) => lagOf(one, member, committed, ends)))
}

function lagOf(
  { topic, partition }: TopicPartition,
  member: MemberDescription | null,
  committed: ReadonlyMap<string, CommittedOffset>,
  ends: ReadonlyMap<string, number>,
): PartitionLag {
  const key = topicPartitionKey(topic, partition)
  const { offset = null, leaderEpoch = null } = committed.get(key) ?? {}
  const logEndOffset = ends.get(key) ?? null
  const lag = offset === null || logEndOffset === null ? null : logEndOffset - offset
  return { topic, partition, offset, leaderEpoch, logEndOffset, lag, member }
}

/** Of those that somebody leads. */
async function endOffsets(client: ClusterClient, partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, number>> {
  if (partitions.length === 0) return new Map()
  const leaders = await client.retry('describeTopics', () =>
    partitionLeaders(
      client,
      partitions.map(({ topic }) => topic),
    ),
  )
  const led = partitions.filter(({ topic, partition }) => !(leaderOf(leaders, topic, partition) instanceof KafkaError))
  const offsets = await listAllOffsets(
    client,
    led.map(({ topic, partition }) => ({ topic, partition, timestamp: OFFSET_AT.latest })),
  )
  return new Map([...offsets].map(([key, { offset }]) => [key, offset]))
}

function keyOf({ topic, partition }: TopicPartition): string {
  return topicPartitionKey(topic, partition)
}

function byPartition(one: TopicPartition, other: TopicPartition): number {
  return one.topic < other.topic ? -1 : one.topic > other.topic ? 1 : one.partition - other.partition
}
