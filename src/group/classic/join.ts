/**
 * JoinGroup to a classic group: new members (which are asked to come back with an id from version 4 on), members that
 * rejoin, and static members that come back under their group instance id.
 *
 * `respond` is called once: at once, when the rebalance is over, or when what the answer rests on is committed.
 * Source: org.apache.kafka.coordinator.group.GroupMetadataManager.classicGroupJoin; KIP-345, KIP-394, KIP-814.
 */

import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { JoinGroupRequest } from '../../../protocol/messages/join-group.ts'
import { coordinatorError } from '../../coordinator/coordinator-errors.ts'
import { NEW_MEMBER_JOIN_TIMEOUT_MS } from '../group-settings.ts'
import type { MemberConnection } from '../member-connections.ts'
import { type ClassicContext, type GroupDecision, NOTHING } from './context.ts'
import type { ClassicGroup } from './group.ts'
import { joinSuccess } from './join-reply.ts'
import { ClassicMember, type OfferedProtocol } from './member.ts'
import { newMemberId } from './member-id.ts'
import { completeJoinIfAllJoined, prepareRebalance, rebalanceOrCompleteJoin } from './rebalance.ts'
import { groupMetadataRecord } from './records.ts'
import { joinError, type RespondToJoin } from './replies.ts'
import { awaitHeartbeat, awaitMember } from './session.ts'

/** A JoinGroup as the group sees it. */
export interface JoinInput {
  readonly groupId: string
  /** Empty: the member has none yet. */
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly OfferedProtocol[]
  readonly reason: string
  readonly connection: MemberConnection
  /** From version 4 on dynamic members join with an id that they were given before. */
  readonly requiresKnownMemberId: boolean
  /** From version 9 on a static member that comes back as the leader may keep the assignment. */
  readonly supportsSkippingAssignment: boolean
}

export interface JoinOrigin {
  readonly apiVersion: number
  readonly clientId: string
  readonly clientHost: string
  readonly connection: MemberConnection
}

/** @param request decoded from `apiVersion`; its bytes are copied */
export function joinInput(request: JoinGroupRequest, from: JoinOrigin): JoinInput {
  const { groupId, memberId, groupInstanceId, sessionTimeoutMs, protocolType } = request
  return {
    groupId,
    memberId,
    groupInstanceId,
    clientId: from.clientId,
    clientHost: from.clientHost,
    connection: from.connection,
    sessionTimeoutMs,
    rebalanceTimeoutMs: from.apiVersion === 0 ? sessionTimeoutMs : request.rebalanceTimeoutMs,
    protocolType,
    protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
    reason: request.reason === null || request.reason === '' ? 'not provided' : request.reason,
    requiresKnownMemberId: from.apiVersion >= 4,
    supportsSkippingAssignment: from.apiVersion >= 9,
  }
}

/** @param group the existing group, or the one that this request makes */
export function joinClassicGroup(context: ClassicContext, group: ClassicGroup, input: JoinInput, respond: RespondToJoin): GroupDecision {
  if (!hasRoomFor(context, group, input.memberId)) {
    group.remove(input.memberId)
    respond(joinError('', ErrorCode.GROUP_MAX_SIZE_REACHED))
    return NOTHING
  }
  return input.memberId === '' ? joinAsNewMember(context, group, input, respond) : joinAsKnownMember(context, group, input, respond)
}

function hasRoomFor(context: ClassicContext, group: ClassicGroup, memberId: string): boolean {
  const { maxGroupSize } = context.settings
  switch (group.state) {
    case 'Empty':
    case 'Dead':
      return true
    case 'PreparingRebalance':
      return group.member(memberId)?.isAwaitingJoin === true || group.awaitingJoinCount < maxGroupSize
    case 'CompletingRebalance':
    case 'Stable':
      return group.member(memberId) !== undefined || group.memberCount < maxGroupSize
  }
}

