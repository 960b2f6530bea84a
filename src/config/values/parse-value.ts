/**
 * From the text of a setting to its value, as Kafka's ConfigDef reads it, with its messages.
 * What is left out: digits other than ASCII, hexadecimal doubles and NaN, which Java's parsers take.
 */

import type { Setting } from '../setting.ts'
import { isKnownClass } from './known-classes.ts'
import { Secret } from './secret.ts'
import { type SettingType, type SettingValue, UNLIMITED } from './setting-value.ts'
import { invalidValue } from './validators.ts'

/** A value, or why the text is none: Kafka's message. */
export type Parsed<Value> = { readonly value: Value; readonly refusal?: undefined } | { readonly refusal: string; readonly value?: undefined }

/** Reads `text` as the type says and checks it. */
export function parseSetting<Value extends SettingValue>(name: string, setting: Setting<Value>, text: string): Parsed<Value> {
  const parsed = parseType(name, setting.type, text)
  if (parsed.refusal !== undefined) return parsed
  const value = setting.validator?.dropsDuplicates ? [...new Set(parsed.value as readonly string[])] : parsed.value
  const refusal = setting.validator?.check(name, value, setting.type) ?? null
  // The type of the row and the type of its value go together: `parseType` switches on the same field.
  return refusal === null ? { value: value as Value } : { refusal }
}

function parseType(name: string, type: SettingType, text: string): Parsed<SettingValue> {
  const trimmed = trimControls(text)
  switch (type) {
    case 'boolean':
      return parseBoolean(name, text, trimmed)
    case 'string':
      return { value: trimmed }
    case 'password':
      return { value: new Secret(trimmed) }
    case 'int':
      return parseWhole(name, text, trimmed, 31n, 'INT')
    case 'short':
      return parseWhole(name, text, trimmed, 15n, 'SHORT')
    case 'long':
      return parseWhole(name, text, trimmed, 63n, 'LONG')
    case 'double':
      return parseDouble(name, text, trimmed)
    case 'list':
      return { value: trimmed === '' ? [] : trimmed.split(/[ \t\n\v\f\r]*,[ \t\n\v\f\r]*/) }
    case 'class':
      return isKnownClass(trimmed) ? { value: trimmed } : { refusal: invalidValue(name, text, `Class ${text} could not be found.`) }
  }
}

function parseBoolean(name: string, text: string, trimmed: string): Parsed<boolean> {
  const lower = trimmed.toLowerCase()
  if (lower === 'true' || lower === 'false') return { value: lower === 'true' }
  return { refusal: invalidValue(name, text, 'Expected value to be either true or false') }
}

function parseWhole(name: string, text: string, trimmed: string, bits: bigint, javaName: string): Parsed<number> {
  const refusal = { refusal: invalidValue(name, text, `Not a number of type ${javaName}`) }
  if (!/^[+-]?[0-9]{1,400}$/.test(trimmed)) return refusal
  const exact = BigInt(trimmed.replace('+', ''))
  if (exact < -(1n << bits) || exact >= 1n << bits) return refusal
  return { value: Math.max(-UNLIMITED, Math.min(UNLIMITED, Number(exact))) }
}

function parseDouble(name: string, text: string, trimmed: string): Parsed<number> {
  const match = /^([+-]?)(?:(Infinity)|((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[fFdD]?)$/.exec(trimmed)
  if (match === null) return { refusal: invalidValue(name, text, 'Not a number of type DOUBLE') }
  const magnitude = match[2] === undefined ? Number(match[3]) : Number.POSITIVE_INFINITY
  return { value: match[1] === '-' ? -magnitude : magnitude }
}

/** Java's `String.trim`: blanks and control characters, no other white space. */
function trimControls(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 0x20) start++
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
  return text.slice(start, end)
}
