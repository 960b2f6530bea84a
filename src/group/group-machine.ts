/**
 * The state of one partition of `__consumer_offsets`: its groups and their offsets. It finds the group that a request
 * is for and hands both to the files that decide; it keeps no rule of its own but which kind of group answers how.
 *
 * Groups of kinds that are not served here keep their records. Their offsets can be read, and set while they are empty.
 * Source: org.apache.kafka.coordinator.group.GroupCoordinatorShard, GroupMetadataManager.
 */
import { ErrorCode } from '../../protocol/error-codes.ts'
import type { HeartbeatRequest } from '../../protocol/messages/heartbeat.ts'
import type { OffsetDeleteRequest } from '../../protocol/messages/offset-delete.ts'
import type { SyncGroupRequest } from '../../protocol/messages/sync-group.ts'
import { ZERO_UUID } from '../../protocol/uuid.ts'
import { unreachable } from '../base/assert.ts'
import type { Clock, Random } from '../base/ports.ts'
import type { Decision } from '../coordinator/decision.ts'
import type { ReplayPosition, ShardContext, ShardMachine } from '../coordinator/shard-machine.ts'
import { type ClassicContext, type GroupDecision, NOTHING } from './classic/context.ts'
import { watchAbsent, watchDisconnected } from './classic/disconnected.ts'
import { expireSession } from './classic/expire-session.ts'
import type { ClassicGroup } from './classic/group.ts'
import { heartbeatClassicGroup } from './classic/heartbeat.ts'
import { type JoinInput, joinClassicGroup } from './classic/join.ts'
import { type LeaveReply, type LeavingMember, leaveClassicGroup } from './classic/leave.ts'
import { prepareRebalance } from './classic/rebalance.ts'
import { newGroupRecord } from './classic/records.ts'
import { joinError, type RespondToJoin, type RespondToSync, syncError } from './classic/replies.ts'
import { awaitHeartbeat } from './classic/session.ts'
import { syncClassicGroup } from './classic/sync.ts'
import { type DescribedGroup, describeGroup, type GroupFilter, type ListedGroup, listGroups } from './group-queries.ts'
import type { GroupRecord } from './group-records.ts'
import type { GroupSettings } from './group-settings.ts'
import { type GroupStatus, groupStatus } from './group-status.ts'
import { GroupTable } from './group-table.ts'
import type { MemberConnection, MemberConnections, MemberName } from './member-connections.ts'
import { type CommitInput, type CommitReply, commitOffsets } from './offsets/commit.ts'
import type { OffsetContext } from './offsets/context.ts'
import { type DeletedGroup, type DeleteOffsetsReply, deleteGroups, deleteOffsets, offsetsOfDeletedTopics } from './offsets/delete.ts'
import { expireOffsets } from './offsets/expire.ts'
import { type FetchInput, type FetchReply, fetchOffsets } from './offsets/fetch.ts'
import { OffsetStore } from './offsets/offset-store.ts'
import type { RebalanceCounts } from './rebalance-counts.ts'

const EXPIRY_TIMER = 'expire-offsets'

export interface GroupMachineOptions {
  readonly settings: GroupSettings
  /** Of all members of this node's groups. */
  readonly connections: MemberConnections
  readonly rebalances: RebalanceCounts
  readonly clock: Clock
  readonly random: Random
}

export class GroupMachine implements ShardMachine<GroupRecord> {
  readonly #groups: GroupTable
  readonly #offsets: OffsetStore
  readonly #connections: MemberConnections
  readonly #classic: ClassicContext
  readonly #offsetContext: OffsetContext

