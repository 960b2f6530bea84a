import type { Command, ExitCode, Output } from '../command.ts'
import type { ElectionResult } from '../operations/topics/elect-leaders.ts'
import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'
import { clientFromFlags, clusterFlags, jsonFlag } from './cluster-flags.ts'
import { PARTITIONS, partitionsOf } from './partition-arguments.ts'
import { errorFacts, printTable } from './print.ts'

export const electCommand: Command = {
  name: 'elect',
  summary: 'Give leadership back to the preferred replicas, or to any that lives where nobody leads.',
  arguments: [{ name: PARTITIONS, optional: true, multiple: true, does: 'Topics, or some of their partitions.' }],
  flags: {
    ...clusterFlags,
    ...jsonFlag,
    all: { does: 'Every partition of the cluster that needs it.' },
    unclean: { does: 'Where nobody leads let any replica that lives lead: records that it does not have ARE LOST.' },
  },
  examples: ['odradek elect orders', 'odradek elect orders:0,2 payments', 'odradek elect --all', 'odradek elect orders:1 --unclean'],
  async run(args, output) {
    const { electLeaders } = await import('../operations/topics/elect-leaders.ts')
    if (args.has('all') === args.positional.length > 0) throw new UsageError('`odradek elect` takes topics, or `--all`.')
    await using client = await clientFromFlags(args)
    const partitions = args.has('all') ? null : await partitionsOf(client, args.positional)
    return report(args, output, await electLeaders(client, args.has('unclean') ? 'unclean' : 'preferred', partitions))
  },
}

function report(args: Arguments, output: Output, results: readonly ElectionResult[]): ExitCode {
  const json = results.map((one) => (one.result === 'failed' ? { ...one, error: errorFacts(one.error) } : one))
  const rows = results.map((one) => [one.topic, one.partition, one.result === 'failed' ? one.error.message : SHOWN[one.result]])
  if (rows.length === 0 && !args.has('json')) output.out('No partition needs an election.\n')
  else printTable(args, output, { json, head: ['TOPIC', 'PARTITION', 'RESULT'], rows })
  return results.some(({ result }) => result === 'failed') ? 1 : 0
}

const SHOWN = { elected: 'elected', 'not-needed': 'not needed' } as const
