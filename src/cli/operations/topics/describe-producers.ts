import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { DescribeProducersApi } from '../../../../protocol/messages/describe-producers.ts'
import { type TopicPartition, topicPartitionKey } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { leaderOf, partitionLeaders } from '../cluster/partition-leaders.ts'
import { grouped } from '../grouped.ts'
import { KafkaError } from '../kafka-error.ts'

export interface ActiveProducer extends TopicPartition {
  readonly producerId: number
  readonly producerEpoch: number
  /** Of its last record; -1 where that was a marker. */
  readonly lastSequence: number
  /** Milliseconds since the epoch; null where it is not known. */
  readonly lastTimestampMs: number | null
  readonly coordinatorEpoch: number
  /** Where its open transaction begins; null where it has none. */
  readonly transactionStartOffset: number | null
}

/** The producers that the leaders of partitions remember, in the order of `partitions`. Errors: of the first partition that has one. Source: KIP-664. */
export function describeProducers(client: ClusterClient, partitions: readonly TopicPartition[]): Promise<readonly ActiveProducer[]> {
  return client.retry('describeProducers', async () => {
    const leaders = await partitionLeaders(
      client,
      partitions.map(({ topic }) => topic),
    )
    const led = partitions.map((one) => {
      const found = leaderOf(leaders, one.topic, one.partition)
      if (found instanceof KafkaError) throw found
      return { ...one, leader: found.leader }
    })
    const answers = await Promise.all([...grouped(led, ({ leader }) => leader)].map(([leader, some]) => askLeader(client, leader, some)))
    const producers = grouped(answers.flat(), keyOf)
    return partitions.flatMap((one) => producers.get(keyOf(one)) ?? [])
  })
}

function keyOf({ topic, partition }: TopicPartition): string {
  return topicPartitionKey(topic, partition)
}

async function askLeader(client: ClusterClient, leader: number, partitions: readonly TopicPartition[]): Promise<readonly ActiveProducer[]> {
  const topics = [...grouped(partitions, ({ topic }) => topic)].map(([name, some]) => ({ name, partitionIndexes: some.map(({ partition }) => partition) }))
  const answer = await client.askBroker(leader, DescribeProducersApi, { topics })
  return answer.topics.flatMap(({ name, partitions: described }) =>
    described.flatMap(({ partitionIndex, errorCode, errorMessage, activeProducers }) => {
      if (errorCode !== ErrorCode.NONE) throw new KafkaError(errorCode, errorMessage, { about: `Partition ${partitionIndex} of topic ${name}` })
      return activeProducers.map(({ lastTimestamp, currentTxnStartOffset, ...producer }) => ({
        topic: name,
        partition: partitionIndex,
        ...producer,
        lastTimestampMs: known(lastTimestamp),
        transactionStartOffset: known(currentTxnStartOffset),
      }))
    }),
  )
}

function known(value: number): number | null {
  return value < 0 ? null : value
}
