/**
 * Asks a cluster, by the requests of any admin client, for all that a `MetadataDocument` has: of settings those alone that somebody gave
 * to the very resource. What it keeps to itself is told beside the document. Much is asked for in portions, as clusters may be large;
 * what changes meanwhile may be seen in part.
 *
 * Errors: those of `ClusterClient`.
 */
import { ApiVersionsApi } from '../../../protocol/messages/api-versions.ts'
import { ListConfigResourcesApi } from '../../../protocol/messages/list-config-resources.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import { SOFTWARE_NAME } from '../../base/software-name.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import { type ConfigResource, type ConfigValue, describeConfigs, listConfigResources, type ResourceKind } from '../operations/configs.ts'
import { committedOffsets } from '../operations/groups/group-offsets.ts'
import { type GroupListing, listGroups } from '../operations/groups/list-groups.ts'
import { describeTopics, type TopicDescription } from '../operations/topics/describe-topics.ts'
import { listTopics } from '../operations/topics/list-topics.ts'
import { ALL_BROKERS, type Configs, type ConfigsByName, type GroupDocument, type MetadataDocument, type TopicDocument } from './metadata-document.ts'
import { findNotExported } from './not-exported.ts'

/** Where a value comes from that somebody gave to this very resource. Source: DescribeConfigsResponse.ConfigSource. */
const TOPIC_SOURCE = 1
const BROKER_SOURCE = 2
const ALL_BROKERS_SOURCE = 3
const CLIENT_METRICS_SOURCE = 7
const GROUP_SOURCE = 8

/** Topics, groups and brokers that are asked about at a time. */
const AT_ONCE = 100
/** The first version of ListConfigResources that tells of other than client metrics. Source: KIP-1142. */
const ANY_KIND_VERSION = 1
/** What keeps offsets as consumer groups do. */
const GROUP_TYPES = ['Classic', 'Consumer']

/** They belong to a move of replicas between brokers (KIP-73): elsewhere the controller places replicas anew. */
const OF_MOVES: ReadonlySet<string> = new Set(['leader', 'follower'].flatMap((side) => ['rate', 'replicas'].map((of) => `${side}.replication.throttled.${of}`)))

export interface Exported {
  readonly document: MetadataDocument
  /** Settings that the cluster keeps to itself, in words. */
  readonly secrets: readonly string[]
  /** Settings that bound the moving of replicas, in words. */
  readonly throttles: readonly string[]
  /** What the cluster has besides, in words. */
  readonly notExported: readonly string[]
}

/** Told of topics and groups: how many there are, and how many have been read. */
export interface ExportProgress {
  expect(total: number): void
  add(count: number): void
}

/** See the head of this file. */
export async function exportMetadata(client: ClusterClient, progress: ExportProgress): Promise<Exported> {
  const reader = new ConfigReader(client)
  const topics = (await listTopics(client)).filter(({ isInternal }) => !isInternal).map(({ name }) => name)
  const groups = await listGroups(client, { types: GROUP_TYPES })
  progress.expect(topics.length + groups.length)
  const document = {
    exportedAt: new Date(client.ports.clock.nowMs()).toISOString(),
    clusterId: await clusterIdOf(client),
    features: await featuresOf(client),
    topics: await topicsOf(client, topics, reader, progress),
    brokerConfigs: await brokerConfigsOf(client, reader),
    clientMetrics: await reader.read('client-metrics', await namesOf(client, 'client-metrics'), CLIENT_METRICS_SOURCE),
    groupConfigs: await reader.read('group', await namesOf(client, 'group'), GROUP_SOURCE),
    groups: await groupsOf(client, groups, progress),
  }
  return { document, secrets: reader.secrets, throttles: reader.throttles, notExported: await findNotExported(client) }
}

/** The settings that were given to resources, and not those that they have from elsewhere. */
export class ConfigReader {
  readonly secrets: string[] = []
  readonly throttles: string[] = []
  readonly #client: ClusterClient

  constructor(client: ClusterClient) {
    this.#client = client
  }

