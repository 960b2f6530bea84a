import { OFFSETS_TOPIC } from '../../protocol/internal-topics.ts'
import type { DeleteGroupsRequest } from '../../protocol/messages/delete-groups.ts'
import type { DescribeGroupsRequest } from '../../protocol/messages/describe-groups.ts'
import type { HeartbeatRequest } from '../../protocol/messages/heartbeat.ts'
import type { JoinGroupRequest } from '../../protocol/messages/join-group.ts'
import type { LeaveGroupRequest } from '../../protocol/messages/leave-group.ts'
import type { ListGroupsRequest } from '../../protocol/messages/list-groups.ts'
import type { OffsetCommitRequest } from '../../protocol/messages/offset-commit.ts'
import type { OffsetDeleteRequest } from '../../protocol/messages/offset-delete.ts'
import type { OffsetFetchRequest } from '../../protocol/messages/offset-fetch.ts'
import type { SyncGroupRequest } from '../../protocol/messages/sync-group.ts'
import type { Clock, Random, Timers } from '../base/ports.ts'
import type { OpenCoordinatorLog } from '../coordinator/coordinator-log.ts'
import { CoordinatorRuntime } from '../coordinator/coordinator-runtime.ts'
import { partitionFor } from '../coordinator/partition-for.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { GroupCoordinator, GroupRequestContext } from './group-coordinator.ts'
import { GroupMachine } from './group-machine.ts'
import { groupRecordCodec } from './group-records.ts'
import type { GroupSettings } from './group-settings.ts'
import type { GroupStatus } from './group-status.ts'
import { MemberConnections, type MemberName } from './member-connections.ts'
import { type RebalanceCount, RebalanceCounts } from './rebalance-counts.ts'
import { answerDeleteGroups, answerDescribeGroups, answerListGroups } from './requests/group-admin.ts'
import type { GroupRuntime, GroupServices } from './requests/group-runtime.ts'
import { answerHeartbeat, answerJoinGroup, answerLeaveGroup, answerSyncGroup } from './requests/membership.ts'
import { answerOffsetCommit } from './requests/offset-commit.ts'
import { answerOffsetDelete } from './requests/offset-delete.ts'
import { answerOffsetFetch } from './requests/offset-fetch.ts'
import type { TopicDirectory } from './topic-directory.ts'

export interface GroupServiceOptions {
  readonly settings: GroupSettings
  readonly openLog: OpenCoordinatorLog
  readonly topics: TopicDirectory
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly logger: Logger
}

/** The group coordinator of this node. */
export class GroupService implements GroupCoordinator {
  readonly #settings: GroupSettings
  readonly #logger: Logger
  readonly #runtime: GroupRuntime
  readonly #services: GroupServices
  readonly #listeners = new Set<() => void>()
  readonly #connections = new MemberConnections()
  readonly #rebalances: RebalanceCounts

