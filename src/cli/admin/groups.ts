/**
 * `odradek groups`: what groups there are, who their members are and how far, and changes of what they have committed. Nothing is
 * changed of a group with members, and nothing by `reset` without `--execute`. How it is asked for stands in `operations/groups/`.
 */
import type { Command, CommandGroup } from '../command.ts'
import type { TopicChoice } from '../operations/topics/topic-arguments.ts'
import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'
import { clientFromFlags, clusterFlags, jsonFlag } from './cluster-flags.ts'
import { printDone, printTable } from './print.ts'

const flags = { ...clusterFlags, ...jsonFlag }
const GROUP = { name: 'GROUP', does: 'Its id.' }

const list: Command = {
  name: 'groups list',
  summary: 'List groups, with their states.',
  flags,
  examples: ['odradek groups list'],
  async run(args, output) {
    const { listGroups } = await import('../operations/groups/list-groups.ts')
    await using client = await clientFromFlags(args)
    const groups = await listGroups(client)
    const rows = groups.map(({ groupId, type, protocolType, state }) => [groupId, type, protocolType, state])
    return printTable(args, output, { json: groups, head: ['GROUP', 'TYPE', 'PROTOCOL', 'STATE'], rows })
  },
}

const describe: Command = {
  name: 'groups describe',
  summary: 'Show where a group is, what it has still to read, and who reads it.',
  arguments: [GROUP],
  flags,
  examples: ['odradek groups describe billing'],
  async run(args, output) {
    const { describeGroup } = await import('../operations/groups/describe-groups.ts')
    const { groupLag } = await import('../operations/groups/group-lag.ts')
    await using client = await clientFromFlags(args)
    const group = await describeGroup(client, args.positional[0] ?? '')
    const partitions = await groupLag(client, group)
    const rows = partitions.map(({ topic, partition, offset, logEndOffset, lag, member }) => [
      topic,
      partition,
      offset ?? '-',
      logEndOffset ?? '-',
      lag ?? '-',
      member?.clientId ?? '-',
      member?.host ?? '-',
    ])
    if (!args.has('json')) output.out(`${group.groupId}: ${group.state}, ${group.members.length} members, coordinator ${group.coordinator.id}\n\n`)
    return printTable(args, output, { json: { ...group, partitions }, head: ['TOPIC', 'PARTITION', 'OFFSET', 'END', 'LAG', 'CLIENT', 'HOST'], rows })
  },
}

const reset: Command = {
  name: 'groups reset',
  summary: 'Choose where a group without members goes on. Prints the plan; --execute does it.',
  arguments: [GROUP],
  flags: {
    ...flags,
    topic: { value: 'TOPIC[:0,1]', multiple: true, does: 'A topic, or some of its partitions; all of which the group has offsets where not given.' },
    to: {
      value: 'WHERE',
      does: 'earliest, latest, current, an offset, +N or -N records from where it is, a time as 2026-01-31T13:45:00.000Z, or a duration as PT1H ago.',
    },
    execute: { does: 'Do it.' },
  },
  examples: ['odradek groups reset billing --topic orders --to earliest --execute', 'odradek groups reset billing --to=-10'],
  async run(args, output) {
    const [group = ''] = args.positional
    const { planReset } = await import('../operations/groups/reset-offsets.ts')
    const { commitOffsets, committedOffsets } = await import('../operations/groups/group-offsets.ts')
    const { resetTarget } = await import('../operations/groups/reset-target.ts')
    const { chosenPartitions } = await import('../operations/topics/topic-arguments.ts')
    const topics = await topicsFromFlags(args)
    const to = resetTarget(args.value('to') ?? '', Date.now())
    if (to === null) throw new UsageError('`--to` says where to go on: earliest, latest, current, an offset, +N, -N, a time or a duration.')
    await using client = await clientFromFlags(args)
    await refuseMembers(args, client)
    const all = args.list('topic').length === 0 ? [...(await committedOffsets(client, group)).values()] : await chosenPartitions(client, topics)
    if (all.length === 0) throw new UsageError(`Group ${group} has no offsets: say with \`--topic\` where it shall go on.`)
    const partitions = all.map(({ topic, partition }) => ({ topic, partition }))
    const plan = await planReset(client, { groupId: group, partitions, to, warn: (sentence) => output.err(`${sentence}\n`) })
    if (args.has('execute')) await commitOffsets(client, group, plan)
    const rows = plan.map(({ topic, partition, offset }) => [topic, partition, offset])
    const printed = printTable(args, output, {
      json: { group, executed: args.has('execute'), offsets: plan },
      head: ['TOPIC', 'PARTITION', 'NEW OFFSET'],
      rows,
    })
    if (!args.has('execute') && !args.has('json')) output.err('This is a plan: --execute does it.\n')
    return printed
  },
}

