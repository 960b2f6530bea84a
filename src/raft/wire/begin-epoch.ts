import { BeginQuorumEpochApi, type BeginQuorumEpochRequest, type BeginQuorumEpochResponse } from '../../../protocol/messages/begin-quorum-epoch.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import type { BeginEpochRequest, EpochAnswer } from '../core/messages.ts'
import type { Exchange, PeerReply, Sender } from './exchange.ts'
import type { Inbound } from './inbound.ts'
import { directoryOf, replicaId, replicaKey, topicsWith } from './metadata-log.ts'
import { type AnswerContext, readHead } from './told-leader.ts'
import { readWord, readWordResponse, wordResponse } from './voter-word.ts'

/** BeginQuorumEpoch, key 53, versions 0-1: from 1 with directories and the leader's end points (KIP-853). */

export function beginEpochExchange(
  request: BeginEpochRequest,
  sender: Sender,
): Exchange<typeof BeginQuorumEpochApi.request.fields, typeof BeginQuorumEpochApi.response.fields, EpochAnswer> {
  return { api: BeginQuorumEpochApi, oldestVersion: 0, request: () => beginEpochMessage(request, sender), read: readBeginEpochResponse }
}

export function readBeginEpoch(message: BeginQuorumEpochRequest, clusterId: string): Inbound<BeginEpochRequest, Input<typeof BeginQuorumEpochResponse>> {
  return readWord(message, clusterId, ({ leaderId, leaderEpoch, voterDirectoryId }) => ({
    type: 'begin-epoch',
    voter: replicaKey(message.voterId, voterDirectoryId),
    leaderId,
    epoch: leaderEpoch,
  }))
}

export function beginEpochResponse(answer: EpochAnswer, context: AnswerContext): Input<typeof BeginQuorumEpochResponse> {
  return wordResponse(answer, context, {})
}

function beginEpochMessage({ voter, leaderId, epoch }: BeginEpochRequest, { clusterId, endpoints }: Sender): Input<typeof BeginQuorumEpochRequest> {
  const partition = { voterDirectoryId: directoryOf(voter), leaderId, leaderEpoch: epoch }
  return { clusterId, voterId: replicaId(voter), topics: topicsWith(partition), leaderEndpoints: endpoints }
}

function readBeginEpochResponse(response: BeginQuorumEpochResponse): PeerReply<EpochAnswer> {
  return readWordResponse(response, (partition) => ({ type: 'begin-epoch', ...readHead(partition) }))
}
