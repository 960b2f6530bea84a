import type { Command, ExitCode, Output } from '../../command.ts'
import { quorumFlags } from '../../format/quorum-flags.ts'
import { type Flags, parseArguments } from '../../parse-arguments.ts'
import { UsageError } from '../../usage-error.ts'

const configFlag: Flags = { config: { value: 'CONFIG', short: 'c', does: 'The properties of the node.' } }

const info: Command = {
  name: 'info',
  summary: 'Say what the log directories of a node are formatted as.',
  flags: configFlag,
  run: async (args, output) => (await import('./directory-info.ts')).printInfo(required(args.value('config'), 'config', 'c'), output),
}

const format: Command = {
  name: 'format',
  summary: 'Format the log directories of a node.',
  flags: {
    ...configFlag,
    'cluster-id': { value: 'CLUSTER_ID', short: 't', does: 'The id of the cluster, 22 characters.' },
    'ignore-formatted': { short: 'g', does: 'Pass over directories that are formatted already.' },
    ...quorumFlags,
    'release-version': { value: 'VERSION', short: 'r', does: '4.3 or 4.3-IV0: no other level can be begun with here.' },
    feature: { value: 'NAME=LEVEL', short: 'f', multiple: true, does: 'A level of a feature, as it is by default: no other can be begun with here.' },
    'add-scram': { value: 'CREDENTIAL', short: 'S', multiple: true, does: 'Refused: SCRAM is not here yet.' },
  },
  async run(args, output) {
    const config = required(args.value('config'), 'config', 'c')
    const clusterId = required(args.value('cluster-id'), 'cluster-id', 't')
    return (await import('./format-directories.ts')).formatStorage(args, { config, clusterId }, output)
  },
}

const randomUuid: Command = {
  name: 'random-uuid',
  summary: 'Print a random id, for a cluster or a directory.',
  flags: {},
  async run(_args, output) {
    const { randomUuid: newUuid } = await import('../../../../protocol/uuid.ts')
    const { nodeRandom } = await import('../../../platform/node-random.ts')
    output.out(`${newUuid((count) => nodeRandom.bytes(count))}\n`)
    return 0
  },
}

const versionMapping: Command = {
  name: 'version-mapping',
  summary: 'Print the levels of features that a new cluster has.',
  flags: { 'release-version': { value: 'VERSION', short: 'r', does: '4.3 or 4.3-IV0.' } },
  async run(args, output) {
    const { levelsText, refuseRelease } = await import('./default-levels.ts')
    refuseRelease(args.value('release-version'))
    output.out(levelsText())
    return 0
  },
}

const featureDependencies: Command = {
  name: 'feature-dependencies',
  summary: 'Print what levels of features need beside them.',
  flags: { feature: { value: 'NAME=LEVEL', short: 'f', multiple: true, does: 'A level of a feature.' } },
  async run(args, output) {
    const features = args.list('feature')
    required(features[0], 'feature', 'f')
    const { dependenciesText } = await import('./feature-dependencies.ts')
    for (const feature of features) output.out(dependenciesText(feature))
    return 0
  },
}

const COMMANDS = [info, format, versionMapping, featureDependencies, randomUuid]
const NAMES = `{${COMMANDS.map(({ name }) => name).join(',')}}`

/** kafka-storage, whose first word says what to do. Source: kafka.tools.StorageTool of 4.3.1. */
export async function kafkaStorage(args: readonly string[], output: Output): Promise<ExitCode> {
  const [action, ...rest] = args
  if (action === '--help' || action === '-h') return print(output, helpText())
  const command = COMMANDS.find(({ name }) => name === action)
  if (command === undefined) {
    const why = action === undefined ? 'too few arguments' : `invalid choice: '${action}' (choose from ${COMMANDS.map(({ name }) => `'${name}'`).join(', ')})`
    return refuse(output, `usage: kafka-storage [-h] ${NAMES} ...`, why)
  }
  if (rest.includes('--help') || rest.includes('-h')) return print(output, usageText(command))
  try {
    return await command.run(parseArguments(command, rest), output)
  } catch (error) {
    if (error instanceof UsageError) return refuse(output, usageText(command).trimEnd(), error.message)
    if (!(error instanceof Error) || !('code' in error)) throw error
    output.err(`${error.message}\n`)
    return 1
  }
}

function required(value: string | undefined, flag: string, short: string): string {
  if (value === undefined) throw new UsageError(`argument --${flag}/-${short} is required`)
  return value
}

function refuse(output: Output, usage: string, why: string): ExitCode {
  output.err(`${usage}\nkafka-storage: error: ${why}\n`)
  return 1
}

function print(output: Output, text: string): ExitCode {
  output.out(text)
  return 0
}

function helpText(): string {
  return [`usage: kafka-storage [-h] ${NAMES} ...`, '', ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(20)}  ${summary}`), ''].join('\n')
}

function usageText({ name, flags }: Command): string {
  const lines = Object.entries(flags).map(([flag, { value, short, does }]) => `  --${flag}${value === undefined ? '' : ` ${value}`}, -${short}  ${does}`)
  return [`usage: kafka-storage ${name} [-h] [flags]`, ...lines, ''].join('\n')
}
