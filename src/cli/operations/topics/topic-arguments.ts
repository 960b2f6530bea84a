import type { TopicPartition } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { describeTopics } from './describe-topics.ts'

/** An argument names no partitions. The message is what Kafka's tools print for it. */
export class TopicArgumentError extends Error {
  override readonly name = 'TopicArgumentError'
  /** As it was given. */
  readonly argument: string

  constructor(argument: string, message: string) {
    super(message)
    this.argument = argument
  }
}

/** What arguments such as `TOPIC` and `TOPIC:0,1` name. */
export interface TopicChoice {
  readonly partitions: readonly TopicPartition[]
  /** All of their partitions; each once. */
  readonly topics: readonly string[]
}

/** Errors: `TopicArgumentError`. */
export function topicChoice(topicArguments: readonly string[]): TopicChoice {
  return {
    partitions: topicArguments.filter((argument) => argument.includes(':')).flatMap(namedPartitions),
    topics: [...new Set(topicArguments.filter((argument) => !argument.includes(':')))],
  }
}

/** The partitions of a choice, as the cluster has them now. Errors: of `describeTopics`. */
export async function chosenPartitions(client: ClusterClient, { partitions: named, topics }: TopicChoice): Promise<readonly TopicPartition[]> {
  const described = await describeTopics(client, topics)
  return [...named, ...described.flatMap(({ name, partitions }) => partitions.map(({ partition }) => ({ topic: name, partition })))]
}

function namedPartitions(argument: string): readonly TopicPartition[] {
  const [topic = '', partitions, ...more] = argument.split(':')
  if (partitions === undefined || partitions === '' || more.length > 0)
    throw new TopicArgumentError(argument, `Invalid topic arg '${argument}', expected topic name and partitions`)
  return partitions.split(',').map((text) => {
    if (!/^[+-]?[0-9]{1,10}$/.test(text)) throw new TopicArgumentError(argument, `Invalid partition '${text}' specified in topic arg '${argument}''`)
    return { topic, partition: Number(text) }
  })
}
