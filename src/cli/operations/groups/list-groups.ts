import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ListGroupsApi } from '../../../../protocol/messages/list-groups.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { check, KafkaError } from '../kafka-error.ts'

export interface GroupListing {
  readonly groupId: string
  /** Empty for groups that only keep offsets, `consumer` for consumers. */
  readonly protocolType: string
  /** As Kafka writes it: `Stable`, `Empty` and so on; `Unknown` where an old broker does not tell. */
  readonly state: string
  /** `Classic`, `Consumer`, `Share`, `Streams` or `Unknown`. */
  readonly type: string
}

export interface GroupFilter {
  readonly states?: readonly string[]
  readonly types?: readonly string[]
  readonly protocolTypes?: readonly string[]
}

/** What the tools for consumer groups are about. Source: ListGroupsOptions.forConsumerGroups. */
export const CONSUMER_GROUPS: GroupFilter = { types: ['Classic', 'Consumer'], protocolTypes: ['', 'consumer'] }

/** The groups of all coordinators, by id. Errors: those of a broker that cannot be asked. */
export async function listGroups(client: ClusterClient, { states = [], types = [], protocolTypes = [] }: GroupFilter = {}): Promise<readonly GroupListing[]> {
  const groups = await client.retry('listGroups', async () => {
    const brokers = await client.brokers()
    if (brokers.length === 0) throw new KafkaError(ErrorCode.BROKER_NOT_AVAILABLE)
    return Promise.all(brokers.map(({ id }) => groupsOf(client, id, states, types)))
  })
  return groups
    .flat()
    .filter(({ type, protocolType }) => isWanted(type, types) && (protocolTypes.length === 0 || protocolTypes.includes(protocolType)))
    .toSorted((one, other) => (one.groupId < other.groupId ? -1 : one.groupId > other.groupId ? 1 : 0))
}

async function groupsOf(client: ClusterClient, broker: number, statesFilter: readonly string[], typesFilter: readonly string[]) {
  const answer = await client.askBroker(broker, ListGroupsApi, (version) => ({
    ...(version < 4 ? {} : { statesFilter }),
    ...(version < 5 ? {} : { typesFilter }),
  }))
  check(answer.errorCode)
  return answer.groups.map(({ groupId, protocolType, groupState, groupType }) => ({
    groupId,
    protocolType,
    state: groupState === '' ? 'Unknown' : groupState,
    type: groupType === '' ? 'Unknown' : capitalized(groupType),
  }))
}

function capitalized(type: string): string {
  return type.charAt(0).toUpperCase() + type.slice(1).toLowerCase()
}

/** An old broker tells no types: all of its groups are classic. */
function isWanted(type: string, types: readonly string[]): boolean {
  return types.length === 0 || types.includes(type) || (type === 'Unknown' && types.includes('Classic'))
}
