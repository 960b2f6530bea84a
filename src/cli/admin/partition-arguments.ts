import type { TopicPartition } from '../../base/topic-partition.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import type { TopicChoice } from '../operations/topics/topic-arguments.ts'
import { UsageError } from '../usage-error.ts'

/** How the help shows what `partitionsOf` reads. */
export const PARTITIONS = 'TOPIC[:0,1]'
const HIGHEST_PARTITION = 0x7fff_ffff

/** The partitions of these arguments: those that `TOPIC:0,1` names, and all of a topic that is named alone. Errors: `UsageError`; those of `describeTopics`. */
export async function partitionsOf(client: ClusterClient, words: readonly string[]): Promise<readonly TopicPartition[]> {
  const { chosenPartitions } = await import('../operations/topics/topic-arguments.ts')
  return chosenPartitions(client, await choiceOf(words))
}

async function choiceOf(words: readonly string[]): Promise<TopicChoice> {
  const { TopicArgumentError, topicChoice } = await import('../operations/topics/topic-arguments.ts')
  try {
    const choice = topicChoice(words)
    const wrong = choice.partitions.find(({ partition }) => partition < 0 || partition > HIGHEST_PARTITION)
    if (wrong !== undefined) throw notOne(`${wrong.topic}:${wrong.partition}`)
    return choice
  } catch (error) {
    throw error instanceof TopicArgumentError ? notOne(error.argument) : error
  }
}

function notOne(word: string): UsageError {
  return new UsageError(`\`${word}\` is no ${PARTITIONS}: a topic, or a topic with numbers of partitions, such as orders:0,2.`)
}
