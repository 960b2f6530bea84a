import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { HeartbeatRequest, HeartbeatResponse } from '../../../protocol/messages/heartbeat.ts'
import type { JoinGroupRequest } from '../../../protocol/messages/join-group.ts'
import type { LeaveGroupRequest } from '../../../protocol/messages/leave-group.ts'
import type { SyncGroupRequest } from '../../../protocol/messages/sync-group.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import { coordinatorError } from '../../coordinator/coordinator-errors.ts'
import type { GroupDecision } from '../classic/context.ts'
import { joinInput } from '../classic/join.ts'
import type { LeaveReply, LeavingMember } from '../classic/leave.ts'
import { type JoinReply, joinError, type SyncReply, syncError } from '../classic/replies.ts'
import type { GroupRequestContext } from '../group-coordinator.ts'
import type { GroupMachine } from '../group-machine.ts'
import type { GroupSettings } from '../group-settings.ts'
import type { GroupServices } from './group-runtime.ts'

/** Source: org.apache.kafka.coordinator.group.GroupCoordinatorService.joinGroup; JoinGroupResponse. */
export async function answerJoinGroup(
  services: GroupServices,
  settings: GroupSettings,
  context: GroupRequestContext,
  request: JoinGroupRequest,
): Promise<JoinReply> {
  const { groupId, memberId, sessionTimeoutMs } = request
  const { apiVersion } = context
  if (groupId === '') return forVersion(joinError(memberId, ErrorCode.INVALID_GROUP_ID), apiVersion)
  if (sessionTimeoutMs < settings.minSessionTimeoutMs || sessionTimeoutMs > settings.maxSessionTimeoutMs) {
    return forVersion(joinError(memberId, ErrorCode.INVALID_SESSION_TIMEOUT), apiVersion)
  }
  const input = joinInput(request, { apiVersion, clientId: context.clientId ?? '', clientHost: context.clientHost, connection: context })
  const reply = await answerLater<JoinReply>(
    services,
    groupId,
    (machine, respond) => machine.join(input, respond),
    (errorCode) => joinError('', errorCode),
  )
  return forVersion(reply, apiVersion)
}

/** No protocol is said by null where that is allowed, and by an empty name before. */
function forVersion(reply: JoinReply, apiVersion: number): JoinReply {
  const protocolName = reply.protocolName === '' ? null : reply.protocolName
  return { ...reply, protocolName: apiVersion >= 7 ? protocolName : (protocolName ?? '') }
}

/** Source: org.apache.kafka.coordinator.group.GroupCoordinatorService.syncGroup; KIP-559 for the protocol's name. */
export async function answerSyncGroup(services: GroupServices, context: GroupRequestContext, request: SyncGroupRequest): Promise<SyncReply> {
  const { apiVersion } = context
  if (apiVersion >= 5 && (request.protocolType === null || request.protocolName === null)) return syncError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
  if (request.groupId === '') return syncError(ErrorCode.INVALID_GROUP_ID)
  return answerLater<SyncReply>(services, request.groupId, (machine, respond) => machine.sync(request, context, respond), syncError)
}

/** While the coordinator loads members go on as if they had been heard: their sessions begin anew after it. */
export async function answerHeartbeat(
  services: GroupServices,
  context: GroupRequestContext,
  request: HeartbeatRequest,
): Promise<Input<typeof HeartbeatResponse>> {
  if (request.groupId === '') return { errorCode: ErrorCode.INVALID_GROUP_ID }
  const outcome = await services.runtime.write(services.partitionFor(request.groupId), (machine) => machine.heartbeat(request, context))
  if (outcome.ok) return { errorCode: outcome.value }
  const errorCode = coordinatorError(outcome.errorCode)
  return { errorCode: errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : errorCode }
}

/** Before version 3 one member leaves, and its error is the answer's. */
export async function answerLeaveGroup(services: GroupServices, request: LeaveGroupRequest, apiVersion: number): Promise<LeaveReply> {
  if (request.groupId === '') return { errorCode: ErrorCode.INVALID_GROUP_ID, members: [] }
  const isBatched = apiVersion >= 3
  const leaving: readonly LeavingMember[] = isBatched ? request.members : [{ memberId: request.memberId, groupInstanceId: null, reason: null }]
  const outcome = await services.runtime.write(services.partitionFor(request.groupId), (machine) => machine.leave(request.groupId, leaving))
  if (!outcome.ok) return { errorCode: coordinatorError(outcome.errorCode), members: [] }
  const { errorCode, members } = outcome.value
  if (isBatched) return outcome.value
  return { errorCode: errorCode === ErrorCode.NONE ? (members?.[0]?.errorCode ?? ErrorCode.NONE) : errorCode, members: [] }
}

/** For requests that the group answers itself, perhaps long after its decision; a decision that cannot be written answers with why. */
function answerLater<Reply>(
  services: GroupServices,
  groupId: string,
  decide: (machine: GroupMachine, respond: (reply: Reply) => void) => GroupDecision,
  failed: (errorCode: number) => Reply,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    services.runtime
      .write(services.partitionFor(groupId), (machine) => decide(machine, resolve))
      .then((outcome) => {
        if (!outcome.ok) resolve(failed(coordinatorError(outcome.errorCode)))
      }, reject)
  })
}
