import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ListOffsetsApi } from '../../../../protocol/messages/list-offsets.ts'
import { type TopicPartition, topicPartitionKey } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { leaderOf, partitionLeaders } from '../cluster/partition-leaders.ts'
import { grouped } from '../grouped.ts'
import { isTransient, KafkaError } from '../kafka-error.ts'

/** What stands for a place instead of a time. Source: KIP-734, KIP-405, KIP-1023. */
export const OFFSET_AT = {
  latest: -1n,
  earliest: -2n,
  maxTimestamp: -3n,
  earliestLocal: -4n,
  latestTiered: -5n,
  earliestPendingUpload: -6n,
} as const

export interface OffsetWanted extends TopicPartition {
  /** Milliseconds, or one of `OFFSET_AT`. */
  readonly timestamp: bigint
}

export interface ListedOffset {
  /** -1 where there is no such record. */
  readonly offset: number
  readonly timestamp: bigint
  readonly leaderEpoch: number
}

export type OffsetAnswer = ListedOffset | KafkaError

export const READ_COMMITTED = 1
export const READ_UNCOMMITTED = 0

/** The offset of each, by `topic-partition`, or what is wrong with it; a leader that moves is waited for. */
export async function listOffsets(
  client: ClusterClient,
  wanted: readonly OffsetWanted[],
  isolationLevel = READ_UNCOMMITTED,
): Promise<ReadonlyMap<string, OffsetAnswer>> {
  const answers = new Map<string, OffsetAnswer>()
  const open = () => wanted.filter(({ topic, partition }) => isOpen(answers.get(topicPartitionKey(topic, partition))))
  try {
    await client.retry('listOffsets', async () => {
      await askLeaders({ client, isolationLevel, answers }, open())
      const failed = [...answers.values()].find((answer) => answer instanceof KafkaError && isTransient(answer))
      if (failed !== undefined) throw failed
    })
  } catch (error) {
    // What some partitions failed with until the end is theirs alone.
    if (!(error instanceof KafkaError) || answers.size < wanted.length) throw error
  }
  return answers
}

/** As `listOffsets`, where each must succeed. Errors: that of the first partition that has one. */
export async function listAllOffsets(client: ClusterClient, wanted: readonly OffsetWanted[], isolationLevel = READ_UNCOMMITTED) {
  const offsets = new Map<string, ListedOffset>()
  for (const [key, answer] of await listOffsets(client, wanted, isolationLevel)) {
    if (answer instanceof KafkaError) throw answer
    offsets.set(key, answer)
  }
  return offsets
}

function isOpen(answer: OffsetAnswer | undefined): boolean {
  return answer === undefined || (answer instanceof KafkaError && isTransient(answer))
}

/** What is asked of several leaders at once. */
interface Asking {
  readonly client: ClusterClient
  readonly isolationLevel: number
  /** Filled as they come. */
  readonly answers: Map<string, OffsetAnswer>
}

async function askLeaders(asking: Asking, wanted: readonly OffsetWanted[]): Promise<void> {
  const { client, answers } = asking
  const leaders = await partitionLeaders(
    client,
    wanted.map(({ topic }) => topic),
  )
  const led = wanted.map((one) => ({ ...one, found: leaderOf(leaders, one.topic, one.partition) }))
  for (const { topic, partition, found } of led) if (found instanceof KafkaError) answers.set(topicPartitionKey(topic, partition), found)
  const byLeader = grouped(
    led.flatMap(({ found, ...one }) => (found instanceof KafkaError ? [] : [{ ...one, leader: found.leader }])),
    ({ leader }) => leader,
  )
  await Promise.all([...byLeader].map(([leader, some]) => askLeader(asking, leader, some)))
}

async function askLeader({ client, isolationLevel, answers }: Asking, leader: number, wanted: readonly OffsetWanted[]): Promise<void> {
  const topics = [...grouped(wanted, ({ topic }) => topic)].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ partition, timestamp }) => ({ partitionIndex: partition, timestamp })),
  }))
  const answer = await client.askBroker(leader, ListOffsetsApi, { replicaId: -1, isolationLevel, topics, timeoutMs: client.settings.requestTimeoutMs })
  for (const { name, partitions } of answer.topics) {
    for (const { partitionIndex, errorCode, offset, timestamp, leaderEpoch } of partitions) {
      const listed = errorCode === ErrorCode.NONE ? { offset, timestamp, leaderEpoch } : new KafkaError(errorCode)
      answers.set(topicPartitionKey(name, partitionIndex), listed)
    }
  }
}
