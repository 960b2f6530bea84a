import type { ExitCode, Output } from '../command.ts'
import type { OptionTable } from './options/option-table.ts'
import type { Options } from './options/parse-options.ts'

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
  failed?(error: Error, output: Output, args: readonly string[]): void
}
