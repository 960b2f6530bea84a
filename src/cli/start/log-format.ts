import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'

/** auto: readable on a terminal, else JSON. */
export type LogFormat = 'auto' | 'json' | 'readable'

export const LOG_FORMATS: readonly LogFormat[] = ['auto', 'json', 'readable']

/** Of `--log-format`. Errors: `UsageError`. */
export function logFormatOf(args: Arguments): LogFormat {
  const text = args.value('log-format') ?? 'auto'
  const format = LOG_FORMATS.find((name) => name === text)
  if (format === undefined) throw new UsageError(`\`--log-format\` is one of ${LOG_FORMATS.join(', ')}, not \`${text}\`.`)
  return format
}
