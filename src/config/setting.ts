import { missingFor } from './planned-settings.ts'
import type { Secret } from './values/secret.ts'
import type { SettingType, SettingValue } from './values/setting-value.ts'
import type { Validator } from './values/validators.ts'

export type Importance = 'high' | 'medium' | 'low'

/** How a value may change while the node runs, in Kafka's words (KIP-226). */
export type UpdateMode = 'read-only' | 'per-broker' | 'cluster-wide'

/** What one setting is: everything that parsing, describing, redacting and documenting need. */
export interface Setting<Value extends SettingValue> {
  readonly type: SettingType
  /** undefined: there is none and a value must be given. null: nothing, unless given. */
  readonly default: Value | undefined
  readonly validator: Validator | null
  readonly importance: Importance
  readonly update: UpdateMode
  /** For tests and experts: Kafka does not document it and DescribeConfigs leaves it out. */
  readonly internal: boolean
  /** What it does here, one sentence; null when it cannot act on this implementation. */
  readonly does: string | null
  /** What it does in place of its meaning in Kafka, one sentence. */
  readonly instead: string | null
}

/** Said of every setting that cannot act here. */
const NO_EFFECT = 'Accepted and checked; it has no effect here.'

/** One sentence on what a setting does here; a second one where it does not yet. */
export function documentationOf(name: string, setting: Setting<SettingValue>): string {
  const missing = missingFor(name)
  const said = setting.does ?? setting.instead
  if (said === null) return NO_EFFECT
  return missing === null ? said : `${said} *No effect yet: ${missing}.*`
}

/** Settings by name. */
export type Settings = Readonly<Record<string, Setting<SettingValue>>>

export type ValueOf<S> = S extends Setting<infer Value> ? Value : never

interface Row<Value> {
  readonly default?: Value
  readonly validator?: Validator
  /** medium when not given */
  readonly importance?: Importance
  /** read-only when not given */
  readonly update?: UpdateMode
  readonly internal?: true
  readonly does?: string
  readonly instead?: string
}

interface Declare<Value extends SettingValue> {
  (row: Row<Value>): Setting<Value>
  (row: Row<null>): Setting<Value | null>
}

function declare<Value extends SettingValue>(type: SettingType): Declare<Value> {
  return (row: Row<Value> | Row<null>): Setting<Value> => ({
    type,
    // The overloads keep a null default to settings whose type says so.
    default: row.default as Value | undefined,
    validator: row.validator ?? null,
    importance: row.importance ?? 'medium',
    update: row.update ?? 'read-only',
    internal: row.internal ?? false,
    does: row.does ?? null,
    instead: row.instead ?? null,
  })
}

export const boolean = declare<boolean>('boolean')
export const string = declare<string>('string')
export const int = declare<number>('int')
export const short = declare<number>('short')
export const long = declare<number>('long')
export const double = declare<number>('double')
export const list = declare<readonly string[]>('list')
/** The name of a Java class. None can be loaded here: Kafka's own names are accepted, others refused. */
export const javaClass = declare<string>('class')
export const password = declare<Secret>('password')
