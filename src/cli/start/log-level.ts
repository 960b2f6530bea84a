import type { LogLevel } from '../../telemetry/logger-levels.ts'
import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'

export const LOG_LEVELS: readonly LogLevel[] = ['off', 'error', 'warn', 'info', 'debug', 'trace']

/** Of `--log-level`. Errors: `UsageError`. */
export function logLevelOf(args: Arguments): LogLevel {
  const text = args.value('log-level') ?? 'info'
  const level = LOG_LEVELS.find((name) => name === text)
  if (level === undefined) throw new UsageError(`\`--log-level\` is one of ${LOG_LEVELS.join(', ')}, not \`${text}\`.`)
  return level
}
