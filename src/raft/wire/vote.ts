import { VoteApi, type VoteRequest as VoteMessage, type VoteResponse } from '../../../protocol/messages/vote.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import type { VoteAnswer, VoteRequest } from '../core/messages.ts'
import type { Exchange, PeerReply, Sender } from './exchange.ts'
import type { Inbound } from './inbound.ts'
import { directoryOf, replicaId, replicaKey, topicsWith } from './metadata-log.ts'
import { type AnswerContext, readHead } from './told-leader.ts'
import { readWord, readWordResponse, wordResponse } from './voter-word.ts'

/** Vote, key 52, versions 0-2: from 1 with directories (KIP-853), from 2 with pre-votes (KIP-996). */

const FIRST_VERSION_WITH_PRE_VOTE = 2

export function voteExchange(request: VoteRequest, sender: Sender): Exchange<typeof VoteApi.request.fields, typeof VoteApi.response.fields, VoteAnswer> {
  return {
    api: VoteApi,
    oldestVersion: request.preVote ? FIRST_VERSION_WITH_PRE_VOTE : 0,
    request: () => voteMessage(request, sender),
    read: readVoteResponse,
  }
}

export function readVote(message: VoteMessage, clusterId: string): Inbound<VoteRequest, Input<typeof VoteResponse>> {
  return readWord(message, clusterId, (partition) => ({
    type: 'vote',
    voter: replicaKey(message.voterId, partition.voterDirectoryId),
    candidate: { id: partition.replicaId, directoryId: partition.replicaDirectoryId },
    epoch: partition.replicaEpoch,
    lastOffset: partition.lastOffset,
    lastEpoch: partition.lastOffsetEpoch,
    preVote: partition.preVote,
  }))
}

export function voteResponse(answer: VoteAnswer, context: AnswerContext): Input<typeof VoteResponse> {
  return wordResponse(answer, context, { voteGranted: answer.granted })
}

function voteMessage({ voter, candidate, epoch, lastOffset, lastEpoch, preVote }: VoteRequest, { clusterId }: Sender): Input<typeof VoteApi.request> {
  const partition = {
    replicaEpoch: epoch,
    replicaId: candidate.id,
    replicaDirectoryId: candidate.directoryId,
    voterDirectoryId: directoryOf(voter),
    lastOffsetEpoch: lastEpoch,
    lastOffset,
    preVote,
  }
  return { clusterId, voterId: replicaId(voter), topics: topicsWith(partition) }
}

function readVoteResponse(response: VoteResponse): PeerReply<VoteAnswer> {
  return readWordResponse(response, (partition) => ({ type: 'vote', ...readHead(partition), granted: partition.voteGranted }))
}