  constructor(shard: ShardContext<GroupRecord>, { settings, connections, rebalances, clock, random }: GroupMachineOptions) {
    this.#connections = connections
    this.#groups = new GroupTable(shard.snapshots, clock)
    this.#offsets = new OffsetStore(shard.snapshots)
    this.#offsetContext = { groups: this.#groups, offsets: this.#offsets, settings, clock }
    this.#classic = {
      findClassic: (groupId) => this.#groups.classic(groupId),
      onSessionExpired: (groupId, memberId) => expireSession(this.#classic, groupId, memberId),
      heardOf: ({ groupId }, memberId, connection) => {
        if (settings.memberConnectionGraceMs >= 0) connections.used({ groupId, memberId }, connection)
      },
      onRebalance: (group) => watchAbsent(this.#classic, group, (member) => connections.isConnected(member)),
      onGeneration: ({ groupId }) => rebalances.add(groupId),
      timers: shard.timers,
      settings,
      clock,
      random,
      logger: shard.logger.child('group'),
    }
  }

  replay(record: GroupRecord, at: ReplayPosition): void {
    switch (record.type) {
      case 'offset':
        if (record.value !== null) this.#groups.replayOffsetOf(record.groupId)
        this.#offsets.replay(record, at)
        return
      case 'group-metadata':
        this.#groups.replayMetadata(record)
        return
      case 'other-group':
        this.#groups.replayOther(record)
        return
      default:
        unreachable(record)
    }
  }

  replayTransactionEnd(producerId: number, committed: boolean): void {
    this.#offsets.replayTransactionEnd(producerId, committed)
  }

  /** The members of loaded groups get a whole session timeout to find us. */
  onLoaded(): void {
    this.#groups.loaded()
    for (const group of this.#groups.all()) if (group.kind === 'classic') this.#resume(group)
    this.#scheduleExpiry()
  }

  onUnloaded(): void {
    for (const group of this.#groups.all()) if (group.kind === 'classic') abandon(group)
  }

  join(input: JoinInput, respond: RespondToJoin): GroupDecision {
    const known = this.#groups.get(input.groupId)
    if (known !== undefined && known.kind !== 'classic') {
      respond(joinError('', ErrorCode.INCONSISTENT_GROUP_PROTOCOL))
      return NOTHING
    }
    if (known !== undefined) return joinClassicGroup(this.#classic, known, input, respond)
    if (input.memberId !== '') {
      respond(joinError(input.memberId, ErrorCode.UNKNOWN_MEMBER_ID))
      return NOTHING
    }
    return this.#joinNewGroup(input, respond)
  }

  sync(request: SyncGroupRequest, connection: MemberConnection, respond: RespondToSync): GroupDecision {
    const group = this.#groups.classic(request.groupId)
    if (group !== null && !group.isEmpty) return syncClassicGroup(this.#classic, group, { request, connection }, respond)
    respond(syncError(ErrorCode.UNKNOWN_MEMBER_ID))
    return NOTHING
  }

  heartbeat(request: HeartbeatRequest, connection: MemberConnection): Decision<number, GroupRecord> {
    const group = this.#groups.classic(request.groupId)
    const reply = group === null ? ErrorCode.UNKNOWN_MEMBER_ID : heartbeatClassicGroup(this.#classic, group, request, connection)
    return { reply, records: [] }
  }

  leave(groupId: string, leaving: readonly LeavingMember[]): Decision<LeaveReply, GroupRecord> {
    const group = this.#groups.classic(groupId)
    if (group !== null) return leaveClassicGroup(this.#classic, group, leaving)
    const members = leaving.map(({ memberId, groupInstanceId }) => ({ memberId, groupInstanceId, errorCode: ErrorCode.UNKNOWN_MEMBER_ID }))
    return { reply: { errorCode: ErrorCode.NONE, members }, records: [] }
  }

  /** The last connection of a member is closed. It may come back on another within the grace. */
  disconnected(member: MemberName): GroupDecision {
    watchDisconnected(this.#classic, member, () => this.#connections.isConnected(member))
    return NOTHING
  }

  list(filter: GroupFilter, atOffset: number): ListedGroup[] {
    return listGroups(this.#groups, filter, atOffset)
  }

  groupIds(atOffset: number): string[] {
    return Array.from(this.#groups.all(atOffset), ({ groupId }) => groupId)
  }

  describe(groupId: string, apiVersion: number, atOffset: number): DescribedGroup {
    return describeGroup(this.#groups, groupId, apiVersion, atOffset)
  }

  status(groupId: string, atOffset: number): GroupStatus | null {
    return groupStatus(this.#offsetContext, groupId, atOffset)
  }

  deleteGroups(groupIds: readonly string[]): Decision<DeletedGroup[], GroupRecord> {
    return deleteGroups(this.#offsetContext, groupIds)
  }

  commit(input: CommitInput): Decision<CommitReply, GroupRecord> {
    return commitOffsets(this.#offsetContext, this.#classic, input)
  }

  /** @param atOffset left out: the newest state, with UNSTABLE_OFFSET_COMMIT where a transaction is open */
  fetch(input: FetchInput, atOffset?: number): FetchReply {
    return fetchOffsets(this.#offsetContext, input, atOffset)
  }

  deleteOffsets(groupId: string, topics: OffsetDeleteRequest['topics']): Decision<DeleteOffsetsReply, GroupRecord> {
    return deleteOffsets(this.#offsetContext, groupId, topics)
  }

  dropDeletedTopics(topics: readonly { readonly id: string; readonly name: string }[]): GroupDecision {
    return { reply: undefined, records: offsetsOfDeletedTopics(this.#offsetContext, topics, ZERO_UUID), atomic: false }
  }

  /** The group is made durable with the first request that names it, whatever that request is answered. */
  #joinNewGroup(input: JoinInput, respond: RespondToJoin): GroupDecision {
    const group = this.#groups.form(input.groupId)
    const record = newGroupRecord(group)
    joinClassicGroup(this.#classic, group, input, respond)
    return { reply: undefined, records: [record] }
  }

  #resume(group: ClassicGroup): void {
    for (const member of group.members()) awaitHeartbeat(this.#classic, group, member)
    const { maxGroupSize } = this.#classic.settings
    if (group.memberCount > maxGroupSize) {
      const reason = `Freshly-loaded group ${group.groupId} (size ${group.memberCount}) is over capacity ${maxGroupSize}. Rebalancing in order to give a chance for consumers to commit offsets`
      prepareRebalance(this.#classic, group, reason)
    }
  }

  #scheduleExpiry(): void {
    const intervalMs = this.#classic.settings.offsetsRetentionCheckIntervalMs
    this.#classic.timers.scheduleWithRetry(EXPIRY_TIMER, intervalMs, intervalMs, () => {
      const records = expireOffsets(this.#offsetContext)
      this.#scheduleExpiry()
      if (records.length > 0) this.#classic.logger.info('offsets expired', { tombstones: records.length })
      return { reply: undefined, records, atomic: false }
    })
  }
}

/** The group is served elsewhere from now on: its members look for it. */
function abandon(group: ClassicGroup): void {
  group.transitionTo('Dead')
  for (const member of group.members()) {
    group.completeJoin(member, joinError(member.memberId, ErrorCode.NOT_COORDINATOR))
    member.completeSync(syncError(ErrorCode.NOT_COORDINATOR))
  }
}
