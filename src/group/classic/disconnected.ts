import type { MemberName } from '../member-connections.ts'
import { type ClassicContext, type GroupDecision, NOTHING, timerKey } from './context.ts'
import { removeMember, removePendingMember } from './expire-session.ts'
import type { ClassicGroup } from './group.ts'
import { endSession } from './session.ts'

/**
 * A member, or a member id that was given out, has lost its last connection: it is removed after the grace, even while it
 * waits for an answer of ours, which could not reach it. A static member stays until its session ends: it is one that may
 * be away (KIP-345).
 *
 * @param isBack whether the member has spoken on another connection since; asked when the grace is over
 */
export function watchDisconnected(context: ClassicContext, { groupId, memberId }: MemberName, isBack: () => boolean): void {
  const graceMs = context.settings.memberConnectionGraceMs
  if (graceMs < 0) return
  context.timers.schedule(timerKey.connection(groupId, memberId), graceMs, () => (isBack() ? NOTHING : removeDisconnected(context, groupId, memberId)))
}

/**
 * A rebalance waits for all members of a group that was loaded from the log, whose connections ended with the node or the
 * leadership before: those who do not come within the grace are started anew or gone. Without a rebalance nobody waits for them.
 */
export function watchAbsent(context: ClassicContext, group: ClassicGroup, isConnected: (member: MemberName) => boolean): void {
  for (const { memberId } of group.members()) {
    const member = { groupId: group.groupId, memberId }
    const isWatched = context.timers.has(timerKey.connection(group.groupId, memberId))
    if (!isWatched && !isConnected(member)) watchDisconnected(context, member, () => isConnected(member))
  }
}

function removeDisconnected(context: ClassicContext, groupId: string, memberId: string): GroupDecision {
  const group = context.findClassic(groupId)
  if (group === null || group.state === 'Dead') return NOTHING
  const member = group.member(memberId)
  const isPending = group.pendingJoin.has(memberId)
  if (member === undefined ? !isPending : member.isStatic) return NOTHING
  endSession(context, groupId, memberId)
  context.logger.info('group removed a member whose connection closed', { groupId, memberId })
  return member === undefined ? removePendingMember(context, group, memberId) : removeMember(context, group, member, 'after its connection was closed.')
}
