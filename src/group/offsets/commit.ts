/**
 * OffsetCommit: by members of a group, in their generation, and by consumers that manage their partitions themselves (no
 * member, generation -1), which needs no more of a group than that nobody is in it.
 *
 * Source: org.apache.kafka.coordinator.group.OffsetMetadataManager.commitOffset; ClassicGroup.validateOffsetCommit.
 */
import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { OffsetCommitRequest } from '../../../protocol/messages/offset-commit.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { Decision } from '../../coordinator/decision.ts'
import type { ClassicContext } from '../classic/context.ts'
import type { ClassicGroup } from '../classic/group.ts'
import { awaitHeartbeat } from '../classic/session.ts'
import { type GroupRecord, type OffsetRecord, offsetValue } from '../group-records.ts'
import type { OtherGroup } from '../group-table.ts'
import type { MemberConnection } from '../member-connections.ts'
import type { OffsetContext } from './context.ts'

type RequestTopic = OffsetCommitRequest['topics'][number]
type RequestPartition = RequestTopic['partitions'][number]

export interface CommitReply {
  readonly topics: readonly CommittedTopic[]
}

export interface CommittedTopic {
  readonly name: string
  readonly topicId: Uuid
  readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[]
}

/** A topic of the request whose name and id are both known, with those of its partitions that exist. */
export interface TopicToCommit {
  readonly name: string
  readonly topicId: Uuid
  readonly partitions: readonly RequestPartition[]
}

/** Who commits, as the request says it. */
export type Committer = Pick<OffsetCommitRequest, 'groupId' | 'memberId' | 'groupInstanceId' | 'generationIdOrMemberEpoch' | 'retentionTimeMs'>

export interface CommitInput {
  readonly committer: Committer
  readonly connection: MemberConnection
  readonly topics: readonly TopicToCommit[]
  readonly apiVersion: number
}

export function commitOffsets(context: OffsetContext, classic: ClassicContext, input: CommitInput): Decision<CommitReply, GroupRecord> {
  const refused = refusal(context, input)
  if (refused !== ErrorCode.NONE) return { reply: { topics: input.topics.map((topic) => refusedTopic(topic, refused)) }, records: [] }
  const group = context.groups.get(input.committer.groupId) ?? context.groups.form(input.committer.groupId)
  if (group.kind === 'classic') keepAlive(classic, group, input)
  return writeOffsets(context, input)
}

/** Every partition of a topic with the same error. */
export function refusedTopic(topic: TopicToCommit, errorCode: number): CommittedTopic {
  const partitions = topic.partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode }))
  return { name: topic.name, topicId: topic.topicId, partitions }
}

function refusal(context: OffsetContext, { committer, apiVersion }: CommitInput): number {
  const group = context.groups.get(committer.groupId)
  if (group === undefined) {
    if (committer.generationIdOrMemberEpoch < 0) return ErrorCode.NONE
    return apiVersion >= 9 ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION
  }
  return group.kind === 'classic' ? classicRefusal(group, committer) : otherRefusal(group, committer)
}

function classicRefusal(group: ClassicGroup, { memberId, groupInstanceId, generationIdOrMemberEpoch: generationId }: Committer): number {
  if (group.state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
  if (generationId < 0 && group.isEmpty) return ErrorCode.NONE
  if (generationId >= 0 || memberId !== '' || groupInstanceId !== null) {
    const invalid = group.validateMember(memberId, groupInstanceId)
    if (invalid !== ErrorCode.NONE) return invalid
    if (generationId !== group.generationId) return ErrorCode.ILLEGAL_GENERATION
  } else if (!group.isEmpty) {
    return ErrorCode.UNKNOWN_MEMBER_ID
  }
  return group.state === 'CompletingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE
}

/** An administrator sets the offsets of a group of another kind; its members are not served here. */
function otherRefusal(group: OtherGroup, { generationIdOrMemberEpoch }: Committer): number {
  return generationIdOrMemberEpoch < 0 && group.memberIds.size === 0 ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID
}

/** A commit is as good as a heartbeat. */
function keepAlive(classic: ClassicContext, group: ClassicGroup, { committer: { memberId }, connection }: CommitInput): void {
  if (group.state !== 'Stable' && group.state !== 'PreparingRebalance') return
  const member = group.member(memberId)
  if (member === undefined) return
  classic.heardOf(group, memberId, connection)
  awaitHeartbeat(classic, group, member)
}

function writeOffsets({ clock, settings }: OffsetContext, { committer, topics }: CommitInput): Decision<CommitReply, GroupRecord> {
  const nowMs = clock.nowMs()
  const { retentionTimeMs } = committer
  const expireTimestamp = retentionTimeMs === -1 ? -1 : Math.min(nowMs + retentionTimeMs, Number.MAX_SAFE_INTEGER)
  const records: OffsetRecord[] = []
  const results = topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map((partition) => {
      const { partitionIndex, committedMetadata } = partition
      const metadata = committedMetadata ?? ''
      if (metadata.length > settings.offsetMetadataMaxLength) return { partitionIndex, errorCode: ErrorCode.OFFSET_METADATA_TOO_LARGE }
      const { committedOffset: offset, committedLeaderEpoch: leaderEpoch } = partition
      const value = offsetValue({ offset, leaderEpoch, metadata, commitTimestamp: nowMs, expireTimestamp, topicId })
      records.push({ type: 'offset', groupId: committer.groupId, topic: name, partition: partitionIndex, value })
      return { partitionIndex, errorCode: ErrorCode.NONE }
    }),
  }))
  return { reply: { topics: results }, records }
}
