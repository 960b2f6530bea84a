import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { DeleteRecordsApi } from '../../../../protocol/messages/delete-records.ts'
import { type TopicPartition, topicPartitionKey } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { leaderOf, partitionLeaders } from '../cluster/partition-leaders.ts'
import { grouped } from '../grouped.ts'
import { isTransient, KafkaError } from '../kafka-error.ts'

/** As the offset: all records that every replica in sync has. Source: KIP-107. */
export const BEFORE_HIGH_WATERMARK = -1

export interface RecordsToDelete extends TopicPartition {
  /** The first record that stays, or `BEFORE_HIGH_WATERMARK`. */
  readonly offset: number
}

export interface RecordsDeleted extends TopicPartition {
  /** The first offset that is left, or what is wrong. */
  readonly lowWatermark: number | KafkaError
}

/** Deletes the records before an offset of each partition, once and for all. A leader that moves is waited for. @returns in the order of `wanted` */
export async function deleteRecords(client: ClusterClient, wanted: readonly RecordsToDelete[]): Promise<readonly RecordsDeleted[]> {
  const answers = new Map<string, number | KafkaError>()
  const answerTo = ({ topic, partition }: TopicPartition) => answers.get(topicPartitionKey(topic, partition))
  const isOpen = (answer: number | KafkaError | undefined) => answer === undefined || (answer instanceof KafkaError && isTransient(answer))
  try {
    await client.retry('deleteRecords', async () => {
      const open = wanted.filter((one) => isOpen(answerTo(one)))
      await askLeaders(client, open, answers)
      const failed = open.map(answerTo).find((answer) => answer instanceof KafkaError && isTransient(answer))
      if (failed !== undefined) throw failed
    })
  } catch (error) {
    // What some partitions failed with until the end is theirs alone.
    if (!(error instanceof KafkaError) || !wanted.every((one) => answerTo(one) !== undefined)) throw error
  }
  return wanted.map(({ topic, partition }) => ({ topic, partition, lowWatermark: answerTo({ topic, partition }) as number | KafkaError }))
}

type Answers = Map<string, number | KafkaError>

async function askLeaders(client: ClusterClient, wanted: readonly RecordsToDelete[], answers: Answers): Promise<void> {
  const leaders = await partitionLeaders(
    client,
    wanted.map(({ topic }) => topic),
  )
  const led = wanted.flatMap((one) => {
    const found = leaderOf(leaders, one.topic, one.partition)
    if (!(found instanceof KafkaError)) return [{ ...one, leader: found.leader }]
    answers.set(topicPartitionKey(one.topic, one.partition), found)
    return []
  })
  await Promise.all([...grouped(led, ({ leader }) => leader)].map(([leader, some]) => askLeader(client, leader, some, answers)))
}

async function askLeader(client: ClusterClient, leader: number, wanted: readonly RecordsToDelete[], answers: Answers): Promise<void> {
  const topics = [...grouped(wanted, ({ topic }) => topic)].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ partition, offset }) => ({ partitionIndex: partition, offset })),
  }))
  const answer = await client.askBroker(leader, DeleteRecordsApi, { topics, timeoutMs: client.settings.requestTimeoutMs })
  for (const { name, partitions } of answer.topics) {
    for (const { partitionIndex, lowWatermark, errorCode } of partitions) {
      answers.set(topicPartitionKey(name, partitionIndex), errorCode === ErrorCode.NONE ? lowWatermark : new KafkaError(errorCode))
    }
  }
}
