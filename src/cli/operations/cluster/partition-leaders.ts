import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { MetadataApi } from '../../../../protocol/messages/metadata.ts'
import { topicPartitionKey } from '../../../base/topic-partition.ts'
import { KafkaError } from '../kafka-error.ts'
import type { ClusterClient } from './cluster-client.ts'

/** Who leads a partition, or why nobody is known to. */
export type LeaderOf = { readonly leader: number; readonly epoch: number } | KafkaError

/** Of all partitions of `topics`, by `topic-partition`, and of a topic with an error, by its name. */
export async function partitionLeaders(client: ClusterClient, topics: Iterable<string>): Promise<ReadonlyMap<string, LeaderOf>> {
  const names = [...new Set(topics)].map((name) => ({ name }))
  const answer = await client.ask(MetadataApi, { topics: names, allowAutoTopicCreation: false })
  const leaders = new Map<string, LeaderOf>()
  for (const { name, errorCode, partitions } of answer.topics) {
    if (errorCode !== ErrorCode.NONE) leaders.set(name ?? '', new KafkaError(errorCode, null, { about: `Topic ${name}` }))
    for (const { partitionIndex, leaderId, leaderEpoch } of partitions) {
      const found = leaderId < 0 ? new KafkaError(ErrorCode.LEADER_NOT_AVAILABLE) : { leader: leaderId, epoch: leaderEpoch }
      leaders.set(topicPartitionKey(name ?? '', partitionIndex), found)
    }
  }
  return leaders
}

/** Of one partition: unknown where neither it nor its topic is there. */
export function leaderOf(leaders: ReadonlyMap<string, LeaderOf>, topic: string, partition: number): LeaderOf {
  return (
    leaders.get(topicPartitionKey(topic, partition)) ??
    leaders.get(topic) ??
    new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null, { about: `Partition ${partition} of topic ${topic}` })
  )
}
