import type { Command, CommandGroup } from '../command.ts'
import { assignments, clientFromFlags, clusterFlags, jsonFlag, wholeNumber } from './cluster-flags.ts'
import { deleteRecordsAction } from './delete-records.ts'
import { printDone, printTable } from './print.ts'
import { producersAction } from './producers.ts'

const flags = { ...clusterFlags, ...jsonFlag }

const list: Command = {
  name: 'topics list',
  summary: 'List topics.',
  flags: { ...flags, internal: { does: 'With the internal ones.' } },
  examples: ['odradek topics list', 'odradek topics list --internal --json'],
  async run(args, output) {
    const { listTopics } = await import('../operations/topics/list-topics.ts')
    await using client = await clientFromFlags(args)
    const topics = (await listTopics(client)).filter(({ isInternal }) => args.has('internal') || !isInternal)
    return printTable(args, output, {
      json: topics,
      head: ['TOPIC', 'PARTITIONS', 'ID'],
      rows: topics.map(({ name, partitionCount, topicId }) => [name, partitionCount, topicId]),
    })
  },
}

const describe: Command = {
  name: 'topics describe',
  summary: 'Show where the partitions of topics are.',
  arguments: [{ name: 'TOPIC', multiple: true, does: 'Names of topics.' }],
  flags,
  examples: ['odradek topics describe orders'],
  async run(args, output) {
    const { describeTopics } = await import('../operations/topics/describe-topics.ts')
    await using client = await clientFromFlags(args)
    const topics = await describeTopics(client, args.positional)
    const rows = topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partition, leader, replicas, isr }) => [name, partition, leader ?? 'none', replicas.join(','), isr.join(',')]),
    )
    return printTable(args, output, { json: topics, head: ['TOPIC', 'PARTITION', 'LEADER', 'REPLICAS', 'ISR'], rows })
  },
}

const create: Command = {
  name: 'topics create',
  summary: 'Make a topic.',
  arguments: [{ name: 'TOPIC', does: 'Its name.' }],
  flags: {
    ...flags,
    partitions: { value: 'COUNT', short: 'p', does: "Its partitions; the cluster's num.partitions where not given." },
    'replication-factor': { value: 'COUNT', short: 'r', does: "Replicas of each; the cluster's default.replication.factor where not given." },
    config: { value: 'NAME=VALUE', multiple: true, does: 'A setting of the topic.' },
    'if-not-exists': { does: 'Do nothing where it is there already.' },
  },
  examples: ['odradek topics create orders --partitions 6 --config retention.ms=86400000'],
  async run(args, output) {
    const { createTopic } = await import('../operations/topics/change-topics.ts')
    const { isKafkaError } = await import('../operations/kafka-error.ts')
    const { ErrorCode } = await import('../../../protocol/error-codes.ts')
    const [name = ''] = args.positional
    const [partitions, replicationFactor] = [wholeNumber(args, 'partitions'), wholeNumber(args, 'replication-factor')]
    const configs = assignments(args, 'config')
    await using client = await clientFromFlags(args)
    try {
      await createTopic(client, { name, partitions, replicationFactor, configs })
    } catch (error) {
      if (!args.has('if-not-exists') || !isKafkaError(error, ErrorCode.TOPIC_ALREADY_EXISTS)) throw error
      return printDone(args, output, `Topic ${name} is there already.`, { name, created: false })
    }
    return printDone(args, output, `Created topic ${name}.`, { name, created: true })
  },
}

const grow: Command = {
  name: 'topics grow',
  summary: 'Add partitions to a topic.',
  arguments: [{ name: 'TOPIC', does: 'Its name.' }],
  flags: { ...flags, partitions: { value: 'COUNT', short: 'p', does: 'How many there shall be, with those that are there.' } },
  examples: ['odradek topics grow orders --partitions 12'],
  async run(args, output) {
    const { addPartitions } = await import('../operations/topics/change-topics.ts')
    const { UsageError } = await import('../usage-error.ts')
    const [name = ''] = args.positional
    const count = wholeNumber(args, 'partitions')
    if (count === undefined) throw new UsageError('`odradek topics grow` needs `--partitions COUNT`.')
    await using client = await clientFromFlags(args)
    await addPartitions(client, [{ name, count, assignment: null }])
    return printDone(args, output, `Topic ${name} has ${count} partitions.`, { name, partitions: count })
  },
}

const remove: Command = {
  name: 'topics delete',
  summary: 'Delete topics with all their records.',
  arguments: [{ name: 'TOPIC', multiple: true, does: 'Names of topics.' }],
  flags,
  examples: ['odradek topics delete orders'],
  async run(args, output) {
    const { deleteTopics } = await import('../operations/topics/change-topics.ts')
    await using client = await clientFromFlags(args)
    await deleteTopics(client, args.positional)
    return printDone(args, output, `Deleted ${args.positional.join(', ')}.`, { deleted: args.positional })
  },
}

export const topicCommands: CommandGroup = {
  name: 'topics',
  summary: 'List, make, describe, grow and delete topics.',
  commands: [list, describe, create, grow, remove, deleteRecordsAction, producersAction],
}
