import type { OdradekError } from '../../base/errors.ts'
import type { ExitCode, Output } from '../command.ts'
import type { Arguments } from '../parse-arguments.ts'
import { textTable } from '../table/text-table.ts'

export interface Printed {
  /** What --json prints. */
  readonly json: unknown
  readonly head: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

/** A table, or with --json the same as JSON. */
export function printTable(args: Arguments, output: Output, { json, head, rows }: Printed): ExitCode {
  output.out(args.has('json') ? `${JSON.stringify(json, null, 2)}\n` : textTable(head, rows))
  return 0
}

/** One sentence on what was done, or with --json the facts. */
export function printDone(args: Arguments, output: Output, sentence: string, json: unknown): ExitCode {
  return printText(args, output, () => `${sentence}\n`, json)
}

/** Lines for a reader, or with --json the facts. */
export function printText(args: Arguments, output: Output, text: () => string, json: unknown): ExitCode {
  output.out(args.has('json') ? `${JSON.stringify(json, null, 2)}\n` : text())
  return 0
}

/** How --json tells of a failure of one part. */
export function errorFacts({ code, message }: OdradekError): { readonly code: string; readonly message: string } {
  return { code, message }
}
