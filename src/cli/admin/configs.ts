import type { Command, CommandGroup } from '../command.ts'
import type { ConfigResource, ResourceKind } from '../operations/configs.ts'
import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'
import { clientFromFlags, clusterFlags, jsonFlag } from './cluster-flags.ts'
import { printDone, printTable } from './print.ts'

const flags = { ...clusterFlags, ...jsonFlag }
const KINDS: readonly ResourceKind[] = ['topic', 'broker', 'broker-logger', 'group', 'client-metrics']
const WHAT = [
  { name: 'KIND', does: `What has the settings: ${KINDS.join(', ')}.` },
  { name: 'NAME', does: 'Which one; `all` for what counts for all brokers.' },
] as const

const describe: Command = {
  name: 'configs describe',
  summary: 'Show settings: those that were changed, or with --all every one in force.',
  arguments: WHAT,
  flags: { ...flags, all: { does: 'Every setting in force.' } },
  examples: ['odradek configs describe topic orders --all', 'odradek configs describe broker 1'],
  async run(args, output) {
    const { describeConfig, isDefault, sourceName } = await import('../operations/configs.ts')
    const resource = resourceOf(args)
    await using client = await clientFromFlags(args)
    const values = (await describeConfig(client, resource)).filter(
      (value) => args.has('all') || (!isDefault(value) && sourceName(value.source) !== 'STATIC_BROKER_CONFIG'),
    )
    const shown = values.map(({ name, value, source, isSensitive, isReadOnly }) => ({ name, value, source: sourceName(source), isSensitive, isReadOnly }))
    const rows = shown.map(({ name, value, source, isSensitive }) => [name, isSensitive ? '(hidden)' : (value ?? ''), source])
    return printTable(args, output, { json: shown, head: ['NAME', 'VALUE', 'FROM'], rows })
  },
}

const set: Command = {
  name: 'configs set',
  summary: 'Set settings, which act at once.',
  arguments: [...WHAT, { name: 'NAME=VALUE', multiple: true, does: 'Settings.' }],
  flags,
  examples: ['odradek configs set topic orders retention.ms=86400000', 'odradek configs set broker-logger 1 replication=DEBUG'],
  async run(args, output) {
    const { alterConfig } = await import('../operations/configs.ts')
    const edits = args.positional.slice(2).map((text) => {
      const equals = text.indexOf('=')
      if (equals < 1) throw new UsageError(`A setting is NAME=VALUE, and \`${text}\` has no \`=\`.`)
      return { name: text.slice(0, equals), value: text.slice(equals + 1) }
    })
    const resource = resourceOf(args)
    await using client = await clientFromFlags(args)
    await alterConfig(client, resource, edits)
    return printDone(args, output, `Set ${edits.map(({ name }) => name).join(', ')} of ${nameOf(resource)}.`, { ...resource, set: edits })
  },
}

const unset: Command = {
  name: 'configs unset',
  summary: 'Take settings away, so that the defaults count again.',
  arguments: [...WHAT, { name: 'SETTING', multiple: true, does: 'Names of settings.' }],
  flags,
  examples: ['odradek configs unset topic orders retention.ms'],
  async run(args, output) {
    const { alterConfig } = await import('../operations/configs.ts')
    const names = args.positional.slice(2)
    const resource = resourceOf(args)
    await using client = await clientFromFlags(args)
    const edits = names.map((name) => ({ name, value: null }))
    await alterConfig(client, resource, edits)
    return printDone(args, output, `Took ${names.join(', ')} of ${nameOf(resource)} away.`, { ...resource, unset: names })
  },
}

function resourceOf(args: Arguments): ConfigResource {
  const [word = '', name = ''] = args.positional
  const kind = KINDS.find((known) => known === word)
  if (kind === undefined) throw new UsageError(`\`${word}\` is no KIND: ${KINDS.join(', ')}.`)
  const isBroker = kind === 'broker' || kind === 'broker-logger'
  if (isBroker && name !== 'all' && !/^[0-9]{1,10}$/.test(name)) throw new UsageError(`\`${name}\` is no broker's id.`)
  return { kind, name: kind === 'broker' && name === 'all' ? '' : name }
}

function nameOf({ kind, name }: ConfigResource): string {
  return name === '' ? 'all brokers' : `${kind} ${name}`
}

export const configCommands: CommandGroup = {
  name: 'configs',
  summary: 'Show and change settings of topics, brokers, loggers, groups and client metrics.',
  commands: [describe, set, unset],
}
