/**
 * Settings in YAML: a mapping of names to single values or lists, where `_` may stand for `.` in a name.
 * It is a form of our own, so a name that nobody knows is refused by whoever loads it.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { OdradekError } from '../../base/errors.ts'
import { findSetting } from '../setting-names.ts'
import type { ConfigEntry, SourceResult } from './config-entry.ts'

/** What stands beside settings where a guide shows several files in one block. */
const OTHER_FILES: Readonly<Record<string, string>> = { services: 'docker-compose.yml', groups: 'the alerting rules of Prometheus' }

/** One over the largest `int`: what people write for 2 GB. */
const TWO_GIGABYTES = '2147483648'
const LARGEST_INT = '2147483647'

/** Throws an `OdradekError` CONFIG_SYNTAX, with file and line, for what is no YAML or no mapping of names to values. */
export function parseYaml(text: string, path: string): SourceResult {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false, schema: 'core', logLevel: 'silent' })
  const at = (node: unknown) => `${path}:${lines.linePos(((node as Node | null)?.range ?? [0])[0]).line}`
  const error = document.errors[0]
  if (error !== undefined) throw syntaxError(`${path}:${lines.linePos(error.pos[0]).line}`, error.message)
  const content = document.contents
  if (content === null || (isScalar(content) && content.value === null)) return { entries: [], warnings: [] }
  if (!isMap(content)) throw syntaxError(at(content), 'a mapping of setting names to values is expected')
  const entries: ConfigEntry[] = []
  const warnings: string[] = []
  for (const { key, value } of content.items) {
    const origin = at(key)
    if (!isScalar(key)) throw syntaxError(origin, 'the name of a setting must be plain text')
    const written = key.source ?? String(key.value)
    const file = Object.hasOwn(OTHER_FILES, written) ? OTHER_FILES[written] : undefined
    if (file !== undefined) warnings.push(`${origin}: ${written} belongs in ${file} and is passed over`)
    else entries.push(settle({ name: settingName(written), text: textOf(isAlias(value) ? value.resolve(document) : value, written, origin), origin }, warnings))
  }
  return { entries, warnings }
}

function settingName(written: string): string {
  const dotted = written.replaceAll('_', '.')
  return findSetting(written) === null && findSetting(dotted) !== null ? dotted : written
}

function textOf(value: unknown, name: string, origin: string): string {
  if (value === null || value === undefined) return ''
  if (isScalar(value)) return scalarText(value.source, value.value)
  if (isSeq(value) && value.items.every((item) => isScalar(item))) return value.items.map((item) => scalarText(item.source, item.value)).join(',')
  throw syntaxError(origin, `${name} must be one value or a list of values`)
}

/** As it was written: numbers may be larger than a double can hold. */
function scalarText(source: string | undefined, value: unknown): string {
  return value === null ? '' : (source ?? String(value))
}

/** 2 GB for an `int` is taken as the largest there is; in Kafka's own files it is refused, as Kafka does. */
function settle(entry: ConfigEntry, warnings: string[]): ConfigEntry {
  if (entry.text !== TWO_GIGABYTES || findSetting(entry.name)?.setting.type !== 'int') return entry
  warnings.push(`${entry.origin}: ${entry.name}: ${TWO_GIGABYTES} is one more than the largest value, and is taken as ${LARGEST_INT}`)
  return { ...entry, text: LARGEST_INT }
}

function syntaxError(origin: string, why: string): OdradekError {
  return new OdradekError('CONFIG_SYNTAX', `${origin}: ${why}`, { fields: { origin } })
}
