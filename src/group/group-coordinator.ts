import type { DeleteGroupsRequest, DeleteGroupsResponse } from '../../protocol/messages/delete-groups.ts'
import type { DescribeGroupsRequest, DescribeGroupsResponse } from '../../protocol/messages/describe-groups.ts'
import type { HeartbeatRequest, HeartbeatResponse } from '../../protocol/messages/heartbeat.ts'
import type { JoinGroupRequest, JoinGroupResponse } from '../../protocol/messages/join-group.ts'
import type { LeaveGroupRequest, LeaveGroupResponse } from '../../protocol/messages/leave-group.ts'
import type { ListGroupsRequest, ListGroupsResponse } from '../../protocol/messages/list-groups.ts'
import type { OffsetCommitRequest, OffsetCommitResponse } from '../../protocol/messages/offset-commit.ts'
import type { OffsetDeleteRequest, OffsetDeleteResponse } from '../../protocol/messages/offset-delete.ts'
import type { OffsetFetchRequest, OffsetFetchResponse } from '../../protocol/messages/offset-fetch.ts'
import type { SyncGroupRequest, SyncGroupResponse } from '../../protocol/messages/sync-group.ts'
import type { Input, Value } from '../../protocol/schema/notation.ts'
import type { MemberConnection } from './member-connections.ts'

/** What the coordinator needs to know of a request beside its body. A handler's `RequestContext` is one. */
export interface GroupRequestContext extends MemberConnection {
  readonly apiVersion: number
  readonly clientId: string | null
  /** As Kafka prints it: `/127.0.0.1`. */
  readonly clientHost: string
}

/**
 * The groups and committed offsets whose partition of `__consumer_offsets` this node leads.
 *
 * Each method answers as the API of its name does; a promise settles when the answer may leave (its records are committed,
 * the rebalance it waits for is over, or its time is up) and rejects only for a defect of ours. Errors are codes in the response.
 */
export interface GroupCoordinator extends AsyncDisposable {
  joinGroup(context: GroupRequestContext, request: Value<typeof JoinGroupRequest>): Promise<Input<typeof JoinGroupResponse>>
  syncGroup(context: GroupRequestContext, request: Value<typeof SyncGroupRequest>): Promise<Input<typeof SyncGroupResponse>>
  heartbeat(context: GroupRequestContext, request: Value<typeof HeartbeatRequest>): Promise<Input<typeof HeartbeatResponse>>
  leaveGroup(context: GroupRequestContext, request: Value<typeof LeaveGroupRequest>): Promise<Input<typeof LeaveGroupResponse>>
  describeGroups(context: GroupRequestContext, request: Value<typeof DescribeGroupsRequest>): Promise<Input<typeof DescribeGroupsResponse>>
  listGroups(context: GroupRequestContext, request: Value<typeof ListGroupsRequest>): Promise<Input<typeof ListGroupsResponse>>
  deleteGroups(context: GroupRequestContext, request: Value<typeof DeleteGroupsRequest>): Promise<Input<typeof DeleteGroupsResponse>>
  offsetCommit(context: GroupRequestContext, request: Value<typeof OffsetCommitRequest>): Promise<Input<typeof OffsetCommitResponse>>
  offsetFetch(context: GroupRequestContext, request: Value<typeof OffsetFetchRequest>): Promise<Input<typeof OffsetFetchResponse>>
  offsetDelete(context: GroupRequestContext, request: Value<typeof OffsetDeleteRequest>): Promise<Input<typeof OffsetDeleteResponse>>

  /** The partition of `__consumer_offsets` that holds `groupId`. */
  partitionFor(groupId: string): number
  /** Resolves when the shard of `partition` serves, at once if it does; rejects when it was given up meanwhile. For the first join of a new cluster. */
  whenServing(partition: number, signal?: AbortSignal): Promise<void>

  /** This node leads `partition` of `__consumer_offsets` from now on: its shard loads. Older epochs are ignored. */
  onElection(partition: number, leaderEpoch: number): void
  /** This node leads `partition` no longer: its shard is dropped. `leaderEpoch` null: the partition was deleted. */
  onResignation(partition: number, leaderEpoch: number | null): void
  /** A connection is gone: members that speak over no other are removed after the grace that the settings give them. */
  onConnectionClosed(connectionId: number): void
  /** Offsets committed for deleted topics go. */
  onTopicsDeleted(topics: readonly { readonly id: string; readonly name: string }[]): void
}
