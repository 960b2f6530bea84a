import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { type TopicPartition, topicPartitionKey } from '../../../base/topic-partition.ts'
import type { Output } from '../../command.ts'
import type { ClusterClient } from '../../operations/cluster/cluster-client.ts'
import { deleteOffsets } from '../../operations/groups/group-offsets.ts'
import { KafkaError } from '../../operations/kafka-error.ts'
import { describeTopics } from '../../operations/topics/describe-topics.ts'
import type { TopicChoice } from '../../operations/topics/topic-arguments.ts'
import { described } from '../java-errors.ts'
import type { Options } from '../options/parse-options.ts'
import { chosenTopics } from './chosen-topics.ts'
import { printError } from './print-error.ts'

interface Result extends TopicPartition {
  /** null for success. */
  readonly error: KafkaError | null
}

const OF_THE_GROUP = new Set<number>([
  ErrorCode.INVALID_GROUP_ID,
  ErrorCode.GROUP_ID_NOT_FOUND,
  ErrorCode.GROUP_AUTHORIZATION_FAILED,
  ErrorCode.NON_EMPTY_GROUP,
])
const OF_PARTITIONS = new Set<number>([ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC, ErrorCode.TOPIC_AUTHORIZATION_FAILED, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION])
/** Stands for a topic that is not there. */
const NO_PARTITION = -1

export async function removeOffsets(client: ClusterClient, options: Options, output: Output): Promise<void> {
  const group = options.value('group') ?? ''
  const { partitions, absent } = await wantedPartitions(client, chosenTopics(options))
  const { overall, results } = await outcome(client, group, partitions)
  if (overall === null) output.out(`Request succeeded for deleting offsets from group ${group}.\n`)
  else if (OF_THE_GROUP.has(overall.errorCode)) printError(output, overall.message)
  else if (OF_PARTITIONS.has(overall.errorCode)) printError(output, 'Encountered some partition-level error, see the follow-up details.')
  else printError(output, `Encountered some unknown error: ${errorName(overall.errorCode)}`)
  output.out(table([...results, ...absent]))
}

async function wantedPartitions(client: ClusterClient, { partitions: named, topics }: TopicChoice) {
  const partitions = [...named]
  const absent: Result[] = []
  for (const topic of topics) {
    try {
      const [found] = await describeTopics(client, [topic])
      partitions.push(...(found?.partitions ?? []).map(({ partition }) => ({ topic, partition })))
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      absent.push({ topic, partition: NO_PARTITION, error })
    }
  }
  return { partitions, absent }
}

async function outcome(
  client: ClusterClient,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<{ readonly overall: KafkaError | null; readonly results: readonly Result[] }> {
  try {
    const answers = await deleteOffsets(client, group, partitions)
    const results = partitions.map((one) => ({ ...one, error: answers.get(topicPartitionKey(one.topic, one.partition)) ?? null }))
    return { overall: results.find(({ error }) => error !== null)?.error ?? null, results }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return { overall: error, results: partitions.map((one) => ({ ...one, error })) }
  }
}

function table(results: readonly Result[]): string {
  const width = Math.max(15, ...results.map(({ topic }) => topic.length))
  const line = (topic: string, partition: string, status: string) => `\n${topic.padEnd(width)} ${partition.padEnd(10)} ${status.padEnd(15)}`
  const order = ({ topic, partition }: Result) => `${topic}${partition}`
  const lines = results
    .toSorted((one, other) => (order(one) < order(other) ? -1 : 1))
    .map(({ topic, partition, error }) =>
      line(topic, partition === NO_PARTITION ? '-' : String(partition), error === null ? 'Successful' : `Error: ${described(error)}`),
    )
  return `${line('TOPIC', 'PARTITION', 'STATUS')}${lines.join('')}\n`
}
