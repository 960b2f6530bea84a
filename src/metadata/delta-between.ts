import type { Uuid } from '../../protocol/uuid.ts'
import type { ChangedResource, MetadataDelta, TopicDelta, TopicsDelta } from './delta.ts'
import { METADATA_VERSION } from './features.ts'
import type { MetadataImage, TopicImage } from './image.ts'
import type { PersistentMap } from './persistent-map.ts'

/**
 * What became of an image in which another takes its place: a node that was far behind goes on with its leader's snapshot,
 * which does not say what changed. Compares the two, entry by entry.
 */
export function deltaBetween(before: MetadataImage, after: MetadataImage): MetadataDelta {
  return {
    before,
    topics: topicsBetween(before, after),
    brokers: differing(before.cluster.brokers, after.cluster.brokers),
    controllers: differing(before.cluster.controllers, after.cluster.controllers),
    configs: configsBetween(before, after),
    features: differing(before.features.levels, after.features.levels, metadataVersions(before, after)),
    clientQuotas: differing(before.clientQuotas, after.clientQuotas),
    acls: differing(before.acls, after.acls),
    scram: differing(before.scram, after.scram),
    delegationTokens: differing(before.delegationTokens, after.delegationTokens),
    producerIds: before.nextProducerId !== after.nextProducerId,
  }
}

/** The level of `metadata.version` stands apart from the others. */
function metadataVersions(before: MetadataImage, after: MetadataImage): readonly string[] {
  return before.features.metadataVersion === after.features.metadataVersion ? [] : [METADATA_VERSION]
}

function topicsBetween(before: MetadataImage, after: MetadataImage): TopicsDelta {
  const changed = new Map<Uuid, TopicDelta>()
  for (const [id, topic] of after.topics.byId) {
    const known = before.topics.byId.get(id) ?? null
    const partitions = topic.partitions.flatMap((partition, index) => (isSame(known?.partitions[index], partition) ? [] : [index]))
    if (known === null || partitions.length > 0) changed.set(id, { before: known, after: topic, partitions })
  }
  const deleted = new Map<Uuid, TopicImage>()
  for (const [id, topic] of before.topics.byId) if (!after.topics.byId.has(id)) deleted.set(id, topic)
  return { changed, deleted }
}

function configsBetween(before: MetadataImage, after: MetadataImage): ReadonlyMap<string, ChangedResource> {
  const changed = new Map<string, ChangedResource>()
  for (const key of differing(before.configs, after.configs)) {
    const config = after.configs.get(key) ?? before.configs.get(key)
    if (config !== undefined) changed.set(key, { type: config.type, name: config.name })
  }
  return changed
}

type Entries<K, V> = Pick<PersistentMap<K & (string | number), V & NonNullable<unknown>>, 'get' | typeof Symbol.iterator> | ReadonlyMap<K, V>

/** Keys of what was added, removed or changed. */
function differing<K extends string | number, V extends NonNullable<unknown>>(
  before: Entries<K, V>,
  after: Entries<K, V>,
  others: readonly K[] = [],
): ReadonlySet<K> {
  const keys = new Set<K>(others)
  for (const [key, value] of before) if (!isSame(value, after.get(key))) keys.add(key)
  for (const [key] of after) if (before.get(key) === undefined) keys.add(key)
  return keys
}

/** Of the plain values of which images are made. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Buffer.isBuffer(a)) return Buffer.isBuffer(b) && a.equals(b)
  if (a instanceof Map) return b instanceof Map && a.size === b.size && [...a].every(([key, value]) => isSame(value, b.get(key)))
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => isSame((a as Fields)[name], (b as Fields)[name]))
}

type Fields = Readonly<Record<string, unknown>>
