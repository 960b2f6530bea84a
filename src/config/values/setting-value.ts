import type { Secret } from './secret.ts'

/** The types of Kafka's ConfigDef. `long` values are numbers; see UNLIMITED. */
export type SettingType = 'boolean' | 'string' | 'int' | 'short' | 'long' | 'double' | 'list' | 'class' | 'password'

export type SettingValue = boolean | string | number | readonly string[] | Secret | null

/**
 * 2^63-1, which users of `long` settings write for "no limit", and every value above 2^53-1. Finite, so that adding a time or
 * a size to it needs no special case; `formatValue` prints it as 9223372036854775807.
 */
export const UNLIMITED = Number.MAX_SAFE_INTEGER