function joinAsNewMember(context: ClassicContext, group: ClassicGroup, input: JoinInput, respond: RespondToJoin): GroupDecision {
  const refused = refusal(group, input)
  if (refused !== ErrorCode.NONE) {
    respond(joinError('', refused))
    return NOTHING
  }
  const memberId = newMemberId(context.random, input.groupInstanceId ?? input.clientId)
  if (input.groupInstanceId !== null) {
    const knownAs = group.staticMemberId(input.groupInstanceId)
    return knownAs === undefined
      ? addMember(context, group, input, memberId, respond)
      : rejoinAsStaticMember(context, group, { input, groupInstanceId: input.groupInstanceId, oldMemberId: knownAs, newMemberId: memberId }, respond)
  }
  if (!input.requiresKnownMemberId) return addMember(context, group, input, memberId, respond)
  group.pendingJoin.add(memberId)
  context.heardOf(group, memberId, input.connection)
  awaitMember(context, group.groupId, memberId, input.sessionTimeoutMs)
  respond(joinError(memberId, ErrorCode.MEMBER_ID_REQUIRED))
  return NOTHING
}

function refusal(group: ClassicGroup, input: JoinInput): number {
  if (group.state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
  return group.supports(input.protocolType, input.protocols) ? ErrorCode.NONE : ErrorCode.INCONSISTENT_GROUP_PROTOCOL
}

function joinAsKnownMember(context: ClassicContext, group: ClassicGroup, input: JoinInput, respond: RespondToJoin): GroupDecision {
  const { memberId, groupInstanceId } = input
  const refused = refusal(group, input)
  if (refused !== ErrorCode.NONE) {
    respond(joinError(memberId, refused))
    return NOTHING
  }
  if (group.pendingJoin.has(memberId)) {
    if (groupInstanceId === null) return addMember(context, group, input, memberId, respond)
    // Kafka's coordinator throws here, which clients see as this error: such an id was given to a dynamic member.
    respond(joinError('', ErrorCode.UNKNOWN_SERVER_ERROR))
    return NOTHING
  }
  const invalid = group.validateMember(memberId, groupInstanceId)
  const member = group.member(memberId)
  if (invalid !== ErrorCode.NONE || member === undefined) {
    respond(joinError(memberId, invalid))
    return NOTHING
  }
  context.heardOf(group, memberId, input.connection)
  return rejoin(context, group, member, input, respond)
}

function rejoin(context: ClassicContext, group: ClassicGroup, member: ClassicMember, input: JoinInput, respond: RespondToJoin): GroupDecision {
  const { memberId } = member
  const isLeader = group.isLeader(memberId)
  switch (group.state) {
    case 'PreparingRebalance':
      return updateMember(context, group, member, input, respond)
    case 'CompletingRebalance':
      if (!member.offersExactly(input.protocols)) return updateMember(context, group, member, input, respond)
      // Its first answer was lost: it is told again what all were told.
      respond(joinSuccess(group, memberId, { withMembers: isLeader }))
      return NOTHING
    case 'Stable':
      // A leader rejoins to have the group assigned anew: it saw new partitions, say.
      if (isLeader || !member.offersExactly(input.protocols)) return updateMember(context, group, member, input, respond)
      respond(joinSuccess(group, memberId, { withMembers: false }))
      return NOTHING
    case 'Empty':
    case 'Dead':
      respond(joinError(memberId, ErrorCode.UNKNOWN_MEMBER_ID))
      return NOTHING
  }
}

function updateMember(context: ClassicContext, group: ClassicGroup, member: ClassicMember, input: JoinInput, respond: RespondToJoin): GroupDecision {
  group.update(member, input, respond)
  return rebalanceOrCompleteJoin(context, group, `Member ${member.memberId} is joining group during ${group.state}; client reason: ${input.reason}`)
}

function addMember(context: ClassicContext, group: ClassicGroup, input: JoinInput, memberId: string, respond: RespondToJoin): GroupDecision {
  const { groupInstanceId, clientId, clientHost } = input
  const member = new ClassicMember({ memberId, groupInstanceId, clientId, clientHost }, input)
  member.isNew = true
  if (group.state === 'PreparingRebalance' && group.previousState === 'Empty') group.newMemberAdded = true
  group.add(member, respond)
  context.heardOf(group, memberId, input.connection)
  awaitHeartbeat(context, group, member, NEW_MEMBER_JOIN_TIMEOUT_MS)
  const reason = `Adding new member ${memberId} with group instance id ${groupInstanceId}; client reason: ${input.reason}`
  return rebalanceOrCompleteJoin(context, group, reason)
}

interface StaticRejoin {
  readonly input: JoinInput
  readonly groupInstanceId: string
  readonly oldMemberId: string
  readonly newMemberId: string
}

/** A static member was restarted: it takes its old place, without a rebalance where it changes nothing for the others. */
function rejoinAsStaticMember(context: ClassicContext, group: ClassicGroup, rejoining: StaticRejoin, respond: RespondToJoin): GroupDecision {
  const { input, groupInstanceId, oldMemberId, newMemberId: memberId } = rejoining
  const leaderBefore = group.leaderId
  const member = group.replaceStaticMember(groupInstanceId, oldMemberId, memberId)
  awaitHeartbeat(context, group, member)
  const termsBefore = { protocols: member.protocols, rebalanceTimeoutMs: member.rebalanceTimeoutMs, sessionTimeoutMs: member.sessionTimeoutMs }
  group.update(member, input, respond)
  switch (group.state) {
    case 'Stable':
      if (group.selectProtocol() !== group.protocolName) {
        const reason = `Group's selectedProtocol will change because static member ${memberId} with instance id ${groupInstanceId} joined with change of protocol; client reason: ${input.reason}`
        return rebalanceOrCompleteJoin(context, group, reason)
      }
      return {
        reply: undefined,
        records: [groupMetadataRecord(group, (id) => assignmentOf(group, id))],
        onSettled: (errorCode) => {
          if (errorCode === ErrorCode.NONE) answerStaticRejoin(group, member, rejoining, leaderBefore)
          else undoStaticRejoin(context, group, member, { rejoining, termsBefore, leaderBefore, errorCode }, respond)
        },
      }
    case 'CompletingRebalance': {
      const reason = `Updating metadata for static member ${memberId} with instance id ${groupInstanceId}; client reason: ${input.reason}`
      return prepareRebalance(context, group, reason)
    }
    case 'PreparingRebalance':
    case 'Empty':
    case 'Dead':
      return completeJoinIfAllJoined(context, group)
  }
}

function assignmentOf(group: ClassicGroup, memberId: string): Buffer {
  return (group.member(memberId) as ClassicMember).assignment
}

/** Before version 9 the one who comes back as leader is told the leader's old id: so it does not assign. */
function answerStaticRejoin(group: ClassicGroup, member: ClassicMember, { input }: StaticRejoin, leaderBefore: string | null): void {
  if (input.supportsSkippingAssignment) {
    const isLeader = group.isLeader(member.memberId)
    group.completeJoin(member, joinSuccess(group, member.memberId, { withMembers: isLeader, skipAssignment: isLeader }))
  } else {
    group.completeJoin(member, { ...joinSuccess(group, member.memberId, { withMembers: false }), leader: leaderBefore ?? '' })
  }
}

interface UndoneRejoin {
  readonly rejoining: StaticRejoin
  readonly termsBefore: { readonly protocols: readonly OfferedProtocol[]; readonly rebalanceTimeoutMs: number; readonly sessionTimeoutMs: number }
  readonly leaderBefore: string | null
  readonly errorCode: number
}

function undoStaticRejoin(context: ClassicContext, group: ClassicGroup, member: ClassicMember, undone: UndoneRejoin, respond: RespondToJoin): void {
  const { groupInstanceId, oldMemberId, newMemberId: memberId } = undone.rejoining
  if (group.member(memberId) === member) {
    group.update(member, undone.termsBefore, null)
    awaitHeartbeat(context, group, group.replaceStaticMember(groupInstanceId, memberId, oldMemberId))
  }
  const { protocolType, protocolName, generationId } = group
  respond({ ...joinError('', coordinatorError(undone.errorCode)), generationId, protocolType, protocolName, leader: undone.leaderBefore ?? '' })
}
