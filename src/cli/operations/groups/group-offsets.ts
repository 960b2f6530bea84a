import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { DeleteGroupsApi } from '../../../../protocol/messages/delete-groups.ts'
import { OffsetCommitApi } from '../../../../protocol/messages/offset-commit.ts'
import { OffsetDeleteApi } from '../../../../protocol/messages/offset-delete.ts'
import { OffsetFetchApi } from '../../../../protocol/messages/offset-fetch.ts'
import { type TopicPartition, topicPartitionKey } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { upToVersion } from '../cluster/up-to-version.ts'
import { grouped } from '../grouped.ts'
import { check, KafkaError } from '../kafka-error.ts'

export interface CommittedOffset extends TopicPartition {
  readonly offset: number
  /** null where it was not told. */
  readonly leaderEpoch: number | null
  readonly metadata: string | null
}

/** Ids instead of names come after these. */
const OffsetFetchByName = upToVersion(OffsetFetchApi, 9)
const OffsetCommitByName = upToVersion(OffsetCommitApi, 9)

const NONE_COMMITTED = -1

/** What the group has committed, by `topic-partition`. Errors: as the coordinator answers, the first of a partition among them. */
export function committedOffsets(client: ClusterClient, groupId: string): Promise<ReadonlyMap<string, CommittedOffset>> {
  return client.retry('listConsumerGroupOffsets', async () => {
    const answer = await client.askCoordinator(groupId, OffsetFetchByName, (version) =>
      version < 8 ? { groupId, topics: null } : { groups: [{ groupId, topics: null }] },
    )
    const { errorCode, topics } = answer.groups[0] ?? answer
    check(errorCode)
    const committed = new Map<string, CommittedOffset>()
    for (const { name, partitions } of topics) {
      for (const one of partitions) {
        check(one.errorCode)
        if (one.committedOffset === NONE_COMMITTED) continue
        committed.set(topicPartitionKey(name, one.partitionIndex), {
          topic: name,
          partition: one.partitionIndex,
          offset: one.committedOffset,
          leaderEpoch: one.committedLeaderEpoch < 0 ? null : one.committedLeaderEpoch,
          metadata: one.metadata,
        })
      }
    }
    return committed
  })
}

export interface OffsetToCommit extends TopicPartition {
  readonly offset: number
  /** Of the consumer's own; empty where not given. */
  readonly metadata?: string
}

/** Writes offsets of a group without members. Errors: that of the first partition that has one. */
export function commitOffsets(client: ClusterClient, groupId: string, offsets: readonly OffsetToCommit[]): Promise<void> {
  if (offsets.length === 0) return Promise.resolve()
  const topics = [...grouped(offsets, ({ topic }) => topic)].map(([name, some]) => ({
    name,
    partitions: some.map(({ partition, offset, metadata = '' }) => ({ partitionIndex: partition, committedOffset: offset, committedMetadata: metadata })),
  }))
  return client.retry('alterConsumerGroupOffsets', async () => {
    const answer = await client.askCoordinator(groupId, OffsetCommitByName, { groupId, generationIdOrMemberEpoch: -1, memberId: '', topics })
    for (const { partitions } of answer.topics) for (const { errorCode } of partitions) check(errorCode)
  })
}

/**
 * Takes offsets of a group away.
 * @returns what each partition failed with, by `topic-partition`; null for success
 * Errors: those of the group as a whole.
 */
export function deleteOffsets(client: ClusterClient, groupId: string, partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, KafkaError | null>> {
  const topics = [...grouped(partitions, ({ topic }) => topic)].map(([name, some]) => ({
    name,
    partitions: some.map(({ partition }) => ({ partitionIndex: partition })),
  }))
  return client.retry('offsetDelete', async () => {
    const answer = await client.askCoordinator(groupId, OffsetDeleteApi, { groupId, topics })
    check(answer.errorCode)
    return new Map(
      answer.topics.flatMap(({ name, partitions: results }) =>
        results.map(({ partitionIndex, errorCode }) => {
          const key = topicPartitionKey(name, partitionIndex)
          return [key, errorCode === ErrorCode.NONE ? null : new KafkaError(errorCode)] as const
        }),
      ),
    )
  })
}

/** Errors: as the coordinator answers: NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND and others. */
export function deleteGroup(client: ClusterClient, groupId: string): Promise<void> {
  return client.retry('deleteConsumerGroups', async () => {
    const { results } = await client.askCoordinator(groupId, DeleteGroupsApi, { groupsNames: [groupId] })
    for (const { errorCode } of results) check(errorCode, null, `Group ${groupId}`)
  })
}
