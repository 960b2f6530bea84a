import { ErrorCode } from '../../../protocol/error-codes.ts'
import { AddRaftVoterApi, type AddRaftVoterRequest, type AddRaftVoterResponse } from '../../../protocol/messages/add-raft-voter.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import type { AddVoterRequest, VoterChangeAnswer } from '../core/messages.ts'
import type { Exchange, Sender } from './exchange.ts'
import { type Inbound, NO_EXTRAS } from './inbound.ts'
import { changeFields, clusterRefusal, endpointsText, isVoterKey, readChangeResponse } from './voter-change.ts'

/** AddRaftVoter, key 80, versions 0-1 (KIP-853): from 1 the answer need not wait for the commit (KIP-1186). */

const FIRST_VERSION_WITHOUT_WAIT = 1

export function addVoterExchange(
  request: AddVoterRequest,
  sender: Sender,
): Exchange<typeof AddRaftVoterApi.request.fields, typeof AddRaftVoterApi.response.fields, VoterChangeAnswer> {
  return {
    api: AddRaftVoterApi,
    oldestVersion: request.ackWhenCommitted ? 0 : FIRST_VERSION_WITHOUT_WAIT,
    request: () => addVoterMessage(request, sender),
    read: readChangeResponse,
  }
}

/** The versions that the voter supports are not said here: the leader asks it. */
export function readAddVoter(message: AddRaftVoterRequest, clusterId: string): Inbound<AddVoterRequest, Input<typeof AddRaftVoterResponse>> {
  const refusal = clusterRefusal(message.clusterId, clusterId)
  if (refusal !== null) return { kind: 'refused', response: { throttleTimeMs: 0, ...refusal } }
  const { voterId: id, voterDirectoryId: directoryId, listeners: endpoints, ackWhenCommitted, timeoutMs } = message
  const voter = { id, directoryId, endpoints, minKraftVersion: 0, maxKraftVersion: 0 }
  return { kind: 'request', request: { type: 'add-voter', voter, ackWhenCommitted, timeoutMs }, extras: NO_EXTRAS }
}

/**
 * What a leader answers to a voter that is not said in full; null when it is.
 * @param listenerName of the quorum: at that the others have to find it
 */
export function invalidAddVoter({ voter }: AddVoterRequest, listenerName: string): Input<typeof AddRaftVoterResponse> | null {
  const refused = (errorMessage: string) => ({ throttleTimeMs: 0, errorCode: ErrorCode.INVALID_REQUEST, errorMessage })
  if (!isVoterKey(voter.id, voter.directoryId)) return refused("Add voter request didn't include a valid voter")
  if (voter.endpoints.some(({ name }) => name === listenerName)) return null
  const endpoints = endpointsText(voter.endpoints)
  return refused(`Add voter request didn't include the endpoint (${endpoints}) for the default listener ListenerName(${listenerName})`)
}

export function addVoterResponse(answer: VoterChangeAnswer): Input<typeof AddRaftVoterResponse> {
  return { throttleTimeMs: 0, ...changeFields(answer) }
}

function addVoterMessage({ voter, ackWhenCommitted, timeoutMs }: AddVoterRequest, { clusterId }: Sender): Input<typeof AddRaftVoterRequest> {
  return { clusterId, timeoutMs, voterId: voter.id, voterDirectoryId: voter.directoryId, listeners: voter.endpoints, ackWhenCommitted }
}