/** Errors: `UsageError`. */
async function topicsFromFlags(args: Arguments): Promise<TopicChoice> {
  const { TopicArgumentError, topicChoice } = await import('../operations/topics/topic-arguments.ts')
  try {
    return topicChoice(args.list('topic'))
  } catch (error) {
    throw error instanceof TopicArgumentError ? new UsageError(`\`--topic\` is TOPIC or TOPIC:0,1, not \`${error.argument}\`.`) : error
  }
}

async function refuseMembers(args: Arguments, client: Awaited<ReturnType<typeof clientFromFlags>>): Promise<void> {
  const { describeGroup } = await import('../operations/groups/describe-groups.ts')
  const { isKafkaError, KafkaError } = await import('../operations/kafka-error.ts')
  const { ErrorCode } = await import('../../../protocol/error-codes.ts')
  try {
    const { state, groupId } = await describeGroup(client, args.positional[0] ?? '')
    if (state === 'Empty' || state === 'Dead') return
    throw new KafkaError(ErrorCode.NON_EMPTY_GROUP, `Group ${groupId} is ${state}: stop its members first.`)
  } catch (error) {
    if (!isKafkaError(error, ErrorCode.GROUP_ID_NOT_FOUND)) throw error
  }
}

const remove: Command = {
  name: 'groups delete',
  summary: 'Delete groups with their offsets.',
  arguments: [{ ...GROUP, multiple: true }],
  flags,
  examples: ['odradek groups delete billing'],
  async run(args, output) {
    const { deleteGroup } = await import('../operations/groups/group-offsets.ts')
    await using client = await clientFromFlags(args)
    for (const group of args.positional) await deleteGroup(client, group)
    return printDone(args, output, `Deleted ${args.positional.join(', ')}.`, { deleted: args.positional })
  },
}

const deleteOffsets: Command = {
  name: 'groups delete-offsets',
  summary: 'Take offsets of a group away.',
  arguments: [GROUP],
  flags: { ...flags, topic: { value: 'TOPIC[:0,1]', multiple: true, does: 'A topic, or some of its partitions.' } },
  examples: ['odradek groups delete-offsets billing --topic orders:0'],
  async run(args, output) {
    const [group = ''] = args.positional
    const operations = await import('../operations/groups/group-offsets.ts')
    const { chosenPartitions } = await import('../operations/topics/topic-arguments.ts')
    if (args.list('topic').length === 0) throw new UsageError('`odradek groups delete-offsets` needs `--topic TOPIC`.')
    const topics = await topicsFromFlags(args)
    await using client = await clientFromFlags(args)
    const partitions = await chosenPartitions(client, topics)
    const results = await operations.deleteOffsets(client, group, partitions)
    const failed = [...results].flatMap(([key, error]) => (error === null ? [] : [`${key}: ${error.message}`]))
    for (const line of failed) output.err(`${line}\n`)
    const done = printDone(args, output, `Took ${results.size - failed.length} offsets of ${group} away.`, {
      group,
      deleted: results.size - failed.length,
      failed,
    })
    return failed.length === 0 ? done : 1
  },
}

export const groupCommands: CommandGroup = {
  name: 'groups',
  summary: 'List and describe groups, choose where they go on, delete them.',
  commands: [list, describe, reset, remove, deleteOffsets],
}
