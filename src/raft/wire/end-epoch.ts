import { EndQuorumEpochApi, type EndQuorumEpochRequest, type EndQuorumEpochResponse } from '../../../protocol/messages/end-quorum-epoch.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import type { EndEpochRequest, EpochAnswer } from '../core/messages.ts'
import type { ReplicaKey } from '../core/replica-key.ts'
import type { Exchange, PeerReply, Sender } from './exchange.ts'
import type { Inbound } from './inbound.ts'
import { topicsWith } from './metadata-log.ts'
import { type AnswerContext, readHead } from './told-leader.ts'
import { readWord, readWordResponse, wordResponse } from './voter-word.ts'

/** EndQuorumEpoch, key 54, versions 0-1: from 1 with directories and the leader's end points (KIP-853). */

export function endEpochExchange(
  request: EndEpochRequest,
  sender: Sender,
): Exchange<typeof EndQuorumEpochApi.request.fields, typeof EndQuorumEpochApi.response.fields, EpochAnswer> {
  return { api: EndQuorumEpochApi, oldestVersion: 0, request: () => endEpochMessage(request, sender), read: readEndEpochResponse }
}

export function readEndEpoch(message: EndQuorumEpochRequest, clusterId: string): Inbound<EndEpochRequest, Input<typeof EndQuorumEpochResponse>> {
  return readWord(message, clusterId, (partition) => ({
    type: 'end-epoch',
    leaderId: partition.leaderId,
    epoch: partition.leaderEpoch,
    preferredCandidates: candidatesOf(partition),
  }))
}

export function endEpochResponse(answer: EpochAnswer, context: AnswerContext): Input<typeof EndQuorumEpochResponse> {
  return wordResponse(answer, context, {})
}

/** Each version reads the one list that it has. */
function endEpochMessage({ leaderId, epoch, preferredCandidates }: EndEpochRequest, { clusterId, endpoints }: Sender): Input<typeof EndQuorumEpochRequest> {
  const partition = {
    leaderId,
    leaderEpoch: epoch,
    preferredSuccessors: preferredCandidates.map(({ id }) => id),
    preferredCandidates: preferredCandidates.map(({ id, directoryId }) => ({ candidateId: id, candidateDirectoryId: directoryId })),
  }
  return { clusterId, topics: topicsWith(partition), leaderEndpoints: endpoints }
}

type PartitionData = EndQuorumEpochRequest['topics'][number]['partitions'][number]

function candidatesOf({ preferredCandidates, preferredSuccessors }: PartitionData): readonly ReplicaKey[] {
  if (preferredCandidates.length === 0) return preferredSuccessors.map((id) => ({ id, directoryId: ZERO_UUID }))
  return preferredCandidates.map(({ candidateId, candidateDirectoryId }) => ({ id: candidateId, directoryId: candidateDirectoryId }))
}

function readEndEpochResponse(response: EndQuorumEpochResponse): PeerReply<EpochAnswer> {
  return readWordResponse(response, (partition) => ({ type: 'end-epoch', ...readHead(partition) }))
}
