import { readFileSync } from 'node:fs'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { TopicPartition } from '../../../base/topic-partition.ts'
import { parseDurationMs } from '../../../config/values/duration.ts'
import type { Output } from '../../command.ts'
import type { ClusterClient } from '../../operations/cluster/cluster-client.ts'
import { describeGroup } from '../../operations/groups/describe-groups.ts'
import { commitOffsets, committedOffsets, type OffsetToCommit } from '../../operations/groups/group-offsets.ts'
import { NoCommittedOffset, planReset, type Reset, type ResetTo } from '../../operations/groups/reset-offsets.ts'
import { isKafkaError } from '../../operations/kafka-error.ts'
import { parseDateTime } from '../../operations/parse-date-time.ts'
import { chosenPartitions } from '../../operations/topics/topic-arguments.ts'
import { asWrappedFuture } from '../java-errors.ts'
import { UsageExit } from '../options/option-error.ts'
import type { Options } from '../options/parse-options.ts'
import { chosenTopics } from './chosen-topics.ts'
import { chosenGroups } from './list-groups.ts'
import { csvLine, csvPlan } from './offsets-csv.ts'
import { printError } from './print-error.ts'

interface GroupPlan {
  readonly group: string
  readonly offsets: readonly OffsetToCommit[]
}

export async function resetOffsets(client: ClusterClient, options: Options, output: Output): Promise<void> {
  const plans: GroupPlan[] = []
  for (const group of await chosenGroups(client, options)) plans.push({ group, offsets: await resetGroup(client, group, options, output) })
  if (options.has('export')) output.out(`${exported(plans, options.values('group').length === 1)}\n`)
  else output.out(table(plans))
}

async function resetGroup(client: ClusterClient, group: string, options: Options, output: Output): Promise<readonly OffsetToCommit[]> {
  const state = await stateOf(client, group)
  if (state !== 'Empty' && state !== 'Dead') {
    printError(output, `Assignments can only be reset if the group '${group}' is inactive, but the current state is ${state}.`)
    return []
  }
  const partitions = await partitionsToReset(client, group, options)
  const to = resetTo(group, options, output)
  const plan = await planned(client, { groupId: group, partitions, to, warn: (sentence) => warn(to, sentence, output) })
  if (options.has('execute') && !options.has('dry-run')) await commitOffsets(client, group, plan)
  return plan
}

/** A group that is not there yet can be given offsets. */
async function stateOf(client: ClusterClient, group: string): Promise<string> {
  try {
    return (await describeGroup(client, group)).state
  } catch (error) {
    if (isKafkaError(error, ErrorCode.GROUP_ID_NOT_FOUND)) return 'Dead'
    return asWrappedFuture(Promise.reject(error))
  }
}

async function partitionsToReset(client: ClusterClient, group: string, options: Options): Promise<readonly TopicPartition[]> {
  if (options.has('all-topics')) return [...(await asWrappedFuture(committedOffsets(client, group))).values()]
  if (options.has('topic')) return chosenPartitions(client, chosenTopics(options))
  if (options.has('from-file')) return []
  throw new UsageExit('One of the reset scopes should be defined: --all-topics, --topic.')
}

async function planned(client: ClusterClient, reset: Reset): Promise<readonly OffsetToCommit[]> {
  try {
    return await planReset(client, { ...reset, partitions: reset.partitions.map(({ topic, partition }) => ({ topic, partition })) })
  } catch (error) {
    throw error instanceof NoCommittedOffset ? new UsageExit(error.message) : error
  }
}

/** What the tool prints, and what it only logs. */
function warn({ kind }: ResetTo, sentence: string, output: Output): void {
  if (kind === 'time') output.out(`\nWarn: ${sentence}\n`)
  else output.err(`WARN ${sentence}\n`)
}

function resetTo(group: string, options: Options, output: Output): ResetTo {
  if (options.has('to-offset')) return { kind: 'offset', offset: options.number('to-offset') ?? 0 }
  if (options.has('to-earliest')) return { kind: 'earliest' }
  if (options.has('to-latest')) return { kind: 'latest' }
  if (options.has('shift-by')) return { kind: 'shift', by: options.number('shift-by') ?? 0 }
  if (options.has('to-datetime')) return { kind: 'time', timestampMs: parseDateTime(options.value('to-datetime') ?? '') }
  if (options.has('by-duration')) return { kind: 'time', timestampMs: Date.now() - duration(options.value('by-duration') ?? '') }
  if (options.has('from-file')) return { kind: 'plan', offsets: planOf(group, options, output) }
  if (options.has('to-current')) return { kind: 'current' }
  throw new UsageExit(
    "Option '[reset-offsets]' requires one of the following scenarios: [[to-offset], [shift-by], [to-datetime], [by-duration], [to-earliest], [to-latest], [to-current], [from-file]]",
  )
}

function duration(text: string): number {
  const durationMs = parseDurationMs(text)
  if (durationMs === null) throw new Error('Text cannot be parsed to a Duration')
  return durationMs
}

function planOf(group: string, options: Options, output: Output): readonly OffsetToCommit[] {
  const path = options.value('from-file') ?? ''
  const plan = csvPlan(contentOf(path), options.values('group').length === 1 ? group : null).get(group)
  if (plan === undefined) printError(output, `No reset plan for group ${group} found.`)
  return plan ?? []
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Error(`java.io.IOException: Unable to read file ${path}`, { cause })
  }
}

function exported(plans: readonly GroupPlan[], isOne: boolean): string {
  return plans.flatMap(({ group, offsets }) => offsets.map((one) => csvLine(isOne ? null : group, one))).join('')
}

function table(plans: readonly GroupPlan[]): string {
  const groupWidth = Math.max(15, ...plans.map(({ group }) => group.length))
  const topicWidth = Math.max(15, ...plans.flatMap(({ offsets }) => offsets.map(({ topic }) => topic.length)))
  const line = (group: string, topic: string, partition: string, offset: string) =>
    `\n${group.padEnd(groupWidth)} ${topic.padEnd(topicWidth)} ${partition.padEnd(10)} ${offset}`
  const rows = plans.flatMap(({ group, offsets }) => offsets.map(({ topic, partition, offset }) => line(group, topic, String(partition), String(offset))))
  return `${plans.length === 0 ? '' : line('GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET')}${rows.join('')}\n`
}
