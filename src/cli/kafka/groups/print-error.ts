import type { Output } from '../../command.ts'

/** As Kafka's tool for groups says what went wrong: on standard output, and the details on the other. */
export function printError(output: Output, message: string, error?: Error): void {
  output.out(`\nError: ${message}\n`)
  if (error !== undefined) output.err(`${error.stack ?? error.message}\n`)
}
