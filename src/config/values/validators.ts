import { parseDurationMs } from './duration.ts'
import { formatValue } from './format-value.ts'
import { parseHostPort } from './host-port.ts'
import type { SettingType, SettingValue } from './setting-value.ts'

/** What a value must be beyond its type. */
export interface Validator {
  /** As Kafka prints it in its documentation: `[0,...,1]`. */
  readonly text: string
  /** Kafka's message for a value that is not allowed, or null. The value has the setting's type already. */
  check(name: string, value: SettingValue, type: SettingType): string | null
  /** Items of a list that come twice are taken once, before they are checked. */
  readonly dropsDuplicates?: true
}

/** Kafka's wording of most refusals. */
export function invalidValue(name: string, value: unknown, reason: string): string {
  return `Invalid value ${value} for configuration ${name}: ${reason}`
}

export function atLeast(min: number): Validator {
  return between(min, Number.POSITIVE_INFINITY)
}

/** Both ends are allowed. */
export function between(min: number, max: number): Validator {
  return {
    text: max === Number.POSITIVE_INFINITY ? `[${min},...]` : `[${min},...,${max}]`,
    check(name, value, type) {
      if (typeof value !== 'number') return invalidValue(name, value, 'Value must be non-null')
      if (value < min) return invalidValue(name, formatValue(type, value), `Value must be at least ${min}`)
      if (value > max) return invalidValue(name, formatValue(type, value), `Value must be no more than ${max}`)
      return null
    },
  }
}

export function oneOf(...allowed: readonly string[]): Validator {
  return {
    text: `[${allowed.join(', ')}]`,
    check: (name, value) =>
      typeof value === 'string' && allowed.includes(value) ? null : invalidValue(name, value, `String must be one of: ${allowed.join(', ')}`),
  }
}

/** Kafka compares in upper case and keeps what was written. */
export function oneOfIgnoringCase(...allowed: readonly string[]): Validator {
  const upper = new Set(allowed.map((text) => text.toUpperCase()))
  return {
    text: `(case insensitive) [${allowed.join(', ')}]`,
    check(name, value) {
      if (typeof value === 'string' && upper.has(value.toUpperCase())) return null
      return invalidValue(name, value, `String must be one of (case insensitive): ${allowed.join(', ')}`)
    },
  }
}

interface ListRule {
  /** Is a list without items allowed? */
  readonly empty: boolean
  /** Nothing but these, where given. */
  readonly items?: readonly string[]
}

/** Items must not be empty; items written twice count once. */
export function listOf(rule: ListRule): Validator {
  const items = rule.items ?? []
  const text = items.length === 0 ? '' : `[${items.join(', ')}]`
  const item = items.length === 0 ? null : oneOf(...items)
  return {
    text,
    dropsDuplicates: true,
    check(name, value) {
      const list = value as readonly string[]
      if (!rule.empty && list.length === 0)
        return `Configuration '${name}' must not be empty. Valid values include: ${text === '' ? 'any non-empty value' : text}`
      for (const entry of list) {
        if (entry === '') return `Configuration '${name}' values must not be empty.`
        const refusal = item?.check(name, entry, 'string') ?? null
        if (refusal !== null) return refusal
      }
      return null
    },
  }
}

export const nonEmptyString: Validator = {
  text: 'non-empty string',
  check: (name, value) => (value === '' ? invalidValue(name, value, 'String must be non-empty') : null),
}

export const nonNullString: Validator = { text: 'non-null string', check: () => null }

export const gzipLevel: Validator = {
  text: '[1,...,9] or -1',
  check(name, value) {
    if (value === -1 || (typeof value === 'number' && value >= 1 && value <= 9)) return null
    return invalidValue(name, value, 'Value must be between 1 and 9 or equal to -1')
  },
}

/** `*`, or `partition:broker` pairs (KIP-73). */
export const throttledReplicas: Validator = {
  text: '[partitionId]:[brokerId],[partitionId]:[brokerId],...',
  check(name, value) {
    const items = value as readonly string[]
    if (items.length === 0 || (items.length === 1 && items[0] === '*') || items.every((item) => /^(?:[0-9]+:[0-9]+)?$/.test(item))) return null
    const format = "must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],..."
    return invalidValue(name, `[${items.join(', ')}]`, `${name} ${format}`)
  },
}

/** `id@host:port` items, as KRaft's static voters are written. */
export const quorumVoters: Validator = {
  text: 'non-empty list',
  check: (name, value) => firstRefusal(value as readonly string[], (entry) => checkVoter(name, entry)),
}

function checkVoter(name: string, entry: string): string | null {
  const form = 'Each entry should be in the form `{id}@{host}:{port}`.'
  const [id, address, ...more] = entry.split('@')
  if (id === undefined || address === undefined || more.length > 0) return `Invalid configuration value for ${name}. ${form}`
  if (!/^[+-]?[0-9]+$/.test(id)) return `Failed to parse voter ID as an integer from ${id}`
  const endpoint = parseHostPort(address)
  return endpoint === null ? `Failed to parse host name from entry ${entry} for the configuration ${name}. ${form}` : null
}

/** `host:port` items. */
export const bootstrapServers: Validator = {
  text: 'non-empty list',
  check: (name, value) => firstRefusal(value as readonly string[], (entry) => checkServer(name, entry)),
}

function checkServer(name: string, entry: string): string | null {
  if (parseHostPort(entry) !== null) return null
  return `Failed to parse host name from ${entry} for the configuration ${name}. Each entry should be in the form "{host}:{port}"`
}

function firstRefusal(items: readonly string[], check: (item: string) => string | null): string | null {
  for (const item of items) {
    const refusal = check(item)
    if (refusal !== null) return refusal
  }
  return null
}

/** Where a share group begins: `latest`, `earliest`, or `by_duration:` and an ISO 8601 duration that is not negative (KIP-932, KIP-1106). */
export const shareOffsetReset: Validator = {
  text: '[latest, earliest, by_duration:PnDTnHnMn.nS]',
  check(name, value) {
    if (typeof value === 'string' && isShareOffsetReset(value)) return null
    return invalidValue(
      name,
      value,
      `Invalid value \`${value}\` for configuration ${name}. The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.`,
    )
  },
}

function isShareOffsetReset(text: string): boolean {
  if (text === 'latest' || text === 'earliest') return true
  const durationMs = text.startsWith('by_duration:') ? parseDurationMs(text.slice('by_duration:'.length)) : null
  return durationMs !== null && durationMs >= 0
}
