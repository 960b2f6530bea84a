import { OdradekError } from '../base/errors.ts'
import type { Command, CommandEntry, CommandGroup, ExitCode, Output } from './command.ts'
import { commands } from './commands.ts'
import { commandHelp, groupHelp, programHelp } from './help.ts'
import { kafkaProgramName } from './kafka/program-name.ts'
import { parseArguments } from './parse-arguments.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'

/**
 * Runs one command line.
 * @param args without the program's name
 */
export async function runCli(args: readonly string[], output: Output): Promise<ExitCode> {
  try {
    return await dispatch(args, output)
  } catch (error) {
    if (error instanceof UsageError) {
      output.err(`${error.message} See \`${helpFor(args)}\`.\n`)
      return 2
    }
    output.err(`${messageOf(error)}\n`)
    return 1
  }
}

async function dispatch(args: readonly string[], output: Output): Promise<ExitCode> {
  const [first, ...rest] = args
  if (first === undefined) throw new UsageError('Say what to do: `odradek start` runs a node.')
  if (first === '--version' || first === '-v') return print(output, `odradek ${version()}\n`)
  if (first === 'help' && rest[0] !== undefined) return printHelp(await (await find(rest[0])).load(), rest.slice(1), output)
  if (first === '--help' || first === '-h' || first === 'help') return print(output, programHelp(commands))
  const program = kafkaProgramName(first)
  if (program !== null) return (await import('./kafka/run-kafka-program.ts')).runNamedKafkaProgram(program, rest, output)
  return run(await (await find(first)).load(), rest, output)
}

async function run(command: Command | CommandGroup, args: readonly string[], output: Output): Promise<ExitCode> {
  if (!('commands' in command)) {
    if (asksForHelp(args)) return print(output, commandHelp(command))
    return command.run(parseArguments(command, args), output)
  }
  const [action, ...rest] = args
  if (action === undefined || action === '--help' || action === '-h') {
    if (action !== undefined) return print(output, groupHelp(command))
    throw new UsageError(`Say what to do with ${command.name}: ${actionsOf(command).join(', ')}.`)
  }
  return run(await findIn(command, action), rest, output)
}

function printHelp(command: Command | CommandGroup, [action]: readonly string[], output: Output): Promise<ExitCode> {
  return run(command, action === undefined ? ['--help'] : [action, '--help'], output)
}

/** Behind `--` nothing is a flag. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const flags = end < 0 ? args : args.slice(0, end)
  return flags.includes('--help') || flags.includes('-h')
}

/** What tells of the flags that were meant. */
function helpFor([first]: readonly string[]): string {
  return commands.some(({ name }) => name === first) ? `odradek ${first} --help` : 'odradek --help'
}

async function find(name: string): Promise<CommandEntry> {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  if (name.startsWith('-')) throw new UsageError(`\`odradek\` has no flag \`${name}\`.`)
  throw new UsageError(`\`odradek\` has no command \`${name}\`.${await suggestion('odradek', name, commands)}`)
}

async function findIn({ name: group, commands: known }: CommandGroup, action: string): Promise<Command> {
  const found = known.find(({ name }) => name === `${group} ${action}`)
  if (found !== undefined) return found
  const short = known.map(({ name }) => ({ name: name.slice(group.length + 1) }))
  throw new UsageError(`\`odradek ${group}\` has no action \`${action}\`.${await suggestion(`odradek ${group}`, action, short)}`)
}

function actionsOf({ name: group, commands: known }: CommandGroup): string[] {
  return known.map(({ name }) => `\`${name.slice(group.length + 1)}\``)
}

async function suggestion(program: string, word: string, known: readonly { readonly name: string }[]): Promise<string> {
  const { nearestName } = await import('../config/sources/nearest-name.ts')
  const near = nearestName(
    word,
    known.map(({ name }) => name),
  )
  return near === null ? '' : ` Did you mean \`${program} ${near}\`?`
}

function print(output: Output, text: string): ExitCode {
  output.out(text)
  return 0
}

/** Failures that we expect say what to do; of others the stack helps whoever is told of them. */
function messageOf(error: unknown): string {
  if (error instanceof OdradekError) return causeOf(error)
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** What was tried again until the time was over says what it failed with. */
function causeOf({ message, cause, fields: { about } }: OdradekError): string {
  const text = about === undefined ? message : `${about}: ${message}`
  return cause instanceof OdradekError && message.startsWith('Timed out') ? `${text}\n${causeOf(cause)}` : text
}
