import { OdradekError } from '../../base/errors.ts'

const DEFAULT = -1
const MAX_PARTITIONS = 1_000_000
const MAX_REPLICAS = 32_767

/** A topic that a node makes when it starts, if it is not there. */
export interface TopicSpec {
  readonly name: string
  /** -1 takes `num.partitions`. */
  readonly partitionCount: number
  /** -1 takes `default.replication.factor`. */
  readonly replicationFactor: number
  /** Settings of the topic, by Kafka's names. */
  readonly configs: Readonly<Record<string, string>>
  /** Where it was written. */
  readonly origin: string
}

/** A topic as a program writes it. */
export interface TopicInput {
  readonly name: string
  /** `num.partitions` where not given. */
  readonly partitions?: number
  /** `default.replication.factor` where not given. */
  readonly replicationFactor?: number
  /** Settings of the topic, by Kafka's names. */
  readonly configs?: Readonly<Record<string, string | number | boolean>>
}

const FIELDS: readonly string[] = ['name', 'partitions', 'replicationFactor', 'configs'] satisfies (keyof TopicInput)[]

export const TOPIC_FORM = 'NAME[:PARTITIONS[:REPLICATION[:CLEANUP.POLICY]]]'

/**
 * `orders`, `orders:3`, `orders:3:1`, `orders:3:1:compact`.
 * Errors: CONFIG_INVALID that says where, what and what is allowed. Whether a topic may have the name is the controller's to say.
 */
export function parseTopicSpec(text: string, origin: string): TopicSpec {
  const [name = '', partitions, replication, policy, ...more] = text.split(':').map((part) => part.trim())
  if (name === '' || more.length > 0 || [partitions, replication, policy].includes(''))
    refuse(origin, `${TOPIC_FORM} is expected, such as orders:3, and not '${text}'`)
  return topicSpec(
    {
      name,
      ...(partitions === undefined ? {} : { partitions: Number(partitions) }),
      ...(replication === undefined ? {} : { replicationFactor: Number(replication) }),
      ...(policy === undefined ? {} : { configs: { 'cleanup.policy': policy } }),
    },
    origin,
  )
}

/** Of KAFKA_CREATE_TOPICS, as several images know it: items of the same form, with commas between them. */
export function parseTopicSpecs(text: string, origin: string): TopicSpec[] {
  const items = text.split(/[,\n]/).map((item) => item.trim())
  return items.filter((item) => item !== '').map((item) => parseTopicSpec(item, origin))
}

/** Errors: CONFIG_INVALID, also for a field that is none: programs without types misspell. */
export function topicSpec(input: TopicInput, origin: string): TopicSpec {
  const unknown = Object.keys(input).find((field) => !FIELDS.includes(field))
  if (unknown !== undefined) refuse(origin, `a topic has no ${unknown}, only ${FIELDS.join(', ')}`)
  const { name, partitions = DEFAULT, replicationFactor = DEFAULT, configs = {} } = input
  checkCount(origin, `the partitions of topic ${name}`, partitions, MAX_PARTITIONS)
  checkCount(origin, `the replication of topic ${name}`, replicationFactor, MAX_REPLICAS)
  const texts = Object.fromEntries(Object.entries(configs).map(([key, value]) => [key, String(value)]))
  return { name, partitionCount: partitions, replicationFactor, configs: texts, origin }
}

/** The specs of a node: a later source wins over an earlier one, and within one each topic stands once. */
export function joinTopicSpecs(sources: readonly (readonly TopicSpec[])[]): TopicSpec[] {
  const byName = new Map<string, TopicSpec>()
  for (const source of sources) {
    const seen = new Set<string>()
    for (const spec of source) {
      if (seen.has(spec.name)) refuse(spec.origin, `topic ${spec.name} is given twice`)
      seen.add(spec.name)
      byName.set(spec.name, spec)
    }
  }
  return [...byName.values()]
}

function checkCount(origin: string, what: string, count: number, max: number): void {
  if (count !== DEFAULT && (!Number.isInteger(count) || count < 1 || count > max)) refuse(origin, `${what} must be a number from 1 to ${max}`)
}

function refuse(origin: string, why: string): never {
  throw new OdradekError('CONFIG_INVALID', `${origin}: ${why}`, { fields: { origin } })
}
