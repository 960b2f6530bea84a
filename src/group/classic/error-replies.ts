import { ErrorCode } from '../../../protocol/error-codes.ts'
import { type JoinReply, NO_ASSIGNMENT, type SyncReply } from './member.ts'

export function joinError(memberId: string, errorCode: number): JoinReply {
  return { errorCode, memberId, generationId: -1, protocolType: null, protocolName: '', leader: '', members: [] }
}

export function syncError(errorCode: number): SyncReply {
  return { errorCode, protocolType: null, protocolName: null, assignment: NO_ASSIGNMENT }
}

/** For the one who waits under the old member id of a static member. Source: KIP-345. */
export function fencedJoin(memberId: string): JoinReply {
  return joinError(memberId, ErrorCode.FENCED_INSTANCE_ID)
}

export function fencedSync(): SyncReply {
  return syncError(ErrorCode.FENCED_INSTANCE_ID)
}
