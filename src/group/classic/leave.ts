import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { LeaveGroupResponse } from '../../../protocol/messages/leave-group.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import type { Decision } from '../../coordinator/decision.ts'
import type { GroupRecord } from '../group-records.ts'
import { type ClassicContext, type GroupDecision, NOTHING } from './context.ts'
import type { ClassicGroup } from './group.ts'
import { completeJoinIfAllJoined, rebalanceOrCompleteJoin } from './rebalance.ts'
import { joinError, syncError } from './replies.ts'
import { endSession } from './session.ts'

export type LeaveReply = Input<typeof LeaveGroupResponse>

/** Who leaves: by member id, or a static member by its group instance id alone (an administrator removes it). */
export interface LeavingMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly reason: string | null
}

/**
 * LeaveGroup to a classic group. Each member is answered by itself; those that left make one rebalance together.
 * Source: org.apache.kafka.coordinator.group.GroupMetadataManager.classicGroupLeave; KIP-345.
 */
export function leaveClassicGroup(context: ClassicContext, group: ClassicGroup, leaving: readonly LeavingMember[]): Decision<LeaveReply, GroupRecord> {
  if (group.state === 'Dead') return { reply: { errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE, members: [] }, records: [] }
  const members = leaving.map((member) => {
    const { memberId, groupInstanceId } = member
    return { memberId, groupInstanceId, errorCode: removeLeaving(context, group, member) }
  })
  const left = members.filter(({ errorCode }) => errorCode === ErrorCode.NONE).map(({ memberId }) => memberId)
  const decision = left.length === 0 ? NOTHING : afterLeaving(context, group, left)
  return { ...decision, reply: { errorCode: ErrorCode.NONE, members } }
}

function removeLeaving(context: ClassicContext, group: ClassicGroup, { memberId, groupInstanceId, reason }: LeavingMember): number {
  if (memberId === '') {
    const staticMemberId = groupInstanceId === null ? undefined : group.staticMemberId(groupInstanceId)
    if (staticMemberId === undefined) return ErrorCode.UNKNOWN_MEMBER_ID
    removeNow(context, group, staticMemberId, reason)
    return ErrorCode.NONE
  }
  if (!group.pendingJoin.has(memberId)) {
    const invalid = group.validateMember(memberId, groupInstanceId)
    if (invalid !== ErrorCode.NONE) return invalid
  }
  removeNow(context, group, memberId, reason)
  return ErrorCode.NONE
}

function removeNow(context: ClassicContext, group: ClassicGroup, memberId: string, reason: string | null): void {
  endSession(context, group.groupId, memberId)
  const member = group.member(memberId)
  if (member !== undefined) {
    group.completeJoin(member, joinError('', ErrorCode.UNKNOWN_MEMBER_ID))
    // Kafka leaves a SyncGroup of a member that is removed unanswered.
    member.completeSync(syncError(ErrorCode.UNKNOWN_MEMBER_ID))
  }
  group.remove(memberId)
  context.logger.info('member left the group', { groupId: group.groupId, memberId, reason: reason ?? 'not provided' })
}

function afterLeaving(context: ClassicContext, group: ClassicGroup, memberIds: readonly string[]): GroupDecision {
  switch (group.state) {
    case 'CompletingRebalance':
    case 'Stable':
      return rebalanceOrCompleteJoin(context, group, `explicit \`LeaveGroup\` request for (${memberIds.join(', ')}) members.`)
    case 'PreparingRebalance':
      return completeJoinIfAllJoined(context, group)
    case 'Empty':
    case 'Dead':
      return NOTHING
  }
}
