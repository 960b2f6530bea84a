import { parseUuid, ZERO_UUID } from '../../../../protocol/uuid.ts'
import { topicPartitionKey } from '../../../base/topic-partition.ts'
import type { Output } from '../../command.ts'
import type { ClusterClient } from '../../operations/cluster/cluster-client.ts'
import { type ConfigValue, describeConfigs, isDefault } from '../../operations/configs.ts'
import { describeTopicById, describeTopics, type PartitionDescription, type TopicDescription } from '../../operations/topics/describe-topics.ts'
import { listReassignments, type Reassignment } from '../../operations/topics/list-reassignments.ts'
import { listTopics } from '../../operations/topics/list-topics.ts'
import { inJavaHashOrder } from '../java-hash-order.ts'
import type { Options } from '../options/parse-options.ts'
import { UserError } from '../user-error.ts'
import { ensureFound, matchingTopics } from './list-topics.ts'
import { isReported, replicationFactor } from './partition-reports.ts'

const REPORTS = ['under-replicated-partitions', 'unavailable-partitions', 'under-min-isr-partitions', 'at-min-isr-partitions']

export async function describe(client: ClusterClient, options: Options, output: Output): Promise<void> {
  const topics = await describedTopics(client, options, output)
  const configs = await describeConfigs(
    client,
    topics.map(({ name }) => ({ kind: 'topic', name })),
  )
  const brokers = new Set((await client.brokers()).map(({ id }) => id))
  const moving = await listReassignments(
    client,
    topics.map(({ name, partitions }) => ({ name, partitionIndexes: partitions.map(({ partition }) => partition) })),
  )
  const isReport = REPORTS.some((report) => options.has(report))
  topics.forEach((topic, index) => {
    const values = configs[index] ?? []
    if (!isReport) printTopic(topic, values, moving, options, output)
    if (options.has('topics-with-overrides')) return
    for (const partition of topic.partitions) {
      const reassignment = moving.get(topicPartitionKey(topic.name, partition.partition))
      if (!isReport || isReported({ partition, reassignment, configs: values, brokers }, options))
        output.out(partitionLine(topic.name, partition, reassignment))
    }
  })
}

async function describedTopics(client: ClusterClient, options: Options, output: Output): Promise<readonly TopicDescription[]> {
  const id = topicIdOf(options)
  if (id !== null && options.has('topic') && options.has('if-exists'))
    output.out('Only topic id will be used when both --topic and --topic-id are specified and topicId is not Uuid.ZERO_UUID\n')
  if (id !== null) {
    const isThere = (await listTopics(client)).some(({ topicId }) => topicId === id)
    if (!isThere && !options.has('if-exists')) throw new UserError(`TopicId '${id}' does not exist as expected`)
    return isThere ? [await describeTopicById(client, id)] : []
  }
  const names = await matchingTopics(client, options)
  ensureFound(names, options)
  return describeTopics(client, names, options.number('partition-size-limit-per-response') ?? undefined)
}

function topicIdOf(options: Options) {
  const text = options.value('topic-id')
  if (text === null) return null
  const id = parseUuid(text)
  if (id === null) throw new UserError(`Input string \`${text}\` is no topic id, which has 22 characters.`)
  return id === ZERO_UUID ? null : id
}

function printTopic(
  { name, topicId, partitions }: TopicDescription,
  configs: readonly ConfigValue[],
  moving: ReadonlyMap<string, Reassignment>,
  options: Options,
  output: Output,
): void {
  const own = inJavaHashOrder(configs, (value) => value.name).filter((value) => !isDefault(value))
  const [first] = partitions
  if (first === undefined || (options.has('topics-with-overrides') && own.length === 0)) return
  const factor = replicationFactor(first, moving.get(topicPartitionKey(name, first.partition)))
  const id = topicId === ZERO_UUID ? '' : `\tTopicId: ${topicId}`
  const settings = own.map((value) => `${value.name}=${value.value}`).join(',')
  output.out(`Topic: ${name}${id}\tPartitionCount: ${partitions.length}\tReplicationFactor: ${factor}\tConfigs: ${settings}\n`)
}

function partitionLine(topic: string, { partition, leader, replicas, isr, elr, lastKnownElr }: PartitionDescription, moving: Reassignment | undefined): string {
  const columns = [
    `Topic: ${topic}`,
    `Partition: ${partition}`,
    `Leader: ${leader ?? 'none'}`,
    `Replicas: ${replicas.join(',')}`,
    `Isr: ${isr.join(',')}`,
    ...(moving === undefined ? [] : [`Adding Replicas: ${moving.adding.join(',')}`, `Removing Replicas: ${moving.removing.join(',')}`]),
    `Elr: ${elr?.join(',') ?? 'N/A'}`,
    `LastKnownElr: ${lastKnownElr?.join(',') ?? 'N/A'}`,
  ]
  return `${columns.map((column) => `\t${column}`).join('')}\n`
}
