import type { Command, CommandEntry, CommandGroup } from './command.ts'
import type { Argument, Flag } from './parse-arguments.ts'

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
    "With Kafka's names, flags and output: odradek kafka-topics, kafka-console-producer, kafka-consumer-groups and others",
    'Flags of a command: odradek <command> --help',
    'Version: odradek --version',
    'Exit codes: 0 done, 1 failed, 2 not understood; 130 and 143: ended by Ctrl-C or SIGTERM before it was done',
    '',
  ].join('\n')
}

export function groupHelp({ name, summary, commands }: CommandGroup): string {
  const rows = commands.map((command): readonly [string, string] => [command.name.slice(name.length + 1), command.summary])
  const shown = commands.flatMap(({ examples = [] }) => examples.slice(0, 1))
  return [
    `Usage: odradek ${name} <action> [flags]`,
    '',
    summary,
    '',
    ...table(rows),
    ...examplesOf(shown),
    '',
    `Flags of an action: odradek ${name} <action> --help`,
    '',
  ].join('\n')
}

export function commandHelp({ name, summary, flags, arguments: positional = [], examples = [] }: Command): string {
  const rows = Object.entries(flags).map(([flag, spec]): readonly [string, string] => [usageOf(flag, spec), spec.does])
  const what = positional.map((argument) => [argument.name, argument.does] as const)
  const usage = ['Usage: odradek', name, ...positional.map(placeOf), '[flags]'].join(' ')
  return [usage, '', summary, '', ...table([...what, ...rows]), ...examplesOf(examples), ''].join('\n')
}

function placeOf({ name, optional, multiple }: Argument): string {
  const shown = multiple === true ? `${name} …` : name
  return optional === true ? `[${shown}]` : shown
}

function usageOf(name: string, { value, multiple, short }: Flag): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`
  return `${short === undefined ? '' : `-${short}, `}${long}${multiple === true ? ' …' : ''}`
}

function examplesOf(examples: readonly string[]): string[] {
  return examples.length === 0 ? [] : ['', 'Examples:', ...examples.map((example) => `${INDENT}${example}`)]
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `${INDENT}${left.padEnd(width)}${INDENT}${right}`)
}
