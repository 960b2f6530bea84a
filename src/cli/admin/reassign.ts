/**
 * `odradek reassign`: reads plans and flags, and says what came of them; what is asked of the cluster, and in which order, stands in
 * `operations/reassign/`. A bound on copying is told of whenever it is set, goes or stays. What is not as planned at the end is exit code 1.
 */
import { topicPartitionKey } from '../../base/topic-partition.ts'
import type { Command, CommandGroup, ExitCode, Output } from '../command.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import type { MoveProgress, PartitionFailure } from '../operations/reassign/reassign-partitions.ts'
import type { PlannedPartition } from '../operations/reassign/reassignment-plan.ts'
import type { Bound } from '../operations/reassign/throttle.ts'
import type { Arguments } from '../parse-arguments.ts'
import type { Progress } from '../progress.ts'
import { exitCodeOf, watchStopSignals } from '../stop-signals.ts'
import { clientFromFlags, clusterFlags, jsonFlag, wholeNumber } from './cluster-flags.ts'
import { printTable } from './print.ts'
import { planFrom, planMoves } from './reassign-plan.ts'

const flags = { ...clusterFlags, ...jsonFlag }
const PLAN = { name: 'PLAN', does: 'A file that `odradek reassign plan` or kafka-reassign-partitions wrote; `-` for standard input.' }
const POLL_MS = 500
const VERIFY_TELLS = '`odradek reassign verify` tells how far they are, and takes a bound away when nothing is moved.'
const KEEP = {
  'keep-throttle': {
    does: "Leave the bound on copying. Else, when nothing at all is moved: if the plan's topics have throttled replicas, these settings go, and the throttled rates of the brokers that they name.",
  },
}

const execute: Command = {
  name: 'reassign execute',
  summary: 'Move partitions as a plan says.',
  arguments: [PLAN],
  flags: {
    ...flags,
    throttle: {
      value: 'BYTES',
      does: 'Bytes a second that each broker may copy, in place of a bound that it has; `odradek reassign verify` takes it away. Not set where nothing is moved.',
    },
    wait: { does: 'Wait until all are moved; then the bound of --throttle goes, unless other partitions are being moved.' },
  },
  examples: ['odradek reassign execute plan.json --throttle 50000000 --wait'],
  async run(args, output) {
    const { beginMoves } = await import('../operations/reassign/begin-moves.ts')
    const { settledProgress } = await import('../operations/reassign/settled.ts')
    const partitions = await planFrom(args)
    const throttle = wholeNumber(args, 'throttle') ?? null
    await using client = await clientFromFlags(args)
    const { refused, bound } = await beginMoves(client, partitions, throttle)
    tellRefused(refused, output)
    const begun = partitions.filter((one) => !refused.some(({ topic, partition }) => topic === one.topic && partition === one.partition))
    const interrupted = args.has('wait') ? await movedOrInterrupted(client, begun) : null
    if (interrupted !== null) {
      output.err(`Interrupted (${interrupted}): partitions go on moving${bound === null ? '' : ', and the bound on copying stays'}. ${VERIFY_TELLS}\n`)
      return exitCodeOf(interrupted)
    }
    const progress = await settledProgress(client, partitions)
    if (bound !== null) {
      const present = presentTopics(progress)
      if (args.has('wait')) await unthrottle(client, { ...bound, topics: bound.topics.filter((topic) => present.has(topic)) }, output)
      else output.err(`Each broker copies at most ${throttle} bytes a second until \`odradek reassign verify\` finds all moved.\n`)
    }
    const printed = report(args, output, progress)
    return refused.length > 0 ? 1 : printed
  },
}

const verify: Command = {
  name: 'reassign verify',
  summary: 'Say how far a plan is; when nothing is moved any more, take its bound on copying away.',
  arguments: [PLAN],
  flags: { ...flags, ...KEEP },
  examples: ['odradek reassign verify plan.json'],
  async run(args, output) {
    const { settledProgress } = await import('../operations/reassign/settled.ts')
    const partitions = await planFrom(args)
    await using client = await clientFromFlags(args)
    const progress = await settledProgress(client, partitions)
    if (!args.has('keep-throttle')) await unthrottleBound(client, progress, output)
    return report(args, output, progress)
  },
}

