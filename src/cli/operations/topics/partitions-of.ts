import type { TopicPartition } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { listTopics } from './list-topics.ts'

/** The partitions of the topics that are wanted, by topic and partition. */
export async function partitionsOf(client: ClusterClient, isWanted: (topic: string) => boolean): Promise<readonly TopicPartition[]> {
  const topics = (await listTopics(client)).filter(({ name }) => isWanted(name))
  return topics.flatMap(({ name, partitionCount }) => Array.from({ length: partitionCount }, (_, partition) => ({ topic: name, partition })))
}
