import type * as Yaml from 'yaml'
import { OdradekError } from '../../base/errors.ts'
import { topicSettings } from '../topic-settings.ts'
import { parseTopicSpec, type TopicInput, type TopicSpec, topicSpec } from './topic-specs.ts'

const KEYS: ReadonlySet<string> = new Set(['name', 'partitions', 'replication_factor', 'configs'])

/**
 * The block `topics` of a YAML file: a list of `orders:3`, or of mappings with `name` and, as wanted, `partitions`,
 * `replication_factor` and `configs`, in whose names `_` may stand for `.`.
 * @param value the block as plain values
 * Errors: CONFIG_SYNTAX for what has not that form, CONFIG_INVALID for values.
 */
export function parseYamlTopics(value: unknown, origin: string): TopicSpec[] {
  if (value === null) return []
  if (!Array.isArray(value)) refuse(origin, 'topics must be a list, of items such as orders:3')
  return value.map((item) => (typeof item === 'string' ? parseTopicSpec(item, origin) : topicSpec(inputOf(item, origin), origin)))
}

/** As written, so that `0.10` and `1e3` in settings stay what they are. */
export function plainValue(node: unknown, { isMap, isScalar, isSeq }: Pick<typeof Yaml, 'isMap' | 'isScalar' | 'isSeq'>): unknown {
  if (isSeq(node)) return node.items.map((item) => plainValue(item, { isMap, isScalar, isSeq }))
  if (isMap(node))
    return Object.fromEntries(
      node.items.map(({ key, value }) => [String(plainValue(key, { isMap, isScalar, isSeq })), plainValue(value, { isMap, isScalar, isSeq })]),
    )
  if (isScalar(node)) return node.value === null ? null : (node.source ?? String(node.value))
  return node
}

function inputOf(item: unknown, origin: string): TopicInput {
  const fields = mappingOf(item, origin, 'a topic must be written as orders:3, or with name, partitions, replication_factor and configs')
  const unknown = Object.keys(fields).find((key) => !KEYS.has(key))
  if (unknown !== undefined) refuse(origin, `a topic has no ${unknown}, only ${[...KEYS].join(', ')}`)
  const { name, partitions, replication_factor: replication, configs } = fields
  if (typeof name !== 'string' || name === '') refuse(origin, 'a topic needs a name')
  return {
    name,
    ...(partitions === undefined ? {} : { partitions: Number(partitions) }),
    ...(replication === undefined ? {} : { replicationFactor: Number(replication) }),
    configs: configs === undefined || configs === null ? {} : configsOf(mappingOf(configs, origin, `configs of topic ${name} must be a mapping`), name, origin),
  }
}

function configsOf(fields: Readonly<Record<string, unknown>>, topic: string, origin: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([written, value]) => {
      const text = Array.isArray(value) ? value.join(',') : (value ?? '')
      if (typeof text !== 'string') refuse(origin, `${written} of topic ${topic} must be one value or a list of values`)
      const dotted = written.replaceAll('_', '.')
      return [Object.hasOwn(topicSettings, dotted) ? dotted : written, text]
    }),
  )
}

function mappingOf(value: unknown, origin: string, otherwise: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(origin, otherwise)
  return value as Readonly<Record<string, unknown>>
}

function refuse(origin: string, why: string): never {
  throw new OdradekError('CONFIG_SYNTAX', `${origin}: ${why}`, { fields: { origin } })
}