const cancel: Command = {
  name: 'reassign cancel',
  summary: 'Stop moving the partitions of a plan: each goes back to where it was. The bound on their copying goes.',
  arguments: [PLAN],
  flags: { ...flags, ...KEEP },
  examples: ['odradek reassign cancel plan.json'],
  async run(args, output) {
    const { moveProgress, reassignPartitions } = await import('../operations/reassign/reassign-partitions.ts')
    const { listReassignments } = await import('../operations/topics/list-reassignments.ts')
    const partitions = await planFrom(args)
    await using client = await clientFromFlags(args)
    const moving = await listReassignments(client)
    const active = partitions.filter(({ topic, partition }) => moving.has(topicPartitionKey(topic, partition)))
    if (active.length === 0) output.err('None of these partitions is being moved.\n')
    const ends = active.map((one) => ({ ...one, replicas: null }))
    const refused = ends.length === 0 ? [] : await reassignPartitions(client, ends)
    tellRefused(refused, output)
    const progress = await moveProgress(client, partitions)
    if (!args.has('keep-throttle')) await unthrottleBound(client, progress, output)
    report(args, output, progress)
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

/** @returns the name of the signal that came before all are moved; null for none */
async function movedOrInterrupted(client: ClusterClient, partitions: readonly PlannedPartition[]): Promise<string | null> {
  const { Progress } = await import('../progress.ts')
  const stopping = new AbortController()
  using signals = watchStopSignals(exitCodeOf)
  using bar = new Progress('reassign', { shown: (count) => `${count} partitions` })
  bar.expect(partitions.length)
  const end = await Promise.race([untilMoved(client, partitions, bar, stopping.signal), signals.first])
  stopping.abort()
  return end
}

async function untilMoved(client: ClusterClient, partitions: readonly PlannedPartition[], bar: Progress, signal: AbortSignal): Promise<null> {
  const { moveProgress } = await import('../operations/reassign/reassign-partitions.ts')
  let moved = 0
  for (;;) {
    const progress = await moveProgress(client, partitions)
    const left = progress.filter(({ state }) => state === 'moving').length
    bar.add(progress.length - left - moved)
    moved = progress.length - left
    if (left === 0) return null
    await client.ports.timers.sleep(POLL_MS, signal)
  }
}

/** Where the plan's partitions do not move any more, and its topics have a bound. */
async function unthrottleBound(client: ClusterClient, progress: readonly MoveProgress[], output: Output): Promise<void> {
  if (progress.some(({ state }) => state === 'moving')) return
  const { boundOf } = await import('../operations/reassign/throttle.ts')
  const bound = await boundOf(client, presentTopics(progress))
  if (bound !== null) await unthrottle(client, bound, output)
}

async function unthrottle(client: ClusterClient, bound: Bound, output: Output): Promise<void> {
  const { unthrottleMoves } = await import('../operations/reassign/throttle.ts')
  const outcome = await unthrottleMoves(client, bound)
  if (outcome === 'removed') output.err('The bound on copying is taken away.\n')
  else output.err('The bound on copying stays, as partitions are being moved: `odradek reassign verify` takes it away when none is.\n')
}

function presentTopics(progress: readonly MoveProgress[]): ReadonlySet<string> {
  return new Set(progress.filter(({ state }) => state !== 'absent').map(({ topic }) => topic))
}

function tellRefused(refused: readonly PartitionFailure[], output: Output): void {
  for (const { topic, partition, error } of refused) output.err(`${topic}-${partition}: ${error.message}\n`)
}

function report(args: Arguments, output: Output, progress: readonly MoveProgress[]): ExitCode {
  const rows = progress.map(({ topic, partition, replicas, state }) => [topic, partition, replicas.join(','), state])
  printTable(args, output, { json: progress, head: ['TOPIC', 'PARTITION', 'REPLICAS', 'STATE'], rows })
  return progress.every(({ state }) => state === 'complete' || state === 'moving') ? 0 : 1
}

export const reassignCommands: CommandGroup = {
  name: 'reassign',
  summary: 'Move partitions between brokers: plan, execute, verify, cancel.',
  commands: [planMoves, execute, verify, cancel, list],
}
