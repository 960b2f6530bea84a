import { ErrorCode } from '../../../protocol/error-codes.ts'
import { type ClassicContext, type GroupDecision, NOTHING } from './context.ts'
import type { ClassicGroup } from './group.ts'
import type { ClassicMember } from './member.ts'
import { completeJoin, rebalanceOrCompleteJoin } from './rebalance.ts'
import { joinError, syncError } from './replies.ts'

/** A member, or a member id that was given out, was not heard of in time: it is removed, unless it waits for us. */
export function expireSession(context: ClassicContext, groupId: string, memberId: string): GroupDecision {
  const group = context.findClassic(groupId)
  if (group === null || group.state === 'Dead') return NOTHING
  if (group.pendingJoin.has(memberId)) {
    context.logger.info('group removed a member id that was not used', { groupId, memberId })
    return removePendingMember(context, group, memberId)
  }
  const member = group.member(memberId)
  if (member === undefined || member.isExcusedFromHeartbeat) return NOTHING
  context.logger.info('group removed a member whose session expired', { groupId, memberId })
  return removeMember(context, group, member, 'on heartbeat expiration.')
}

/** A member id that was given out is taken back. */
export function removePendingMember(context: ClassicContext, group: ClassicGroup, memberId: string): GroupDecision {
  group.remove(memberId)
  return completeJoinIfReady(context, group)
}

/** What the member waits for is answered UNKNOWN_MEMBER_ID; the others share its part. */
export function removeMember(context: ClassicContext, group: ClassicGroup, member: ClassicMember, reason: string): GroupDecision {
  group.completeJoin(member, joinError('', ErrorCode.UNKNOWN_MEMBER_ID))
  member.completeSync(syncError(ErrorCode.UNKNOWN_MEMBER_ID))
  group.remove(member.memberId)
  if (group.state === 'Stable' || group.state === 'CompletingRebalance') {
    return rebalanceOrCompleteJoin(context, group, `removing member ${member.memberId} ${reason}`)
  }
  return completeJoinIfReady(context, group)
}

function completeJoinIfReady(context: ClassicContext, group: ClassicGroup): GroupDecision {
  return group.state === 'PreparingRebalance' && group.haveAllJoined ? completeJoin(context, group) : NOTHING
}
