import type { Command } from '../command.ts'
import type { PlannedPartition } from '../operations/reassign/reassignment-plan.ts'
import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'
import { clientFromFlags, clusterFlags } from './cluster-flags.ts'

export const planMoves: Command = {
  name: 'reassign plan',
  summary: 'Print a plan that spreads topics over brokers. Nothing is moved.',
  arguments: [{ name: 'TOPIC', multiple: true, does: 'Names of topics.' }],
  flags: { ...clusterFlags, brokers: { value: '1,2,3', does: 'The brokers; all where not given.' } },
  examples: ['odradek reassign plan orders payments > plan.json', 'odradek reassign plan orders --brokers 1,2,3'],
  async run(args, output) {
    const { describeTopics } = await import('../operations/topics/describe-topics.ts')
    const { planText, spreadPartitions } = await import('../operations/reassign/reassignment-plan.ts')
    const { settledBrokers } = await import('../operations/reassign/settled.ts')
    await using client = await clientFromFlags(args)
    const wanted = args.value('brokers')?.split(',').map(Number)
    const brokers = await settledBrokers(client, wanted ?? [])
    const unknown = wanted?.find((id) => !brokers.some((broker) => broker.id === id))
    if (unknown !== undefined) throw new UsageError(`The cluster has no broker ${unknown}: it has ${brokers.map(({ id }) => id).join(', ')}.`)
    const topics = await describeTopics(client, args.positional)
    const present = topics.flatMap(({ name, partitions }) => partitions.map(({ partition, replicas }) => ({ topic: name, partition, replicas })))
    const chosen = wanted === undefined ? brokers : brokers.filter(({ id }) => wanted.includes(id))
    output.out(planText(await saying(() => spreadPartitions(present, chosen))))
    return 0
  },
}

/** The plan that the command line names. Errors: `UsageError`. */
export async function planFrom(args: Arguments): Promise<readonly PlannedPartition[]> {
  const { parsePlan } = await import('../operations/reassign/reassignment-plan.ts')
  const { readText } = await import('../read-file.ts')
  const [path = ''] = args.positional
  const text = readText(path)
  return saying(() => parsePlan(text))
}

/** What is wrong with a plan is one sentence to the user. */
async function saying<T>(work: () => T): Promise<T> {
  const { PlanError } = await import('../operations/reassign/reassignment-plan.ts')
  try {
    return work()
  } catch (error) {
    if (error instanceof PlanError) throw new UsageError(error.message)
    throw error
  }
}
