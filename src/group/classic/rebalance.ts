/**
 * How a classic group gets from one generation to the next: it waits until all members have joined again or their time is
 * up (the first time also for more members to come), starts the generation, and waits for the members to sync.
 *
 * Timers find their group by id when they fire: it may be gone or another one by then.
 * Source: org.apache.kafka.coordinator.group.GroupMetadataManager (prepareRebalance, completeClassicGroupJoin, …).
 */
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { type ClassicContext, type GroupDecision, NOTHING, timerKey } from './context.ts'
import type { ClassicGroup } from './group.ts'
import { joinSuccess } from './join-reply.ts'
import { groupMetadataRecord } from './records.ts'
import { NO_ASSIGNMENT, syncError } from './replies.ts'
import { awaitHeartbeat } from './session.ts'

/** Someone joined or left, or offers something else: a rebalance begins, or the one that runs may be over. */
export function rebalanceOrCompleteJoin(context: ClassicContext, group: ClassicGroup, reason: string): GroupDecision {
  return group.canRebalance ? prepareRebalance(context, group, reason) : completeJoinIfAllJoined(context, group)
}

export function prepareRebalance(context: ClassicContext, group: ClassicGroup, reason: string): GroupDecision {
  if (group.state === 'CompletingRebalance') withdrawAssignment(context, group, ErrorCode.REBALANCE_IN_PROGRESS)
  group.pendingSync.clear()
  context.timers.cancel(timerKey.sync(group.groupId))
  const isInitial = group.isEmpty
  if (isInitial) {
    const delayMs = context.settings.initialRebalanceDelayMs
    scheduleInitialJoin(context, group, delayMs, Math.max(group.rebalanceTimeoutMs - delayMs, 0))
  }
  group.transitionTo('PreparingRebalance')
  context.logger.info('group prepares to rebalance', { groupId: group.groupId, generation: group.generationId, reason })
  return isInitial ? NOTHING : completeJoinOrWait(context, group)
}

/** For a running rebalance that is not a group's first, which waits for its delay whoever has joined. */
export function completeJoinIfAllJoined(context: ClassicContext, group: ClassicGroup): GroupDecision {
  const mayComplete = group.state === 'PreparingRebalance' && group.previousState !== 'Empty' && group.haveAllJoined
  return mayComplete ? completeJoin(context, group) : NOTHING
}

function completeJoinOrWait(context: ClassicContext, group: ClassicGroup): GroupDecision {
  if (group.haveAllJoined) return completeJoin(context, group)
  scheduleJoinTimeout(context, group)
  context.onRebalance(group)
  return NOTHING
}

function scheduleJoinTimeout(context: ClassicContext, { groupId, rebalanceTimeoutMs }: ClassicGroup): void {
  context.timers.schedule(timerKey.join(groupId), rebalanceTimeoutMs, () => {
    const group = context.findClassic(groupId)
    return group === null ? NOTHING : completeJoin(context, group)
  })
}

/** The first rebalance is put off by `delayMs`, again as long as members keep coming, but not beyond the rebalance timeout. Source: KIP-134. */
function scheduleInitialJoin(context: ClassicContext, { groupId }: ClassicGroup, delayMs: number, remainingMs: number): void {
  context.timers.schedule(timerKey.join(groupId), delayMs, () => {
    const group = context.findClassic(groupId)
    if (group === null) return NOTHING
    if (!group.newMemberAdded || remainingMs === 0) return completeJoin(context, group)
    group.newMemberAdded = false
    const nextDelayMs = Math.min(context.settings.initialRebalanceDelayMs, remainingMs)
    scheduleInitialJoin(context, group, nextDelayMs, Math.max(remainingMs - delayMs, 0))
    return NOTHING
  })
}

/** Starts the next generation with those who joined. */
export function completeJoin(context: ClassicContext, group: ClassicGroup): GroupDecision {
  const { groupId } = group
  context.timers.cancel(timerKey.join(groupId))
  removeAbsentMembers(context, group)
  if (group.state === 'Dead') return NOTHING
  if (!group.electJoinedLeader() && group.memberCount > 0) {
    context.logger.warn('no member of the group rejoined; it waits on', { groupId })
    scheduleJoinTimeout(context, group)
    return NOTHING
  }
  group.startNextGeneration()
  if (group.isEmpty) {
    context.logger.info('group is empty', { groupId, generation: group.generationId })
    return { reply: undefined, records: [groupMetadataRecord(group, () => NO_ASSIGNMENT)] }
  }
  context.logger.info('group has a new generation', { groupId, generation: group.generationId, members: group.memberCount })
  context.onGeneration(group)
  announceGeneration(context, group)
  return NOTHING
}

/** Static members stay until their session ends: they may come back. */
function removeAbsentMembers(context: ClassicContext, group: ClassicGroup): void {
  for (const member of group.members()) {
    if (member.isAwaitingJoin || member.isStatic) continue
    group.remove(member.memberId)
    context.timers.cancel(timerKey.session(group.groupId, member.memberId))
    context.logger.info('group removed a member that did not rejoin', { groupId: group.groupId, memberId: member.memberId })
  }
}

function announceGeneration(context: ClassicContext, group: ClassicGroup): void {
  for (const member of group.members()) {
    group.completeJoin(member, joinSuccess(group, member.memberId, { withMembers: group.isLeader(member.memberId) }))
    awaitHeartbeat(context, group, member)
    member.isNew = false
    group.pendingSync.add(member.memberId)
  }
  const { groupId, generationId } = group
  context.timers.schedule(timerKey.sync(groupId), group.rebalanceTimeoutMs, () => removeMembersThatDidNotSync(context, groupId, generationId))
}

function removeMembersThatDidNotSync(context: ClassicContext, groupId: string, generationId: number): GroupDecision {
  const group = context.findClassic(groupId)
  if (group === null || group.generationId !== generationId) return NOTHING
  if (group.state !== 'CompletingRebalance' && group.state !== 'Stable') return NOTHING
  if (group.pendingSync.size === 0) return NOTHING
  const absent = [...group.pendingSync]
  for (const memberId of absent) {
    group.remove(memberId)
    context.timers.cancel(timerKey.session(groupId, memberId))
  }
  return prepareRebalance(context, group, `Removing ${absent.join(', ')} on pending sync request expiration`)
}

/** Members that wait for their assignment get `errorCode` in its place. */
export function withdrawAssignment(context: ClassicContext, group: ClassicGroup, errorCode: number): void {
  for (const member of group.members()) {
    member.assignment = NO_ASSIGNMENT
    if (member.completeSync(syncError(errorCode))) awaitHeartbeat(context, group, member)
  }
}
