import { readFileSync } from 'node:fs'
import { OdradekError } from '../../base/errors.ts'
import { clientFromFlags, clusterFlags, jsonFlag, wholeNumber } from '../admin/cluster-flags.ts'
import { printDone, printTable } from '../admin/print.ts'
import type { Command, CommandGroup, ExitCode, Output } from '../command.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'
import type { PlacedPartition, TargetBroker } from './balance-replicas.ts'
import type { PartitionMove } from './run-reassignment.ts'

const plan: Command = {
  name: 'reassign plan',
  summary: 'Say how replicas would be spread evenly over brokers, with few moves.',
  arguments: [{ name: 'TOPIC', optional: true, multiple: true, does: 'Names of topics; all where none is given.' }],
  flags: {
    ...clusterFlags,
    brokers: { value: 'ID,…', does: 'Where replicas shall be, and nowhere else; all brokers that are there where not given.' },
    'replication-factor': { value: 'COUNT', short: 'r', does: 'How many replicas each partition shall have; as many as it has where not given.' },
  },
  examples: ['odradek reassign plan > plan.json', 'odradek reassign plan orders --brokers 1,2,4'],
  async run(args, output) {
    const { balanceReplicas } = await import('./balance-replicas.ts')
    const { encodePlan } = await import('./reassignment-plan.ts')
    await using client = await clientFromFlags(args)
    const brokers = await targetsOf(client, args)
    const partitions = await placedPartitions(client, args.positional)
    try {
      output.out(encodePlan(balanceReplicas(partitions, brokers, wholeNumber(args, 'replication-factor') ?? null)))
    } catch (error) {
      if (error instanceof RangeError) throw new UsageError(`${error.message}.`)
      throw error
    }
    return 0
  },
}

const run: Command = {
  name: 'reassign run',
  summary: 'Move replicas as a plan says, and wait until they are there.',
  arguments: [{ name: 'PLAN', does: 'A file, as `odradek reassign plan` and Kafka write it.' }],
  flags: {
    ...clusterFlags,
    ...jsonFlag,
    throttle: { value: 'BYTES', does: 'How much each broker copies for it in a second. Taken away when all is there; run the plan again to wait for that.' },
    'dry-run': { does: 'Say what would be moved, and move nothing.' },
    'no-wait': { does: 'Begin, and do not wait; a throttle stays.' },
  },
  examples: ['odradek reassign run plan.json --throttle 50000000', 'odradek reassign run plan.json --dry-run'],
  async run(args, output) {
    const { decodePlan } = await import('./reassignment-plan.ts')
    const { alterReassignments, movesOf, untilMoved } = await import('./run-reassignment.ts')
    const { clearThrottle, setThrottle } = await import('./throttle.ts')
    const path = args.positional[0] as string
    const throttle = wholeNumber(args, 'throttle')
    await using client = await clientFromFlags(args)
    const moves = await movesOf(client, decodePlan(read(path), path))
    if (args.has('dry-run')) return printMoves(args, output, moves)
    if (throttle !== undefined) await setThrottle(client, moves, throttle)
    await alterReassignments(client, moves)
    const facts = { partitions: moves.length }
    if (args.has('no-wait')) return printDone(args, output, `${moves.length} partitions are being moved: see \`odradek reassign status\`.`, facts)
    const { Progress } = await import('../progress.ts')
    using progress = new Progress('reassign', { shown: (partitions) => `${partitions} partitions` })
    progress.expect(moves.length)
    await untilMoved(client, moves, progress.add)
    await clearThrottle(client, moves)
    return printDone(args, output, `${moves.length} partitions are where the plan has them.`, facts)
  },
}

const status: Command = {
  name: 'reassign status',
  summary: 'List the partitions that are being moved.',
  flags: { ...clusterFlags, ...jsonFlag },
  examples: ['odradek reassign status'],
  async run(args, output) {
    const { listReassignments } = await import('../operations/topics/list-reassignments.ts')
    await using client = await clientFromFlags(args)
    const moving = [...(await listReassignments(client)).values()]
    const rows = moving.map(({ topic, partition, replicas, adding, removing }) => [topic, partition, replicas.join(','), adding.join(','), removing.join(',')])
    return printTable(args, output, { json: moving, head: ['TOPIC', 'PARTITION', 'REPLICAS', 'ADDING', 'REMOVING'], rows })
  },
}

const cancel: Command = {
  name: 'reassign cancel',
  summary: 'End the moves that are under way, with replicas where they were before.',
  flags: { ...clusterFlags, ...jsonFlag },
  examples: ['odradek reassign cancel'],
  async run(args, output) {
    const { alterReassignments } = await import('./run-reassignment.ts')
    const { listReassignments } = await import('../operations/topics/list-reassignments.ts')
    const { clearThrottle } = await import('./throttle.ts')
    await using client = await clientFromFlags(args)
    const moving = [...(await listReassignments(client)).values()]
    if (moving.length > 0) {
      await alterReassignments(
        client,
        moving.map(({ topic, partition }) => ({ topic, partition, replicas: null })),
      )
      await clearThrottle(
        client,
        moving.map((move) => ({ ...move, before: move.replicas })),
      )
    }
    return printDone(args, output, `${moving.length} moves are ended.`, { partitions: moving.length })
  },
}

export const reassignCommands: CommandGroup = {
  name: 'reassign',
  summary: 'Spread replicas over brokers: plan it, run it with a throttle, watch and end it.',
  commands: [plan, run, status, cancel],
}

function printMoves(args: Arguments, output: Output, moves: readonly PartitionMove[]): ExitCode {
  const rows = moves.map(({ topic, partition, before, replicas }) => [topic, partition, before.join(','), replicas.join(',')])
  return printTable(args, output, { json: moves, head: ['TOPIC', 'PARTITION', 'FROM', 'TO'], rows })
}

/** Errors: `UsageError` for what is no list of brokers that are there. */
async function targetsOf(client: ClusterClient, args: Arguments): Promise<readonly TargetBroker[]> {
  const there = await client.retry('describeCluster', () => client.brokers())
  const wanted = args.value('brokers')
  if (wanted === undefined) return there
  return wanted.split(',').map((text) => {
    const found = there.find(({ id }) => String(id) === text.trim())
    if (found === undefined) throw new UsageError(`There is no broker \`${text.trim()}\`: there are ${there.map(({ id }) => id).join(', ')}.`)
    return found
  })
}

async function placedPartitions(client: ClusterClient, names: readonly string[]): Promise<readonly PlacedPartition[]> {
  const { describeTopics } = await import('../operations/topics/describe-topics.ts')
  const { listTopics } = await import('../operations/topics/list-topics.ts')
  const topics = await describeTopics(client, names.length > 0 ? names : (await listTopics(client)).map(({ name }) => name))
  return topics.flatMap(({ name, partitions }) => partitions.map(({ partition, replicas }) => ({ topic: name, partition, replicas })))
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new OdradekError('DOCUMENT', `Reading ${path} failed: ${(cause as Error).message}`, { cause })
  }
}
