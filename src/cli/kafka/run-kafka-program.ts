import { nearestName } from '../../config/sources/nearest-name.ts'
import type { ExitCode, Output } from '../command.ts'
import { KAFKA_VERSION, type KafkaProgram } from './kafka-program.ts'
import { KAFKA_STORAGE, kafkaPrograms, otherKafkaPrograms, workingKafkaPrograms } from './kafka-programs.ts'
import { OptionError, UsageExit } from './options/option-error.ts'
import { defaultOptions } from './options/option-table.ts'
import { parseOptions } from './options/parse-options.ts'
import { usageOf } from './options/usage.ts'

/** Runs the program of Kafka's that has this name, or says what does its work here. */
export async function runNamedKafkaProgram(name: string, args: readonly string[], output: Output): Promise<ExitCode> {
  if (name === KAFKA_STORAGE) return (await import('./storage/kafka-storage.ts')).kafkaStorage(args, output)
  const entry = Object.hasOwn(kafkaPrograms, name) ? kafkaPrograms[name] : undefined
  if (entry !== undefined) return runKafkaProgram(await entry.load(), args, output)
  output.err(`${whatInstead(name)}\n`)
  return 1
}

function whatInstead(name: string): string {
  const instead = Object.hasOwn(otherKafkaPrograms, name) ? otherKafkaPrograms[name] : undefined
  if (instead !== undefined) return `\`${name}\` is not here. ${instead}`
  const near = nearestName(name, [...workingKafkaPrograms, ...Object.keys(otherKafkaPrograms)])
  if (near !== null) return `There is no \`${name}\`. Did you mean \`${near}\`?`
  return `There is no \`${name}\`. \`odradek --help\` lists what is here.`
}

/** Runs `program` with the command line that stands behind its name. */
async function runKafkaProgram(program: KafkaProgram, args: readonly string[], output: Output): Promise<ExitCode> {
  try {
    const table = { ...program.options, ...defaultOptions }
    const options = parseOptions(table, args)
    if (args.length === 0) throw new UsageExit(program.summary)
    if (options.has('help')) throw new UsageExit(program.summary)
    if (options.has('version')) return printVersion(output)
    return await program.run(options, output)
  } catch (error) {
    return fail(program, error, args, output)
  }
}

function fail(program: KafkaProgram, error: unknown, args: readonly string[], output: Output): ExitCode {
  if (!(error instanceof Error)) throw error
  if (error instanceof UsageExit) output.err(`${error.message}\n${usageOf(program)}`)
  else if (program.failed !== undefined) program.failed(error, output, args)
  else output.err(`${messageOf(error)}\n`)
  return 1
}

/** Failures that we expect say what to do; of others the stack helps whoever is told of them. */
function messageOf(error: Error): string {
  return error instanceof OptionError || 'code' in error ? error.message : (error.stack ?? error.message)
}

function printVersion(output: Output): ExitCode {
  output.out(`${KAFKA_VERSION}\n`)
  return 0
}