  constructor(options: GroupServiceOptions) {
    const { settings, openLog, clock, timers, random } = options
    this.#settings = settings
    this.#rebalances = new RebalanceCounts(clock)
    this.#logger = options.logger.child('group')
    this.#runtime = new CoordinatorRuntime({
      topic: OFFSETS_TOPIC,
      openLog,
      codec: groupRecordCodec,
      makeMachine: (shard) => new GroupMachine(shard, { settings, connections: this.#connections, rebalances: this.#rebalances, clock, random }),
      settings,
      clock,
      timers,
      logger: this.#logger,
      onChanged: () => {
        for (const listener of this.#listeners) listener()
      },
    })
    this.#services = { runtime: this.#runtime, topics: options.topics, partitionFor: (groupId) => this.partitionFor(groupId) }
  }

  joinGroup(context: GroupRequestContext, request: JoinGroupRequest) {
    return answerJoinGroup(this.#services, this.#settings, context, request)
  }

  syncGroup(context: GroupRequestContext, request: SyncGroupRequest) {
    return answerSyncGroup(this.#services, context, request)
  }

  heartbeat(context: GroupRequestContext, request: HeartbeatRequest) {
    return answerHeartbeat(this.#services, context, request)
  }

  leaveGroup(context: GroupRequestContext, request: LeaveGroupRequest) {
    return answerLeaveGroup(this.#services, request, context.apiVersion)
  }

  async describeGroups(context: GroupRequestContext, request: DescribeGroupsRequest) {
    return answerDescribeGroups(this.#services, request, context.apiVersion)
  }

  async listGroups(_context: GroupRequestContext, request: ListGroupsRequest) {
    return answerListGroups(this.#services, request)
  }

  deleteGroups(_context: GroupRequestContext, request: DeleteGroupsRequest) {
    return answerDeleteGroups(this.#services, request)
  }

  offsetCommit(context: GroupRequestContext, request: OffsetCommitRequest) {
    return answerOffsetCommit(this.#services, context, request)
  }

  offsetFetch(context: GroupRequestContext, request: OffsetFetchRequest) {
    return answerOffsetFetch(this.#services, request, context.apiVersion)
  }

  offsetDelete(_context: GroupRequestContext, request: OffsetDeleteRequest) {
    return answerOffsetDelete(this.#services, request)
  }

  /** Where a group stands, as far as that is committed; null: there is no such group here. For those who wait for it. */
  status(groupId: string): GroupStatus | null {
    const found = this.#runtime.read(this.partitionFor(groupId), (machine, committedOffset) => machine.status(groupId, committedOffset))
    return found.ok ? found.value : null
  }

  /** Each group that is served here, and where it stands. They are looked at one by one: what changes meanwhile may be told or not. */
  *statuses(): IterableIterator<[groupId: string, status: GroupStatus]> {
    for (const partition of this.#runtime.partitions()) {
      const found = this.#runtime.read(partition, (machine, committedOffset) => machine.groupIds(committedOffset))
      for (const groupId of found.ok ? found.value : []) {
        // Of the time when the topic had fewer partitions, another may be left here.
        const status = this.partitionFor(groupId) === partition ? this.status(groupId) : null
        if (status !== null) yield [groupId, status]
      }
    }
  }

  rebalancesOf(groupId: string): RebalanceCount {
    return this.#rebalances.of(groupId)
  }

  /** Calls `listener` when what is told of groups may have changed; it looks later. The returned function ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  partitionFor(groupId: string): number {
    return partitionFor(groupId, this.#settings.offsetsTopicPartitionCount)
  }

  whenServing(partition: number, signal?: AbortSignal): Promise<void> {
    return this.#runtime.whenServing(partition, signal)
  }

  onElection(partition: number, leaderEpoch: number): void {
    this.#runtime.load(partition, leaderEpoch)
  }

  onResignation(partition: number, leaderEpoch: number | null): void {
    this.#runtime.unload(partition, leaderEpoch)
  }

  onConnectionClosed(connectionId: number): void {
    for (const member of this.#connections.closed(connectionId)) void this.#disconnected(member)
  }

  onTopicsDeleted(topics: readonly { readonly id: string; readonly name: string }[]): void {
    if (topics.length === 0) return
    for (const partition of this.#runtime.partitions()) void this.#dropOffsets(partition, topics)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#runtime.close()
  }

  /** While its shard loads nothing is done: the members of loaded groups have a whole session to find us. */
  async #disconnected(member: MemberName): Promise<void> {
    try {
      await this.#runtime.write(this.partitionFor(member.groupId), (machine) => machine.disconnected(member))
    } catch (error) {
      this.#logger.error('a member whose connection closed is not watched', { ...member, error })
    }
  }

  async #dropOffsets(partition: number, topics: readonly { readonly id: string; readonly name: string }[]): Promise<void> {
    try {
      const outcome = await this.#runtime.write(partition, (machine) => machine.dropDeletedTopics(topics))
      if (!outcome.ok) this.#logger.warn('offsets of deleted topics could not be removed', { partition, errorCode: outcome.errorCode, topics })
    } catch (error) {
      this.#logger.error('removing the offsets of deleted topics failed', { partition, topics, error })
    }
  }
}
