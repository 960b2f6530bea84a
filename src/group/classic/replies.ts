import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { JoinGroupResponse } from '../../../protocol/messages/join-group.ts'
import type { SyncGroupResponse } from '../../../protocol/messages/sync-group.ts'
import type { Input } from '../../../protocol/schema/notation.ts'

/** What members are answered who wait for the others, or for their part. */

export type JoinReply = Input<typeof JoinGroupResponse>
export type SyncReply = Input<typeof SyncGroupResponse>
export type RespondToJoin = (reply: JoinReply) => void
export type RespondToSync = (reply: SyncReply) => void

export const NO_ASSIGNMENT: Buffer = Buffer.alloc(0)

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
