import { OdradekError } from '../base/errors.ts'
import { nearestName } from '../config/sources/nearest-name.ts'
import type { CommandEntry, ExitCode, Output } from './command.ts'
import { commandHelp, programHelp } from './help.ts'
import { parseArguments } from './parse-arguments.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'

const commands: readonly CommandEntry[] = [
  { name: 'start', summary: 'Run a node until it is told to stop.', load: async () => (await import('./start.ts')).startCommand },
  { name: 'format', summary: 'Prepare the data directories of a node.', load: async () => (await import('./format/format.ts')).formatCommand },
  {
    name: 'doctor',
    summary: 'Say what a client here is told by a broker, and whether it reaches that.',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  { name: 'backup', summary: "Copy a node's data into an archive, while it runs.", load: async () => (await import('./backup.ts')).backupCommand },
  {
    name: 'restore',
    summary: "Put a node's data back from an archive, after checking all of it.",
    load: async () => (await import('./restore.ts')).restoreCommand,
  },
  {
    name: 'health',
    summary: 'Say whether a node serves requests; the exit code is 0 if it does, else 1.',
    load: async () => (await import('./health.ts')).healthCommand,
  },
  { name: 'config', summary: 'Print the settings in force and where each comes from.', load: async () => (await import('./config.ts')).configCommand },
]

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
  if (first === 'help' && rest[0] !== undefined) return print(output, commandHelp(await find(rest[0]).load()))
  if (first === '--help' || first === '-h' || first === 'help') return print(output, programHelp(commands))
  const command = await find(first).load()
  if (rest.includes('--help') || rest.includes('-h')) return print(output, commandHelp(command))
  return command.run(parseArguments(command, rest), output)
}

/** What tells of the flags that were meant. */
function helpFor([first]: readonly string[]): string {
  return commands.some(({ name }) => name === first) ? `odradek ${first} --help` : 'odradek --help'
}

function find(name: string): CommandEntry {
  const found = commands.find((command) => command.name === name)
  if (found !== undefined) return found
  if (name.startsWith('-')) throw new UsageError(`\`odradek\` has no flag \`${name}\`.`)
  const near = nearestName(
    name,
    commands.map((command) => command.name),
  )
  throw new UsageError(`\`odradek\` has no command \`${name}\`.${near === null ? '' : ` Did you mean \`odradek ${near}\`?`}`)
}

function print(output: Output, text: string): ExitCode {
  output.out(text)
  return 0
}

/** Failures that we expect say what to do; of others the stack helps whoever is told of them. */
function messageOf(error: unknown): string {
  if (error instanceof OdradekError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
