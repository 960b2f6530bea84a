import { ErrorCode } from '../../../protocol/error-codes.ts'
import { UpdateRaftVoterApi, type UpdateRaftVoterRequest, type UpdateRaftVoterResponse } from '../../../protocol/messages/update-raft-voter.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import type { AnswerHead, UpdateVoterRequest, VoterChangeAnswer } from '../core/messages.ts'
import type { Exchange, PeerReply, Sender } from './exchange.ts'
import { type Inbound, NO_EXTRAS } from './inbound.ts'
import { leaderIdOf, UNKNOWN } from './metadata-log.ts'
import { type AnswerContext, endpointOf } from './told-leader.ts'
import { isVoterKey } from './voter-change.ts'

/** UpdateRaftVoter, key 82, version 0 (KIP-853). */

export function updateVoterExchange(
  request: UpdateVoterRequest,
  sender: Sender,
): Exchange<typeof UpdateRaftVoterApi.request.fields, typeof UpdateRaftVoterApi.response.fields, VoterChangeAnswer> {
  return { api: UpdateRaftVoterApi, oldestVersion: 0, request: () => updateVoterMessage(request, sender), read: readUpdateVoterResponse }
}

/** @param head of this node, with which it refuses what is of another cluster */
export function readUpdateVoter(
  message: UpdateRaftVoterRequest,
  { clusterId, head, context }: { readonly clusterId: string; readonly head: Omit<AnswerHead, 'errorCode'>; readonly context: AnswerContext },
): Inbound<UpdateVoterRequest, Input<typeof UpdateRaftVoterResponse>> {
  if (message.clusterId !== null && message.clusterId !== clusterId) {
    return { kind: 'refused', response: updateVoterResponse({ ...head, errorCode: ErrorCode.INCONSISTENT_CLUSTER_ID }, context) }
  }
  const { voterId: id, voterDirectoryId: directoryId, listeners: endpoints, kRaftVersionFeature, currentLeaderEpoch: epoch } = message
  const { minSupportedVersion: minKraftVersion, maxSupportedVersion: maxKraftVersion } = kRaftVersionFeature
  return {
    kind: 'request',
    request: { type: 'update-voter', voter: { id, directoryId, endpoints, minKraftVersion, maxKraftVersion }, epoch },
    extras: NO_EXTRAS,
  }
}

/** Whether a leader can do with it; otherwise it answers INVALID_REQUEST. */
export function isValidUpdate({ voter }: UpdateVoterRequest, listenerName: string): boolean {
  const { minKraftVersion, maxKraftVersion } = voter
  if (!isVoterKey(voter.id, voter.directoryId) || !voter.endpoints.some(({ name }) => name === listenerName)) return false
  return minKraftVersion >= 0 && maxKraftVersion >= minKraftVersion
}

export function updateVoterResponse({ errorCode, epoch, leaderId }: AnswerHead, context: AnswerContext): Input<typeof UpdateRaftVoterResponse> {
  const { host = '', port = 0 } = endpointOf(context) ?? {}
  return { throttleTimeMs: 0, errorCode, currentLeader: { leaderId: leaderId ?? UNKNOWN, leaderEpoch: epoch, host, port } }
}

function updateVoterMessage({ voter, epoch }: UpdateVoterRequest, { clusterId }: Sender): Input<typeof UpdateRaftVoterRequest> {
  return {
    clusterId,
    currentLeaderEpoch: epoch,
    voterId: voter.id,
    voterDirectoryId: voter.directoryId,
    listeners: voter.endpoints,
    kRaftVersionFeature: { minSupportedVersion: voter.minKraftVersion, maxSupportedVersion: voter.maxKraftVersion },
  }
}

function readUpdateVoterResponse({ errorCode, currentLeader }: UpdateRaftVoterResponse): PeerReply<VoterChangeAnswer> {
  const { leaderId, leaderEpoch: epoch, host, port } = currentLeader
  const answer: VoterChangeAnswer = { type: 'voter-change', errorCode, epoch, leaderId: leaderIdOf(leaderId), message: null }
  return { kind: 'answer', answer, leaderEndpoint: leaderId < 0 || host === '' ? null : { host, port } }
}
