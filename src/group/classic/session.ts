import { type ClassicContext, timerKey } from './context.ts'
import type { ClassicGroup } from './group.ts'
import type { ClassicMember } from './member.ts'

/** The member was heard of now: its session ends unless it is again within its session timeout (or `timeoutMs`). */
export function awaitHeartbeat(context: ClassicContext, group: ClassicGroup, member: ClassicMember, timeoutMs = member.sessionTimeoutMs): void {
  awaitMember(context, group.groupId, member.memberId, timeoutMs)
}

/** As `awaitHeartbeat`, for a member id that was given out and has not joined. */
export function awaitMember(context: ClassicContext, groupId: string, memberId: string, timeoutMs: number): void {
  context.timers.schedule(timerKey.session(groupId, memberId), timeoutMs, () => context.onSessionExpired(groupId, memberId))
}

export function endSession(context: ClassicContext, groupId: string, memberId: string): void {
  context.timers.cancel(timerKey.session(groupId, memberId))
}
