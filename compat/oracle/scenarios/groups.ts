import { ConsumerProtocolSubscription } from '../../../protocol/data/consumer-protocol-subscription.ts'
import { DeleteGroupsApi } from '../../../protocol/messages/delete-groups.ts'
import { DescribeGroupsApi } from '../../../protocol/messages/describe-groups.ts'
import { FindCoordinatorApi } from '../../../protocol/messages/find-coordinator.ts'
import { HeartbeatApi } from '../../../protocol/messages/heartbeat.ts'
import { JoinGroupApi, type JoinGroupResponse } from '../../../protocol/messages/join-group.ts'
import { LeaveGroupApi } from '../../../protocol/messages/leave-group.ts'
import { ListGroupsApi } from '../../../protocol/messages/list-groups.ts'
import { SyncGroupApi } from '../../../protocol/messages/sync-group.ts'
import { encodeToBuffer } from '../../../protocol/schema/codec.ts'
import type { Outcome, RawClient } from '../raw-client.ts'
import { type Scenario, type Stage, versions } from '../scenario.ts'

const JOIN = versions(0, 9)

interface Join {
  readonly memberId?: string
  readonly instance?: string | null
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
  readonly protocolType?: string
  readonly protocols?: readonly string[]
  readonly topics?: readonly string[]
}

/**
 * What consumers send as their metadata. Apache Kafka 4.3.1 never answers a member whose metadata it cannot read so
 * (an exception in its coordinator): such a member is not compared.
 */
function subscription(topics: readonly string[]): Buffer {
  return Buffer.concat([Buffer.from([0, 0]), encodeToBuffer(ConsumerProtocolSubscription, { topics }, 0)])
}

export function joinRequest(groupId: string, version: number, join: Join) {
  return {
    groupId,
    sessionTimeoutMs: join.sessionTimeoutMs ?? 10_000,
    ...(version >= 1 ? { rebalanceTimeoutMs: join.rebalanceTimeoutMs ?? 10_000 } : {}),
    memberId: join.memberId ?? '',
    ...(version >= 5 ? { groupInstanceId: join.instance ?? null } : {}),
    protocolType: join.protocolType ?? 'consumer',
    protocols: (join.protocols ?? ['range', 'roundrobin']).map((name) => ({ name, metadata: subscription(join.topics ?? ['some-topic']) })),
  }
}

