/**
 * Settings in YAML: a mapping of names to single values or lists, where `_` may stand for `.` in a name, and a block of topics.
 * It is a form of our own, so a name that nobody knows is refused by whoever loads it.
 */
import { createRequire } from 'node:module'
import type * as Yaml from 'yaml'
import { OdradekError } from '../../base/errors.ts'
import { findSetting } from '../setting-names.ts'
import type { ConfigEntry, SourceResult } from './config-entry.ts'
import type { TopicSpec } from './topic-specs.ts'
import { parseYamlTopics, plainValue } from './yaml-topics.ts'

const load = createRequire(import.meta.url)

/** The parser costs a node 15 ms and 8 MB at start: it is loaded for those who give a YAML file. */
function yaml(): typeof Yaml {
  return load('yaml') as typeof Yaml
}

/** What stands beside settings where a guide shows several files in one block. */
const OTHER_FILES: Readonly<Record<string, string>> = { services: 'docker-compose.yml', groups: 'the alerting rules of Prometheus' }

/** The block of topics that the node makes when it starts. */
const TOPICS = 'topics'

/** One over the largest `int`: what people write for 2 GB. */
const TWO_GIGABYTES = '2147483648'
const LARGEST_INT = '2147483647'

export interface YamlResult extends SourceResult {
  /** Of the block `topics`. */
  readonly topics: readonly TopicSpec[]
}

/** Throws an `OdradekError` CONFIG_SYNTAX, with file and line, for what is no YAML or no mapping of names to values. */
export function parseYaml(text: string, path: string): YamlResult {
  const lines = new (yaml().LineCounter)()
  const document = yaml().parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false, schema: 'core', logLevel: 'error' })
  const at = (position: number) => `${path}:${lines.linePos(position).line}`
  const error = document.errors[0]
  if (error !== undefined) throw syntaxError(at(error.pos[0]), error.code === 'MULTIPLE_DOCS' ? 'a second document begins, and one is expected' : error.message)
  const entries: ConfigEntry[] = []
  const warnings: string[] = []
  const topics: TopicSpec[] = []
  for (const { key, value } of pairsOf(document, at)) {
    const origin = at(positionOf(key))
    const written = nameOf(key, origin)
    const file = Object.hasOwn(OTHER_FILES, written) ? OTHER_FILES[written] : undefined
    if (written === TOPICS) topics.push(...parseYamlTopics(plainValue(resolved(value, document), yaml()), origin))
    else if (file !== undefined) warnings.push(`${origin}: ${written} belongs in ${file} and is passed over`)
    else entries.push(settle({ name: settingName(written), text: textOf(resolved(value, document), written, origin), origin }, warnings))
  }
  return { entries, warnings, topics }
}

function pairsOf(document: Yaml.Document, at: (position: number) => string): readonly Yaml.Pair[] {
  const content = document.contents
  if (content === null || (yaml().isScalar(content) && content.value === null)) return []
  if (yaml().isMap(content)) return content.items
  throw syntaxError(at(positionOf(content)), 'a mapping of setting names to values is expected')
}

function positionOf(node: unknown): number {
  return yaml().isNode(node) ? (node.range?.[0] ?? 0) : 0
}

function nameOf(key: unknown, origin: string): string {
  if (!yaml().isScalar(key)) throw syntaxError(origin, 'the name of a setting must be plain text')
  return key.source ?? String(key.value)
}

function resolved(value: unknown, document: Yaml.Document): unknown {
  return yaml().isAlias(value) ? value.resolve(document) : value
}

function settingName(written: string): string {
  const dotted = written.replaceAll('_', '.')
  return findSetting(written) === null && findSetting(dotted) !== null ? dotted : written
}

function textOf(value: unknown, name: string, origin: string): string {
  if (value === null || value === undefined) return ''
  const { isScalar, isSeq } = yaml()
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
