import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { SyncGroupRequest } from '../../../protocol/messages/sync-group.ts'
import { assert } from '../../base/assert.ts'
import { coordinatorError } from '../../coordinator/coordinator-errors.ts'
import type { MemberConnection } from '../member-connections.ts'
import { type ClassicContext, type GroupDecision, NOTHING, timerKey } from './context.ts'
import type { ClassicGroup } from './group.ts'
import type { ClassicMember } from './member.ts'
import { rebalanceOrCompleteJoin, withdrawAssignment } from './rebalance.ts'
import { groupMetadataRecord } from './records.ts'
import { NO_ASSIGNMENT, type RespondToSync, type SyncReply, syncError } from './replies.ts'
import { awaitHeartbeat } from './session.ts'

export interface SyncInput {
  readonly request: SyncGroupRequest
  readonly connection: MemberConnection
}

/**
 * SyncGroup to a classic group: the leader brings the assignment, which is written before any member is given its part; the
 * others wait for it. `respond` is called once.
 *
 * Source: org.apache.kafka.coordinator.group.GroupMetadataManager.classicGroupSync.
 */
export function syncClassicGroup(context: ClassicContext, group: ClassicGroup, { request, connection }: SyncInput, respond: RespondToSync): GroupDecision {
  const refused = refusal(group, request)
  const member = group.member(request.memberId)
  if (refused !== ErrorCode.NONE || member === undefined) {
    respond(syncError(refused))
    return NOTHING
  }
  context.heardOf(group, member.memberId, connection)
  switch (group.state) {
    case 'PreparingRebalance':
      respond(syncError(ErrorCode.REBALANCE_IN_PROGRESS))
      return NOTHING
    case 'CompletingRebalance':
      member.awaitSync(respond)
      noteSync(context, group, member)
      return group.isLeader(member.memberId) ? storeAssignment(context, group, request) : NOTHING
    case 'Stable':
      noteSync(context, group, member)
      respond(syncSuccess(group, member))
      return NOTHING
    case 'Empty':
    case 'Dead':
      respond(syncError(ErrorCode.UNKNOWN_MEMBER_ID))
      return NOTHING
  }
}

function refusal(group: ClassicGroup, request: SyncGroupRequest): number {
  if (group.state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
  const invalid = group.validateMember(request.memberId, request.groupInstanceId)
  if (invalid !== ErrorCode.NONE) return invalid
  if (request.generationId !== group.generationId) return ErrorCode.ILLEGAL_GENERATION
  if (differs(request.protocolType, group.protocolType) || differs(request.protocolName, group.protocolName)) return ErrorCode.INCONSISTENT_GROUP_PROTOCOL
  return ErrorCode.NONE
}

/** Before version 5 members do not say which protocol they follow. */
function differs(told: string | null, actual: string | null): boolean {
  return told !== null && actual !== null && told !== actual
}

function noteSync(context: ClassicContext, group: ClassicGroup, member: ClassicMember): void {
  group.pendingSync.delete(member.memberId)
  if (group.pendingSync.size === 0) context.timers.cancel(timerKey.sync(group.groupId))
}

function storeAssignment(context: ClassicContext, group: ClassicGroup, request: SyncGroupRequest): GroupDecision {
  const given = new Map(request.assignments.map(({ memberId, assignment }) => [memberId, Buffer.from(assignment)]))
  const assignmentOf = (memberId: string) => given.get(memberId) ?? NO_ASSIGNMENT
  return {
    reply: undefined,
    records: [groupMetadataRecord(group, assignmentOf)],
    onSettled: (errorCode) => {
      // Meanwhile another rebalance may have begun: then nobody waits for this assignment.
      if (group.state !== 'CompletingRebalance' || group.generationId !== request.generationId) return
      if (errorCode === ErrorCode.NONE) handOutAssignment(context, group, assignmentOf)
      else refuseAssignment(context, group, request.memberId, coordinatorError(errorCode))
    },
  }
}

function handOutAssignment(context: ClassicContext, group: ClassicGroup, assignmentOf: (memberId: string) => Buffer): void {
  for (const member of group.members()) {
    member.assignment = assignmentOf(member.memberId)
    if (member.completeSync(syncSuccess(group, member))) awaitHeartbeat(context, group, member)
  }
  group.transitionTo('Stable')
}

function refuseAssignment(context: ClassicContext, group: ClassicGroup, memberId: string, errorCode: number): void {
  withdrawAssignment(context, group, errorCode)
  const decision = rebalanceOrCompleteJoin(context, group, `Error ${errorCode} when storing group assignment during SyncGroup (member: ${memberId}).`)
  assert(decision.records.length === 0, 'a rebalance that begins while members are there writes nothing')
}

function syncSuccess(group: ClassicGroup, member: ClassicMember): SyncReply {
  const { protocolType, protocolName } = group
  return { errorCode: ErrorCode.NONE, protocolType, protocolName, assignment: member.assignment }
}
