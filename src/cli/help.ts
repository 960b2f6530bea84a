import type { Command, CommandEntry } from './command.ts'
import type { Flag } from './parse-arguments.ts'

const INDENT = '  '

export function programHelp(commands: readonly CommandEntry[]): string {
  const rows = commands.map(({ name, summary }): readonly [string, string] => [name, summary])
  return [
    'Odradek, a Kafka broker for Node.js.',
    '',
    'Usage: odradek <command> [flags]',
    '',
    ...table(rows),
    '',
    'Flags of a command: odradek <command> --help',
    'Version: odradek --version',
    '',
  ].join('\n')
}

export function commandHelp({ name, summary, flags, arguments: positional = [] }: Command): string {
  const rows = Object.entries(flags).map(([flag, spec]): readonly [string, string] => [usageOf(flag, spec), spec.does])
  const what = positional.map((argument) => [argument.name, argument.does] as const)
  const usage = ['Usage: odradek', name, ...positional.map((argument) => (argument.optional ? `[${argument.name}]` : argument.name)), '[flags]'].join(' ')
  return [usage, '', summary, '', ...table([...what, ...rows]), ''].join('\n')
}

function usageOf(name: string, { value, multiple, short }: Flag): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`
  return `${short === undefined ? '' : `-${short}, `}${long}${multiple === true ? ' …' : ''}`
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `${INDENT}${left.padEnd(width)}${INDENT}${right}`)
}
