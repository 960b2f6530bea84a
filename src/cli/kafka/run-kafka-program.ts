import { nearestName } from '../../config/sources/nearest-name.ts'
import type { ExitCode, Output } from '../command.ts'
import { runKafkaProgram } from './kafka-program.ts'
import { kafkaPrograms, otherKafkaPrograms } from './kafka-programs.ts'

/** Runs the program of Kafka's that has this name, or says what does its work here. */
export async function runNamedKafkaProgram(name: string, args: readonly string[], output: Output): Promise<ExitCode> {
  const entry = Object.hasOwn(kafkaPrograms, name) ? kafkaPrograms[name] : undefined
  if (entry !== undefined) return runKafkaProgram(await entry.load(), args, output)
  output.err(`${whatInstead(name)}\n`)
  return 1
}

function whatInstead(name: string): string {
  const instead = Object.hasOwn(otherKafkaPrograms, name) ? otherKafkaPrograms[name] : undefined
  if (instead !== undefined) return `\`${name}\` is not here: ${instead} does what it does.`
  const near = nearestName(name, Object.keys(kafkaPrograms))
  if (near !== null) return `There is no \`${name}\`. Did you mean \`${near}\`?`
  return `\`${name}\` is not here. Kafka's own works with this broker; \`odradek --help\` lists what is here.`
}