/** Asks for the coordinator until there is one: Apache Kafka makes its topic of offsets at the first question. */
export async function coordinatorReady(stage: Stage, groupId: string): Promise<void> {
  const deadlineMs = Date.now() + 20_000
  for (;;) {
    const found = await stage.client.ask(FindCoordinatorApi, 4, { keyType: 0, coordinatorKeys: [groupId] })
    const described = await stage.client.ask(DescribeGroupsApi, 5, { groups: [groupId] })
    if (found.coordinators[0]?.errorCode === 0 && ![14, 15, 16].includes(described.groups[0]?.errorCode ?? 0)) return
    if (Date.now() > deadlineMs) throw new Error(`no coordinator for ${groupId}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Joins; from version 4 in two steps, since the first answer only gives the member its id. Source: KIP-394. */
export async function join(client: RawClient, groupId: string, version: number, options: Join = {}): Promise<JoinGroupResponse> {
  const first = await client.ask(JoinGroupApi, version, joinRequest(groupId, version, options))
  if (first.errorCode !== 79) return first
  return client.ask(JoinGroupApi, version, joinRequest(groupId, version, { ...options, memberId: first.memberId }))
}

export async function sync(client: RawClient, groupId: string, joined: JoinGroupResponse, version = 5): Promise<Outcome> {
  const assignments = joined.leader === joined.memberId ? joined.members.map(({ memberId }) => ({ memberId, assignment: Buffer.from('assigned') })) : []
  const named = version >= 5 ? { protocolType: 'consumer', protocolName: joined.protocolName } : {}
  return client.exchange(SyncGroupApi, version, { groupId, generationId: joined.generationId, memberId: joined.memberId, assignments, ...named })
}

/** A stable group of one member. */
export async function stableGroup(stage: Stage, what = 'group', options: Join = {}): Promise<{ readonly groupId: string; readonly joined: JoinGroupResponse }> {
  const groupId = stage.name(what)
  await coordinatorReady(stage, groupId)
  const joined = await join(stage.client, groupId, 9, options)
  await sync(stage.client, groupId, joined)
  return { groupId, joined }
}

function joining(title: string, options: (groupId: string) => Join, group = (stage: Stage) => stage.name('group')): Scenario {
  return {
    name: `JoinGroup: ${title}`,
    versions: JOIN,
    run: async (stage, version) => {
      const groupId = group(stage)
      await coordinatorReady(stage, stage.name('group'))
      return stage.client.exchange(JoinGroupApi, version, joinRequest(groupId, version, options(groupId)))
    },
  }
}

const joins: readonly Scenario[] = [
  joining('for the first time', () => ({})),
  joining('with an unknown member id', () => ({ memberId: 'nobody' })),
  joining('with a session that is too short', () => ({ sessionTimeoutMs: 10 })),
  joining('with a session that is too long', () => ({ sessionTimeoutMs: 99_999_999 })),
  joining('without a protocol', () => ({ protocols: [] })),
  joining('without a protocol type', () => ({ protocolType: '' })),
  joining(
    'a group without a name',
    () => ({}),
    () => '',
  ),
  {
    name: 'JoinGroup and SyncGroup: one member, twice',
    versions: JOIN,
    run: async (stage, version) => {
      const groupId = stage.name('group')
      await coordinatorReady(stage, groupId)
      const joined = await join(stage.client, groupId, version)
      const synced = await sync(stage.client, groupId, joined)
      const again = await stage.client.ask(JoinGroupApi, version, joinRequest(groupId, version, { memberId: joined.memberId }))
      const syncedAgain = await sync(stage.client, groupId, again)
      return [joined, synced, again, syncedAgain]
    },
  },
  {
    name: 'JoinGroup: two members, votes for a protocol, the leader gets the metadata',
    versions: JOIN,
    run: async (stage, version) => {
      const groupId = stage.name('group')
      await coordinatorReady(stage, groupId)
      const other = await stage.open('other-client')
      const one = await join(stage.client, groupId, version, { protocols: ['range', 'roundrobin'] })
      await sync(stage.client, groupId, one)
      const secondJoins = join(other, groupId, version, { protocols: ['roundrobin', 'sticky'] })
      await untilRebalancing(stage, groupId, one)
      const [two, oneAgain] = await Promise.all([
        secondJoins,
        join(stage.client, groupId, version, { memberId: one.memberId, protocols: ['range', 'roundrobin'] }),
      ])
      const [leader, follower] = oneAgain.leader === oneAgain.memberId ? [oneAgain, two] : [two, oneAgain]
      const [leaderSync, followerSync] = await Promise.all([sync(stage.client, groupId, leader), sync(other, groupId, follower)])
      return [two.members.length + oneAgain.members.length, { ...leader, members: [] }, { ...follower }, leaderSync, followerSync]
    },
  },
  {
    name: 'JoinGroup: protocols and a type that do not go together',
    versions: JOIN,
    run: async (stage, version) => {
      const { groupId } = await stableGroup(stage)
      const other = await stage.open()
      return [
        await other.exchange(JoinGroupApi, version, joinRequest(groupId, version, { protocols: ['something else'] })),
        await other.exchange(JoinGroupApi, version, joinRequest(groupId, version, { protocolType: 'connect' })),
      ]
    },
  },
  {
    name: 'JoinGroup: a static member leaves its connection and comes again',
    versions: [5, 7, 8, 9],
    run: async (stage, version) => {
      const groupId = stage.name('group')
      await coordinatorReady(stage, groupId)
      const one = await join(stage.client, groupId, version, { instance: 'instance-1' })
      const synced = await sync(stage.client, groupId, one)
      const other = await stage.open()
      const again = await join(other, groupId, version, { instance: 'instance-1' })
      const fencedHeartbeat = await stage.client.exchange(HeartbeatApi, 4, {
        groupId,
        generationId: one.generationId,
        memberId: one.memberId,
        groupInstanceId: 'instance-1',
      })
      const heartbeat = await other.exchange(HeartbeatApi, 4, {
        groupId,
        generationId: again.generationId,
        memberId: again.memberId,
        groupInstanceId: 'instance-1',
      })
      const unknownInstance = await other.exchange(JoinGroupApi, version, joinRequest(groupId, version, { memberId: again.memberId, instance: 'instance-2' }))
      return [one, synced, again, fencedHeartbeat, heartbeat, unknownInstance]
    },
  },
]

async function untilRebalancing(stage: Stage, groupId: string, member: JoinGroupResponse): Promise<void> {
  const deadlineMs = Date.now() + 10_000
  for (;;) {
    if (Date.now() > deadlineMs) throw new Error(`${groupId} does not rebalance`)
    const { errorCode } = await stage.client.ask(HeartbeatApi, 4, { groupId, generationId: member.generationId, memberId: member.memberId })
    if (errorCode === 27) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const members: readonly Scenario[] = [
  {
    name: 'Heartbeat: right, wrong generation, unknown member, unknown group, no group',
    versions: versions(0, 4),
    run: async (stage, version) => {
      const { groupId, joined } = await stableGroup(stage)
      const beat = (group: string, generationId: number, memberId: string) =>
        stage.client.exchange(HeartbeatApi, version, { groupId: group, generationId, memberId })
      const { generationId, memberId } = joined
      return [
        await beat(groupId, generationId, memberId),
        await beat(groupId, 9, memberId),
        await beat(groupId, generationId, 'nobody'),
        await beat(stage.name('absent'), 1, 'nobody'),
        await beat('', 1, 'nobody'),
      ]
    },
  },
  {
    name: 'SyncGroup: again, wrong generation, unknown member, wrong protocol, unknown group',
    versions: versions(0, 5),
    run: async (stage, version) => {
      const { groupId, joined } = await stableGroup(stage)
      const ask = (group: string, generationId: number, memberId: string, protocolName = joined.protocolName, protocolType = 'consumer') =>
        stage.client.exchange(SyncGroupApi, version, {
          groupId: group,
          generationId,
          memberId,
          assignments: [],
          ...(version >= 5 ? { protocolName, protocolType } : {}),
        })
      const { generationId, memberId } = joined
      return [
        await ask(groupId, generationId, memberId),
        await ask(groupId, generationId + 1, memberId),
        await ask(groupId, generationId, 'nobody'),
        await ask(groupId, generationId, memberId, 'other'),
        await ask(groupId, generationId, memberId, joined.protocolName, 'connect'),
        await ask(stage.name('absent'), 1, 'nobody'),
        await ask('', 1, 'nobody'),
      ]
    },
  },
  {
    name: 'LeaveGroup: a member, nobody, of no group',
    versions: versions(0, 5),
    run: async (stage, version) => {
      const { groupId, joined } = await stableGroup(stage)
      const leave = (group: string, memberId: string) =>
        stage.client.exchange(
          LeaveGroupApi,
          version,
          version >= 3 ? { groupId: group, members: [{ memberId, groupInstanceId: null }] } : { groupId: group, memberId },
        )
      return [
        await leave(groupId, 'nobody'),
        await leave(groupId, joined.memberId),
        await leave(groupId, joined.memberId),
        await leave(stage.name('absent'), 'nobody'),
        await leave('', 'nobody'),
      ]
    },
  },
  {
    name: 'LeaveGroup: several, by instance, some unknown',
    versions: [3, 4, 5],
    run: async (stage, version) => {
      const { groupId, joined } = await stableGroup(stage, 'group', { instance: 'instance-1' })
      return [
        await stage.client.exchange(LeaveGroupApi, version, {
          groupId,
          members: [
            { memberId: 'nobody', groupInstanceId: null },
            { memberId: '', groupInstanceId: 'instance-9' },
            { memberId: 'nobody', groupInstanceId: 'instance-1' },
            { memberId: '', groupInstanceId: 'instance-1' },
          ],
        }),
        await stage.client.exchange(HeartbeatApi, 4, { groupId, generationId: joined.generationId, memberId: joined.memberId }),
      ]
    },
    keep: [],
  },
]

const views: readonly Scenario[] = [
  {
    name: 'DescribeGroups: stable, empty, absent, without a name',
    versions: versions(0, 6),
    run: async (stage, version) => {
      const { groupId } = await stableGroup(stage)
      const { groupId: empty, joined } = await stableGroup(stage, 'empty')
      await stage.client.ask(LeaveGroupApi, 5, { groupId: empty, members: [{ memberId: joined.memberId, groupInstanceId: null }] })
      const operations = version >= 3 ? { includeAuthorizedOperations: true } : {}
      return stage.client.exchange(DescribeGroupsApi, version, { groups: [groupId, empty, stage.name('absent'), ''], ...operations })
    },
    unordered: ['groups'],
  },
  {
    name: 'DescribeGroups: while it rebalances',
    versions: [6],
    run: async (stage, version) => {
      const groupId = stage.name('group')
      await coordinatorReady(stage, groupId)
      await join(stage.client, groupId, 9)
      return stage.client.exchange(DescribeGroupsApi, version, { groups: [groupId] })
    },
  },
  {
    name: 'ListGroups: by state and type',
    versions: versions(0, 5),
    run: async (stage, version) => {
      const { groupId } = await stableGroup(stage)
      const filters = version >= 4 ? [['Stable'], ['stable'], ['Empty'], ['no such state']] : [[]]
      const own = async (filter: { statesFilter?: string[]; typesFilter?: string[] }) => {
        const outcome = await stage.client.exchange(ListGroupsApi, version, filter)
        if (outcome.kind !== 'answer') return outcome
        const answer = outcome.value as { groups: { groupId: string }[] }
        return { ...answer, groups: answer.groups.filter((group) => group.groupId === groupId) }
      }
      const byState = []
      for (const statesFilter of filters) byState.push(await own(statesFilter.length > 0 ? { statesFilter } : {}))
      if (version < 5) return byState
      for (const type of ['classic', 'Classic', 'consumer', 'no such type']) byState.push(await own({ typesFilter: [type] }))
      return byState
    },
  },
  {
    name: 'DeleteGroups: with members, empty, absent, without a name',
    versions: versions(0, 2),
    run: async (stage, version) => {
      const { groupId, joined } = await stableGroup(stage)
      const names = [groupId, stage.name('absent'), '']
      const first = await stage.client.exchange(DeleteGroupsApi, version, { groupsNames: names })
      await stage.client.ask(LeaveGroupApi, 5, { groupId, members: [{ memberId: joined.memberId, groupInstanceId: null }] })
      const second = await stage.client.exchange(DeleteGroupsApi, version, { groupsNames: [groupId] })
      const described = await stage.client.exchange(DescribeGroupsApi, 5, { groups: [groupId] })
      return [first, second, described]
    },
    unordered: ['results'],
  },
]

export const groupScenarios: readonly Scenario[] = [...joins, ...members, ...views]
