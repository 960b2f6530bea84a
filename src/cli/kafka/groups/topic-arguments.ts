import type { TopicPartition } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../../operations/cluster/cluster-client.ts'
import { describeTopics } from '../../operations/topics/describe-topics.ts'
import { UsageExit } from '../options/option-error.ts'

/** `TOPIC:0,1` names partitions of a topic. Errors: `UsageExit`. */
export function namedPartitions(argument: string): readonly TopicPartition[] {
  const [topic = '', partitions, ...more] = argument.split(':')
  if (partitions === undefined || partitions === '' || more.length > 0)
    throw new UsageExit(`Invalid topic arg '${argument}', expected topic name and partitions`)
  return partitions.split(',').map((text) => {
    if (!/^[+-]?[0-9]{1,10}$/.test(text)) throw new UsageExit(`Invalid partition '${text}' specified in topic arg '${argument}''`)
    return { topic, partition: Number(text) }
  })
}

/** The partitions of all `--topic`: those that are named, and all of topics that are named without. */
export async function chosenPartitions(client: ClusterClient, topicArguments: readonly string[]): Promise<readonly TopicPartition[]> {
  const named = topicArguments.filter((argument) => argument.includes(':')).flatMap(namedPartitions)
  const topics = await describeTopics(client, [...new Set(topicArguments.filter((argument) => !argument.includes(':')))])
  return [...named, ...topics.flatMap(({ name, partitions }) => partitions.map(({ partition }) => ({ topic: name, partition })))]
}
