import type { ExitCode, Output } from '../command.ts'
import { OptionError, UsageExit } from './options/option-error.ts'
import { defaultOptions, type OptionTable } from './options/option-table.ts'
import { type Options, parseOptions } from './options/parse-options.ts'
import { usageOf } from './options/usage.ts'

/** The Kafka whose tools these programs are like. */
export const KAFKA_VERSION = '4.3.1'

/** A program with the name, the options and the output of one of Kafka's. Loads what asks a cluster when it runs. */
export interface KafkaProgram {
  readonly name: string
  readonly summary: string
  readonly options: OptionTable
  /** Command lines without the program's name. */
  readonly examples?: readonly string[]
  /** Errors: `OptionError` and `UsageExit` for the command line; all others are the caller's to show by `failed`. */
  run(options: Options, output: Output): Promise<ExitCode>
  /** What is printed for a failure; a line on standard error where not given. */
  failed?(error: Error, output: Output): void
}

/** Runs `program` with the command line that stands behind its name. */
export async function runKafkaProgram(program: KafkaProgram, args: readonly string[], output: Output): Promise<ExitCode> {
  try {
    const table = { ...program.options, ...defaultOptions }
    const options = parseOptions(table, args)
    if (args.length === 0) throw new UsageExit(program.summary)
    if (options.has('help')) return printHelp(program, output)
    if (options.has('version')) return printVersion(output)
    return await program.run(options, output)
  } catch (error) {
    return fail(program, error, output)
  }
}

function fail(program: KafkaProgram, error: unknown, output: Output): ExitCode {
  if (!(error instanceof Error)) throw error
  if (error instanceof UsageExit) output.err(`${error.message}\n${usageOf(program)}`)
  else if (program.failed !== undefined) program.failed(error, output)
  else output.err(`${messageOf(error)}\n`)
  return 1
}

/** Failures that we expect say what to do; of others the stack helps whoever is told of them. */
export function messageOf(error: Error): string {
  return error instanceof OptionError || 'code' in error ? error.message : (error.stack ?? error.message)
}

function printHelp(program: KafkaProgram, output: Output): ExitCode {
  output.out(usageOf(program))
  return 0
}

function printVersion(output: Output): ExitCode {
  output.out(`${KAFKA_VERSION}\n`)
  return 0
}
