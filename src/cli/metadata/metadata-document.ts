import { type Fields, readDocument, refuseFile } from '../read-document.ts'

const FORMAT = 'odradek-metadata'
const FORMAT_VERSION = 1
const MOST_PARTITIONS = 1_000_000
const MOST_REPLICAS = 32_767
const HIGHEST_ID = 2_147_483_647
const TOPIC_NAME = /^[A-Za-z0-9._-]{1,249}$/

/** What a cluster knows besides its records: what `odradek metadata export` writes and `import` reads. */
export interface MetadataDocument {
  /** ISO 8601. */
  readonly exportedAt: string
  readonly clusterId: string | null
  /** Levels by name. To be read: an import leaves them as they are. */
  readonly features: Readonly<Record<string, number>>
  /** Without the internal ones. */
  readonly topics: readonly TopicDocument[]
  /** By broker id, and of all brokers as `default`. */
  readonly brokerConfigs: ConfigsByName
  /** Subscriptions to what clients measure (KIP-714). */
  readonly clientMetrics: ConfigsByName
  readonly groupConfigs: ConfigsByName
  readonly groups: readonly GroupDocument[]
}

export type Configs = Readonly<Record<string, string>>
export type ConfigsByName = Readonly<Record<string, Configs>>

export const ALL_BROKERS = 'default'

export interface TopicDocument {
  readonly name: string
  /** To be read: a topic that is made elsewhere gets an id of its own. */
  readonly topicId: string
  readonly partitions: number
  readonly replicationFactor: number
  /** Brokers of each partition. To be read: elsewhere the controller chooses. */
  readonly replicas: readonly (readonly number[])[]
  /** The topic's own. */
  readonly configs: Configs
}

export interface GroupDocument {
  readonly groupId: string
  /** As the cluster says it: `Classic`, `Consumer` and so on. */
  readonly type: string
  readonly offsets: readonly OffsetDocument[]
}

export interface OffsetDocument {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Of the consumer's own. */
  readonly metadata: string
}

export function encodeDocument(document: MetadataDocument): string {
  return `${JSON.stringify({ format: FORMAT, formatVersion: FORMAT_VERSION, ...document }, null, 2)}\n`
}

/** Errors: DOCUMENT that names the first place that is not as it must be. Nothing of such a file counts. */
export function decodeDocument(text: string, path: string): MetadataDocument {
  return readDocument(text, refuseFile(path), (root) => {
    if (root.text('format') !== FORMAT) throw root.wrong('format', `\`${FORMAT}\``)
    if (root.integer('formatVersion', 0, HIGHEST_ID) !== FORMAT_VERSION) throw root.wrong('formatVersion', String(FORMAT_VERSION))
    const document = {
      exportedAt: root.text('exportedAt'),
      clusterId: root.textOrNull('clusterId'),
      features: root.record('features', (features, name) => features.integer(name, 0, MOST_REPLICAS)),
      topics: root.list('topics', topicIn),
      brokerConfigs: configsByName(root, 'brokerConfigs'),
      clientMetrics: configsByName(root, 'clientMetrics'),
      groupConfigs: configsByName(root, 'groupConfigs'),
      groups: root.list('groups', groupIn),
    }
    root.nothingElse()
    checkUnique(root, 'topics', document.topics, ({ name }) => name)
    checkUnique(root, 'groups', document.groups, ({ groupId }) => groupId)
    for (const name of Object.keys(document.brokerConfigs)) {
      if (name !== ALL_BROKERS && !/^\d{1,10}$/.test(name)) throw root.wrong(`brokerConfigs.${name}`, `named by a broker's id, or \`${ALL_BROKERS}\``)
    }
    return document
  })
}

function topicIn(fields: Fields): TopicDocument {
  const topic = {
    name: topicName(fields, 'name'),
    topicId: fields.text('topicId'),
    partitions: fields.integer('partitions', 1, MOST_PARTITIONS),
    replicationFactor: fields.integer('replicationFactor', 1, MOST_REPLICAS),
    replicas: fields.values('replicas', (value) => isListOfIds(value), 'lists of brokers'),
    configs: configsIn(fields, 'configs'),
  }
  fields.nothingElse()
  return topic
}

function groupIn(fields: Fields): GroupDocument {
  const group = { groupId: fields.text('groupId'), type: fields.text('type'), offsets: fields.list('offsets', offsetIn) }
  fields.nothingElse()
  checkUnique(fields, 'offsets', group.offsets, ({ topic, partition }) => `${topic}-${partition}`)
  return group
}

function offsetIn(fields: Fields): OffsetDocument {
  const offset = {
    topic: topicName(fields, 'topic'),
    partition: fields.integer('partition', 0, MOST_PARTITIONS),
    offset: fields.integer('offset', 0, Number.MAX_SAFE_INTEGER),
    metadata: fields.text('metadata'),
  }
  fields.nothingElse()
  return offset
}

function configsByName(fields: Fields, name: string): ConfigsByName {
  return fields.record(name, (inner, key) => configsIn(inner, key))
}

function configsIn(fields: Fields, name: string): Configs {
  return fields.record(name, (inner, key) => inner.text(key))
}

function topicName(fields: Fields, name: string): string {
  const text = fields.text(name)
  if (!TOPIC_NAME.test(text) || text === '.' || text === '..') throw fields.wrong(name, 'the name of a topic')
  return text
}

function isListOfIds(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((id) => Number.isInteger(id) && id >= 0 && id <= HIGHEST_ID)
}

function checkUnique<T>(fields: Fields, name: string, items: readonly T[], keyOf: (item: T) => string): void {
  const seen = new Set<string>()
  for (const item of items) {
    const key = keyOf(item)
    if (seen.has(key)) throw fields.wrong(name, `without \`${key}\` twice`)
    seen.add(key)
  }
}
