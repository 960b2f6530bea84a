import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { ClassicGroup } from './group.ts'
import type { JoinReply } from './replies.ts'

export interface JoinReplyOptions {
  /** The leader is given all members, since it assigns; the others none. */
  readonly withMembers: boolean
  /** The leader is to keep the assignment that the group has. Source: KIP-814. */
  readonly skipAssignment?: boolean
}

/** The answer to a member of the group's current generation. */
export function joinSuccess(group: ClassicGroup, memberId: string, options: JoinReplyOptions): JoinReply {
  const { protocolName } = group
  return {
    errorCode: ErrorCode.NONE,
    memberId,
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName,
    leader: group.leaderId ?? '',
    skipAssignment: options.skipAssignment ?? false,
    members: options.withMembers ? membersFor(group, protocolName) : [],
  }
}

function membersFor(group: ClassicGroup, protocolName: string | null): JoinReply['members'] {
  return group.members().map((member) => ({
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    metadata: member.metadataFor(protocolName),
  }))
}
