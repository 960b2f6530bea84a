import { OdradekError } from '../../base/errors.ts'
import type { ConfigEntry } from './config-entry.ts'

/**
 * `name=value`; the value may be empty and may hold `=`. Throws CONFIG_SYNTAX for anything else.
 * @param origin what whoever wrote it knows it by: `--set`
 */
export function parseAssignment(assignment: string, origin: string): ConfigEntry {
  const equals = assignment.indexOf('=')
  if (equals < 1) throw new OdradekError('CONFIG_SYNTAX', `${origin} ${assignment}: name=value is expected`)
  return { name: assignment.slice(0, equals).trim(), text: assignment.slice(equals + 1), origin }
}
