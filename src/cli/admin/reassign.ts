import { readFileSync } from 'node:fs'
import type { Command, CommandGroup, ExitCode, Output } from '../command.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import type { MoveProgress } from '../operations/reassign/reassign-partitions.ts'
import type { PlannedPartition } from '../operations/reassign/reassignment-plan.ts'
import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'
import { clientFromFlags, clusterFlags, jsonFlag, wholeNumber } from './cluster-flags.ts'
import { printTable } from './print.ts'

const flags = { ...clusterFlags, ...jsonFlag }
const PLAN = { name: 'PLAN', does: 'A file that `odradek reassign plan` or kafka-reassign-partitions wrote; `-` for standard input.' }
const POLL_MS = 500

const plan: Command = {
  name: 'reassign plan',
  summary: 'Print a plan that spreads topics over brokers. Nothing is moved.',
  arguments: [{ name: 'TOPIC', multiple: true, does: 'Names of topics.' }],
  flags: { ...clusterFlags, brokers: { value: '1,2,3', does: 'The brokers; all where not given.' } },
  examples: ['odradek reassign plan orders payments > plan.json', 'odradek reassign plan orders --brokers 1,2,3'],
  async run(args, output) {
    const { describeTopics } = await import('../operations/topics/describe-topics.ts')
    const { planText, spreadPartitions } = await import('../operations/reassign/reassignment-plan.ts')
    await using client = await clientFromFlags(args)
    const brokers = await client.retry('describeCluster', () => client.brokers())
    const wanted = args.value('brokers')?.split(',').map(Number)
    const unknown = wanted?.find((id) => !brokers.some((broker) => broker.id === id))
    if (unknown !== undefined) throw new UsageError(`The cluster has no broker ${unknown}: it has ${brokers.map(({ id }) => id).join(', ')}.`)
    const topics = await describeTopics(client, args.positional)
    const present = topics.flatMap(({ name, partitions }) => partitions.map(({ partition, replicas }) => ({ topic: name, partition, replicas })))
    const chosen = wanted === undefined ? brokers : brokers.filter(({ id }) => wanted.includes(id))
    output.out(planText(await saying(() => spreadPartitions(present, chosen))))
    return 0
  },
}

const execute: Command = {
  name: 'reassign execute',
  summary: 'Move partitions as a plan says.',
  arguments: [PLAN],
  flags: {
    ...flags,
    throttle: { value: 'BYTES', does: 'Bytes a second that each broker may copy; `odradek reassign verify` takes the bound away.' },
    wait: { does: 'Wait until all are moved, and take the bound away.' },
  },
  examples: ['odradek reassign execute plan.json --throttle 50000000 --wait'],
  async run(args, output) {
    const { reassignPartitions, throttleMoves } = await import('../operations/reassign/reassign-partitions.ts')
    const partitions = await planFrom(args)
    const throttle = wholeNumber(args, 'throttle')
    await using client = await clientFromFlags(args)
    if (throttle !== undefined) await throttleMoves(client, partitions, throttle)
    const refused = await reassignPartitions(client, partitions)
    for (const { topic, partition, error } of refused) output.err(`${topic}-${partition}: ${error.message}\n`)
    const begun = partitions.filter((one) => !refused.some(({ topic, partition }) => topic === one.topic && partition === one.partition))
    if (args.has('wait')) await untilMoved(client, begun)
    const printed = await report(args, client, partitions, output, args.has('wait'))
    return refused.length > 0 ? 1 : printed
  },
}

const verify: Command = {
  name: 'reassign verify',
  summary: 'Say how far a plan is; when all is moved, take the bound on copying away.',
  arguments: [PLAN],
  flags: { ...flags, 'keep-throttle': { does: 'Leave the bound on copying as it is.' } },
  examples: ['odradek reassign verify plan.json'],
  async run(args, output) {
    const partitions = await planFrom(args)
    await using client = await clientFromFlags(args)
    return await report(args, client, partitions, output, !args.has('keep-throttle'))
  },
}

