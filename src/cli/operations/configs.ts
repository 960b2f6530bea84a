import { DescribeConfigsApi } from '../../../protocol/messages/describe-configs.ts'
import { IncrementalAlterConfigsApi } from '../../../protocol/messages/incremental-alter-configs.ts'
import { ListConfigResourcesApi } from '../../../protocol/messages/list-config-resources.ts'
import type { ClusterClient } from './cluster/cluster-client.ts'
import { check } from './kafka-error.ts'

/** What has settings, as on the wire. Source: org.apache.kafka.common.config.ConfigResource. */
export const RESOURCE_TYPE = { topic: 2, broker: 4, 'broker-logger': 8, 'client-metrics': 16, group: 32 } as const
export type ResourceKind = keyof typeof RESOURCE_TYPE

export interface ConfigResource {
  readonly kind: ResourceKind
  /** Empty for the default of all brokers. */
  readonly name: string
}

export interface ConfigSynonym {
  readonly name: string
  readonly value: string | null
  readonly source: number
}

export interface ConfigValue {
  readonly name: string
  /** null where it is secret, or not set. */
  readonly value: string | null
  readonly source: number
  readonly isSensitive: boolean
  readonly isReadOnly: boolean
  /** All places that give it a value, the one that counts first. */
  readonly synonyms: readonly ConfigSynonym[]
}

/** Where a value comes from, as on the wire. Source: org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource. */
export const CONFIG_SOURCES = [
  'UNKNOWN',
  'DYNAMIC_TOPIC_CONFIG',
  'DYNAMIC_BROKER_CONFIG',
  'DYNAMIC_DEFAULT_BROKER_CONFIG',
  'STATIC_BROKER_CONFIG',
  'DEFAULT_CONFIG',
  'DYNAMIC_BROKER_LOGGER_CONFIG',
  'DYNAMIC_CLIENT_METRICS_CONFIG',
  'DYNAMIC_GROUP_CONFIG',
] as const
const DEFAULT_CONFIG = 5

export function sourceName(source: number): string {
  return CONFIG_SOURCES[source] ?? 'UNKNOWN'
}

export function isDefault({ source }: ConfigValue): boolean {
  return source === DEFAULT_CONFIG
}

/** The settings of one resource, as the broker orders them. Errors: as the broker answers. */
export async function describeConfig(client: ClusterClient, resource: ConfigResource, options: DescribeOptions = {}): Promise<readonly ConfigValue[]> {
  const [values] = await describeConfigs(client, [resource], options)
  return values ?? []
}

export interface DescribeOptions {
  readonly includeSynonyms?: boolean
}

/** The settings of each resource. What a broker alone knows is asked of that broker; the rest of anyone. */
export async function describeConfigs(
  client: ClusterClient,
  resources: readonly ConfigResource[],
  { includeSynonyms = false }: DescribeOptions = {},
): Promise<readonly (readonly ConfigValue[])[]> {
  const shared = resources.filter((resource) => brokerOf(resource) === null)
  const answers = await Promise.all([
    ...(shared.length === 0 ? [] : [ask(client, null, shared, includeSynonyms)]),
    ...resources.filter((resource) => brokerOf(resource) !== null).map((resource) => ask(client, brokerOf(resource), [resource], includeSynonyms)),
  ])
  const byResource = new Map<string, readonly ConfigValue[]>(answers.flat())
  return resources.map((resource) => byResource.get(keyOf(resource)) ?? [])
}

async function ask(client: ClusterClient, broker: number | null, resources: readonly ConfigResource[], includeSynonyms: boolean) {
  const request = { resources: resources.map(wireResource), includeSynonyms, includeDocumentation: false }
  return client.retry(broker === null ? 'describeConfigs' : 'describeBrokerConfigs', async () => {
    const { results } = await (broker === null ? client.ask(DescribeConfigsApi, request) : client.askBroker(broker, DescribeConfigsApi, request))
    return results.map(({ errorCode, errorMessage, resourceType, resourceName, configs }) => {
      check(errorCode, errorMessage, `${kindOf(resourceType)} ${resourceName}`)
      const values = configs.map(
        ({ name, value, configSource, isSensitive, readOnly, synonyms }): ConfigValue => ({
          name,
          value,
          source: configSource,
          isSensitive,
          isReadOnly: readOnly,
          synonyms,
        }),
      )
      return [`${resourceType}:${resourceName}`, values] as const
    })
  })
}

function kindOf(resourceType: number): string {
  const kind = Object.entries(RESOURCE_TYPE).find(([, type]) => type === resourceType)?.[0] ?? 'resource'
  return kind.charAt(0).toUpperCase() + kind.slice(1)
}

function wireResource({ kind, name }: ConfigResource) {
  return { resourceType: RESOURCE_TYPE[kind], resourceName: name, configurationKeys: null }
}

function keyOf({ kind, name }: ConfigResource): string {
  return `${RESOURCE_TYPE[kind]}:${name}`
}

/** Who has to be asked; null for anyone. */
function brokerOf({ kind, name }: ConfigResource): number | null {
  return (kind === 'broker' || kind === 'broker-logger') && name !== '' ? Number(name) : null
}

export interface ConfigEdit {
  readonly name: string
  /** null takes the setting away. */
  readonly value: string | null
}

const SET = 0
const DELETE = 1

/** Changes the settings that are named and no others. Errors: as the broker answers. Source: KIP-339. */
export async function alterConfig(client: ClusterClient, resource: ConfigResource, edits: readonly ConfigEdit[], { validateOnly = false } = {}): Promise<void> {
  const configs = edits.map(({ name, value }) => ({ name, configOperation: value === null ? DELETE : SET, value }))
  const request = { resources: [{ resourceType: RESOURCE_TYPE[resource.kind], resourceName: resource.name, configs }], validateOnly }
  const broker = brokerOf(resource)
  await client.retry('incrementalAlterConfigs', async () => {
    const { responses } = await (broker === null || client.settings.asksControllers === true
      ? client.askController(IncrementalAlterConfigsApi, request)
      : client.askBroker(broker, IncrementalAlterConfigsApi, request))
    for (const { errorCode, errorMessage } of responses) check(errorCode, errorMessage)
  })
}

/** The names that have settings of this kind. Errors: CLIENT_VERSION where the broker does not tell. Source: KIP-1142. */
export function listConfigResources(client: ClusterClient, kind: ResourceKind): Promise<readonly string[]> {
  return client.retry('listConfigResources', async () => {
    const resourceTypes = [RESOURCE_TYPE[kind]]
    const { errorCode, configResources } = await client.ask(ListConfigResourcesApi, (version) => (version === 0 ? {} : { resourceTypes }))
    check(errorCode)
    return configResources.map(({ resourceName }) => resourceName)
  })
}
