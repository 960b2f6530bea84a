import { UsageExit } from './option-error.ts'
import type { Options } from './parse-options.ts'

/** Errors: `UsageExit` that names the first of `names` that is not there. */
export function requireOptions(options: Options, ...names: readonly string[]): void {
  const missing = names.find((name) => !options.has(name))
  if (missing !== undefined) throw new UsageExit(`Missing required argument "[${missing}]"`)
}

/** Errors: `UsageExit` where `used` is there and one of `others` is, too. */
export function forbidBeside(options: Options, used: string, others: readonly string[]): void {
  const other = options.has(used) ? others.find((name) => options.has(name)) : undefined
  if (other !== undefined) throw new UsageExit(`Option "[${used}]" can't be used with option "[${other}]"`)
}
