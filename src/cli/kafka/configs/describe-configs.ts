import type { Output } from '../../command.ts'
import type { ClusterClient } from '../../operations/cluster/cluster-client.ts'
import { type ConfigValue, describeConfig, listConfigResources, sourceName } from '../../operations/configs.ts'
import { listGroups } from '../../operations/groups/list-groups.ts'
import { listTopics } from '../../operations/topics/list-topics.ts'
import type { Options } from '../options/parse-options.ts'
import type { Entities } from './config-options.ts'
import { ENTITY_KINDS, type EntityKind, ownSource, singular } from './entity-kinds.ts'

export async function describeEntities(client: ClusterClient, { types, names }: Entities, options: Options, output: Output): Promise<void> {
  const [type = ''] = types
  const [name] = names
  const kind = ENTITY_KINDS[type] as EntityKind
  const isAll = options.has('all')
  if (!isAll && name !== undefined && name !== '' && !(await isThere(client, kind, name))) {
    output.out(`The ${singular(type)} '${name}' doesn't exist and doesn't have dynamic config.\n`)
    return
  }
  for (const entity of name === undefined ? await entitiesOf(client, kind) : [name]) {
    output.out(
      entity === '' ? `Default configs for ${type} in the cluster are:\n` : `${isAll ? 'All' : 'Dynamic'} configs for ${singular(type)} ${entity} are:\n`,
    )
    for (const value of await ownConfigs(client, kind, entity, { isAll, includeSynonyms: true })) output.out(configLine(value))
  }
}

/** Those that were changed for this entity, or all that are in force, by name. */
export async function ownConfigs(
  client: ClusterClient,
  kind: EntityKind,
  name: string,
  { isAll, includeSynonyms }: { readonly isAll: boolean; readonly includeSynonyms: boolean },
): Promise<readonly ConfigValue[]> {
  const source = isAll ? null : ownSource(kind, name)
  const values = await describeConfig(client, { kind: kind.kind, name }, { includeSynonyms })
  return values.filter((value) => source === null || sourceName(value.source) === source).toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

function configLine({ name, value, isSensitive, synonyms }: ConfigValue): string {
  const places = synonyms.map((synonym) => `${sourceName(synonym.source)}:${synonym.name}=${synonym.value}`)
  return `  ${name}=${value} sensitive=${isSensitive} synonyms={${places.join(', ')}}\n`
}

async function isThere(client: ClusterClient, { kind }: EntityKind, name: string): Promise<boolean> {
  return (await entitiesOf(client, { kind, source: null })).includes(name)
}

/** All that have settings, or may have some. */
async function entitiesOf(client: ClusterClient, { kind }: EntityKind): Promise<readonly string[]> {
  switch (kind) {
    case 'topic':
      return (await listTopics(client)).map(({ name }) => name)
    case 'broker':
    case 'broker-logger':
      return [...(await client.retry('describeCluster', () => client.brokers())).map(({ id }) => String(id)), '']
    case 'client-metrics':
      return listConfigResources(client, kind)
    case 'group':
      return [...new Set([...(await listGroups(client)).map(({ groupId }) => groupId), ...(await listConfigResources(client, kind))])].toSorted()
  }
}