const cancel: Command = {
  name: 'reassign cancel',
  summary: 'Stop moving the partitions of a plan: each goes back to where it was.',
  arguments: [PLAN],
  flags,
  examples: ['odradek reassign cancel plan.json'],
  async run(args, output) {
    const { reassignPartitions, unthrottleMoves } = await import('../operations/reassign/reassign-partitions.ts')
    const partitions = await planFrom(args)
    await using client = await clientFromFlags(args)
    const refused = await reassignPartitions(
      client,
      partitions.map((one) => ({ ...one, replicas: null })),
    )
    for (const { topic, partition, error } of refused) output.err(`${topic}-${partition}: ${error.message}\n`)
    await unthrottleMoves(client, partitions)
    await report(args, client, partitions, output, false)
    return refused.length > 0 ? 1 : 0
  },
}

const list: Command = {
  name: 'reassign list',
  summary: 'List what is being moved now.',
  flags,
  examples: ['odradek reassign list'],
  async run(args, output) {
    const { listReassignments } = await import('../operations/topics/list-reassignments.ts')
    await using client = await clientFromFlags(args)
    const moving = [...(await listReassignments(client)).values()]
    const rows = moving.map((one) => [one.topic, one.partition, one.replicas.join(','), one.adding.join(','), one.removing.join(',')])
    return printTable(args, output, { json: moving, head: ['TOPIC', 'PARTITION', 'REPLICAS', 'ADDING', 'REMOVING'], rows })
  },
}

async function planFrom(args: Arguments): Promise<readonly PlannedPartition[]> {
  const { parsePlan } = await import('../operations/reassign/reassignment-plan.ts')
  const [path = ''] = args.positional
  return saying(() => parsePlan(readFileSync(path === '-' ? 0 : path, 'utf8')))
}

/** What is wrong with a plan is one sentence to the user. */
async function saying<T>(work: () => T): Promise<T> {
  const { PlanError } = await import('../operations/reassign/reassignment-plan.ts')
  try {
    return work()
  } catch (error) {
    if (error instanceof PlanError || (error instanceof Error && 'code' in error)) throw new UsageError(error.message)
    throw error
  }
}

async function untilMoved(client: ClusterClient, partitions: readonly PlannedPartition[]): Promise<void> {
  const { moveProgress } = await import('../operations/reassign/reassign-partitions.ts')
  const { Progress } = await import('../progress.ts')
  using bar = new Progress('reassign', { shown: (count) => `${count} partitions` })
  bar.expect(partitions.length)
  let moved = 0
  for (;;) {
    const progress = await moveProgress(client, partitions)
    const left = progress.filter(({ state }) => state === 'moving').length
    bar.add(progress.length - left - moved)
    moved = progress.length - left
    if (left === 0) return
    await client.ports.timers.sleep(POLL_MS)
  }
}

async function report(
  args: Arguments,
  client: ClusterClient,
  partitions: readonly PlannedPartition[],
  output: Output,
  unthrottles: boolean,
): Promise<ExitCode> {
  const { moveProgress, unthrottleMoves } = await import('../operations/reassign/reassign-partitions.ts')
  const progress: readonly MoveProgress[] = await moveProgress(client, partitions)
  const isOver = progress.every(({ state }) => state !== 'moving')
  if (isOver && unthrottles)
    await unthrottleMoves(
      client,
      partitions.filter((_, index) => progress[index]?.state !== 'absent'),
    )
  const rows = progress.map(({ topic, partition, replicas, state }) => [topic, partition, replicas.join(','), state])
  printTable(args, output, { json: progress, head: ['TOPIC', 'PARTITION', 'REPLICAS', 'STATE'], rows })
  return progress.every(({ state }) => state === 'complete' || state === 'moving') ? 0 : 1
}

export const reassignCommands: CommandGroup = {
  name: 'reassign',
  summary: 'Move partitions between brokers: plan, execute, verify, cancel.',
  commands: [plan, execute, verify, cancel, list],
}
