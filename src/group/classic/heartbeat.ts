import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { HeartbeatRequest } from '../../../protocol/messages/heartbeat.ts'
import type { MemberConnection } from '../member-connections.ts'
import type { ClassicContext } from './context.ts'
import type { ClassicGroup } from './group.ts'
import type { ClassicMember } from './member.ts'
import { awaitHeartbeat } from './session.ts'

/**
 * Heartbeat to a classic group. NONE, or what the member is to do: REBALANCE_IN_PROGRESS says "join again".
 * Source: org.apache.kafka.coordinator.group.GroupMetadataManager.classicGroupHeartbeat.
 */
export function heartbeatClassicGroup(context: ClassicContext, group: ClassicGroup, request: HeartbeatRequest, connection: MemberConnection): number {
  if (group.state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
  const invalid = group.validateMember(request.memberId, request.groupInstanceId)
  if (invalid !== ErrorCode.NONE) return invalid
  if (request.generationId !== group.generationId) return ErrorCode.ILLEGAL_GENERATION
  if (group.isEmpty) return ErrorCode.UNKNOWN_MEMBER_ID
  context.heardOf(group, request.memberId, connection)
  awaitHeartbeat(context, group, group.member(request.memberId) as ClassicMember)
  return group.state === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE
}
