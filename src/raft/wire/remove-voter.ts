import { ErrorCode } from '../../../protocol/error-codes.ts'
import { RemoveRaftVoterApi, type RemoveRaftVoterRequest, type RemoveRaftVoterResponse } from '../../../protocol/messages/remove-raft-voter.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import type { RemoveVoterRequest, VoterChangeAnswer } from '../core/messages.ts'
import type { Exchange, Sender } from './exchange.ts'
import { type Inbound, NO_EXTRAS } from './inbound.ts'
import { changeFields, clusterRefusal, isVoterKey, readChangeResponse } from './voter-change.ts'

/** RemoveRaftVoter, key 81, version 0 (KIP-853). */

export function removeVoterExchange(
  { voter }: RemoveVoterRequest,
  { clusterId }: Sender,
): Exchange<typeof RemoveRaftVoterApi.request.fields, typeof RemoveRaftVoterApi.response.fields, VoterChangeAnswer> {
  return {
    api: RemoveRaftVoterApi,
    oldestVersion: 0,
    request: () => ({ clusterId, voterId: voter.id, voterDirectoryId: voter.directoryId }),
    read: readChangeResponse,
  }
}

export function readRemoveVoter(message: RemoveRaftVoterRequest, clusterId: string): Inbound<RemoveVoterRequest, Input<typeof RemoveRaftVoterResponse>> {
  const refusal = clusterRefusal(message.clusterId, clusterId)
  if (refusal !== null) return { kind: 'refused', response: { throttleTimeMs: 0, ...refusal } }
  const voter = { id: message.voterId, directoryId: message.voterDirectoryId }
  return { kind: 'request', request: { type: 'remove-voter', voter }, extras: NO_EXTRAS }
}

/** What a leader answers to a voter that is not said in full; null when it is. */
export function invalidRemoveVoter({ voter }: RemoveVoterRequest): Input<typeof RemoveRaftVoterResponse> | null {
  if (isVoterKey(voter.id, voter.directoryId)) return null
  return { throttleTimeMs: 0, errorCode: ErrorCode.INVALID_REQUEST, errorMessage: "Remove voter request didn't include a valid voter" }
}

export function removeVoterResponse(answer: VoterChangeAnswer): Input<typeof RemoveRaftVoterResponse> {
  return { throttleTimeMs: 0, ...changeFields(answer) }
}