  /** By name; one without settings is not there. */
  async read(kind: ResourceKind, names: readonly string[], source: number): Promise<ConfigsByName> {
    const found: Record<string, Configs> = {}
    for (const some of slices(names)) {
      const resources = some.map((name): ConfigResource => ({ kind, name }))
      const answers = await describeConfigs(this.#client, resources)
      for (const [index, name] of some.entries()) {
        const configs = this.#given(`${kind} ${name}`, answers[index] ?? [], source)
        if (Object.keys(configs).length > 0) found[name] = configs
      }
    }
    return found
  }

  #given(resource: string, values: readonly ConfigValue[], source: number): Configs {
    const configs: Record<string, string> = {}
    for (const { name, value, source: from, isSensitive } of values) {
      if (from !== source) continue
      if (OF_MOVES.has(name)) this.throttles.push(`${resource}: ${name}`)
      else if (value === null || isSensitive) this.secrets.push(`${resource}: ${name}`)
      else configs[name] = value
    }
    return configs
  }
}

async function clusterIdOf(client: ClusterClient): Promise<string | null> {
  return client.retry('describeCluster', async () => (await client.ask(MetadataApi, { topics: [], allowAutoTopicCreation: false })).clusterId)
}

async function featuresOf(client: ClusterClient): Promise<Readonly<Record<string, number>>> {
  const request = { clientSoftwareName: SOFTWARE_NAME, clientSoftwareVersion: '1' }
  const { finalizedFeatures } = await client.retry('describeFeatures', () => client.ask(ApiVersionsApi, request))
  return Object.fromEntries(finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]))
}

async function topicsOf(client: ClusterClient, names: readonly string[], reader: ConfigReader, progress: ExportProgress): Promise<readonly TopicDocument[]> {
  const configs = await topicConfigs(reader, names)
  const topics: TopicDocument[] = []
  for (const some of slices(names)) {
    for (const topic of await describeTopics(client, some)) topics.push(topicDocument(topic, configs[topic.name] ?? {}))
    progress.add(some.length)
  }
  return topics
}

export function topicConfigs(reader: ConfigReader, names: readonly string[]): Promise<ConfigsByName> {
  return reader.read('topic', names, TOPIC_SOURCE)
}

function topicDocument({ name, topicId, partitions }: TopicDescription, configs: Configs): TopicDocument {
  const replicas = partitions.map((partition) => partition.replicas)
  return { name, topicId, partitions: partitions.length, replicationFactor: Math.max(1, ...replicas.map(({ length }) => length)), replicas, configs }
}

/** By broker id, and of all brokers as `default`. */
export async function brokerConfigsOf(client: ClusterClient, reader: ConfigReader): Promise<ConfigsByName> {
  const { '': ofAll = {} } = await reader.read('broker', [''], ALL_BROKERS_SOURCE)
  const ids = (await client.retry('describeCluster', () => client.brokers())).map(({ id }) => String(id))
  const ofEach = await reader.read('broker', ids, BROKER_SOURCE)
  return { ...(Object.keys(ofAll).length === 0 ? {} : { [ALL_BROKERS]: ofAll }), ...ofEach }
}

/** None where the brokers are too old to have such. */
async function namesOf(client: ClusterClient, kind: ResourceKind): Promise<readonly string[]> {
  const version = await client.retry('listConfigResources', () => client.versionOf(ListConfigResourcesApi))
  if (version === null || (kind !== 'client-metrics' && version < ANY_KIND_VERSION)) return []
  return listConfigResources(client, kind)
}

async function groupsOf(client: ClusterClient, listed: readonly GroupListing[], progress: ExportProgress): Promise<readonly GroupDocument[]> {
  const groups: GroupDocument[] = []
  for (const { groupId, type } of listed) {
    const committed = [...(await committedOffsets(client, groupId)).values()]
    const offsets = committed.map(({ topic, partition, offset, metadata }) => ({ topic, partition, offset, metadata: metadata ?? '' }))
    groups.push({ groupId, type, offsets: offsets.toSorted((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition)) })
    progress.add(1)
  }
  return groups
}

function* slices(names: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < names.length; start += AT_ONCE) yield names.slice(start, start + AT_ONCE)
}
