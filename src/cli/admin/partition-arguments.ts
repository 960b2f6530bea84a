import type { TopicPartition } from '../../base/topic-partition.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import { UsageError } from '../usage-error.ts'

/** How the help shows what `partitionsOf` reads. */
export const PARTITIONS = 'TOPIC[:0,1]'

/** The partitions of these arguments: those that `TOPIC:0,1` names, and all of a topic that is named alone. Errors: `UsageError`; those of `describeTopics`. */
export async function partitionsOf(client: ClusterClient, words: readonly string[]): Promise<readonly TopicPartition[]> {
  const { describeTopics } = await import('../operations/topics/describe-topics.ts')
  const named = words.map(namedPartitions)
  const topics = await describeTopics(client, [...new Set(named.flatMap(({ topic, partitions }) => (partitions === null ? [topic] : [])))])
  const all = new Map(topics.map(({ name, partitions }) => [name, partitions.map(({ partition }) => partition)]))
  return named.flatMap(({ topic, partitions }) => (partitions ?? all.get(topic) ?? []).map((partition) => ({ topic, partition })))
}

interface Named {
  readonly topic: string
  /** All where null. */
  readonly partitions: readonly number[] | null
}

function namedPartitions(word: string): Named {
  const [topic = '', partitions, ...more] = word.split(':')
  if (topic === '' || more.length > 0) throw notOne(word)
  return { topic, partitions: partitions?.split(',').map((text) => partitionNumber(text, word)) ?? null }
}

function partitionNumber(text: string, word: string): number {
  const number = Number(text)
  if (!/^[0-9]{1,10}$/.test(text) || number > 0x7fff_ffff) throw notOne(word)
  return number
}

function notOne(word: string): UsageError {
  return new UsageError(`\`${word}\` is no ${PARTITIONS}: a topic, or a topic with numbers of partitions, such as orders:0,2.`)
}
