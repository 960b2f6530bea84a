import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { Output } from '../../command.ts'
import type { ClusterClient } from '../../operations/cluster/cluster-client.ts'
import { isKafkaError } from '../../operations/kafka-error.ts'
import { addPartitions, createTopic, deleteTopics } from '../../operations/topics/change-topics.ts'
import { describeTopics } from '../../operations/topics/describe-topics.ts'
import { hasCollisionCharacters } from '../../operations/topics/topic-names.ts'
import type { Options } from '../options/parse-options.ts'
import { UserError } from '../user-error.ts'
import { ensureFound, matchingTopics } from './list-topics.ts'

const MAX_REPLICATION_FACTOR = 32_767

export async function create(client: ClusterClient, options: Options, output: Output): Promise<void> {
  const name = options.value('topic') ?? ''
  const [partitions, replicationFactor] = [options.number('partitions') ?? undefined, options.number('replication-factor') ?? undefined]
  const assignment = assignmentOf(options)
  const configs = configsOf(options)
  if (hasCollisionCharacters(name)) {
    output.out(
      "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.\n",
    )
  }
  if (replicationFactor !== undefined && (replicationFactor > MAX_REPLICATION_FACTOR || replicationFactor < 1))
    throw new UserError(`The replication factor must be between 1 and ${MAX_REPLICATION_FACTOR} inclusive`)
  if (partitions !== undefined && partitions < 1) throw new UserError('The partitions must be greater than 0')
  try {
    await createTopic(client, { name, partitions, replicationFactor, configs, ...(assignment === null ? {} : { assignment }) })
    output.out(`Created topic ${name}.\n`)
  } catch (error) {
    if (!(options.has('if-not-exists') && isKafkaError(error, ErrorCode.TOPIC_ALREADY_EXISTS))) throw error
  }
}

export async function alter(client: ClusterClient, options: Options): Promise<void> {
  const assignment = assignmentOf(options)
  const names = await matchingTopics(client, options)
  ensureFound(names, options)
  if (names.length === 0) return
  const count = options.number('partitions') ?? 0
  const topics = assignment === null ? [] : await describeTopics(client, names)
  const present = new Map(topics.map(({ name, partitions }) => [name, partitions.length]))
  await addPartitions(
    client,
    names.map((name) => ({ name, count, assignment: assignment?.slice(present.get(name) ?? 0) ?? null })),
  )
}

export async function remove(client: ClusterClient, options: Options): Promise<void> {
  const names = await matchingTopics(client, options)
  ensureFound(names, options)
  await deleteTopics(client, names)
}

function configsOf(options: Options): Readonly<Record<string, string>> {
  const pairs = options.values('config').map((text) => text.split(/\s*=\s*/))
  if (pairs.some((pair) => pair.length !== 2))
    throw new UserError('requirement failed: Invalid topic config: all configs to be added must be in the format "key=val".')
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name.trim(), value.trim()]))
}

/** Brokers of each partition as `1:2,2:3` says them; null where nothing is said. */
function assignmentOf(options: Options): readonly (readonly number[])[] | null {
  const text = options.value('replica-assignment')
  if (text === null || text === '') return null
  const partitions = text.split(',').map((brokers) => brokers.split(':').map(brokerId))
  partitions.forEach((brokers, partition) => {
    const twice = [...new Set(brokers.filter((broker, index) => brokers.indexOf(broker) !== index))]
    if (twice.length > 0) throw new Error(`Partition replica lists may not contain duplicate entries: ${twice.join(',')}`)
    if (brokers.length !== partitions[0]?.length) throw new Error(`Partition ${partition} has different replication factor: [${brokers.join(', ')}]`)
  })
  return partitions
}

function brokerId(text: string): number {
  const id = text.trim()
  if (!/^[+-]?[0-9]{1,10}$/.test(id)) throw new UserError(`For input string: "${id}"`)
  return Number(id)
}
