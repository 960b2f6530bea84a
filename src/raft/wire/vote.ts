import { ErrorCode } from '../../../protocol/error-codes.ts'
import { VoteApi, type VoteRequest as VoteMessage, type VoteResponse } from '../../../protocol/messages/vote.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import type { VoteAnswer, VoteRequest } from '../core/messages.ts'
import { answered, type Exchange, type PeerReply, refused, type Sender } from './exchange.ts'
import { type Inbound, NO_EXTRAS } from './inbound.ts'
import { directoryOf, headFields, METADATA_PARTITION, partitionOf, refusalOf, replicaId, replicaKey, topicsWith } from './metadata-log.ts'
import { type AnswerContext, nodeEndpoints, readHead } from './told-leader.ts'

/** Vote, key 52, versions 0-2: from 1 with directories (KIP-853), from 2 with pre-votes (KIP-996). */

const FIRST_VERSION_WITH_PRE_VOTE = 2
const FIRST_VERSION_WITH_ENDPOINTS = 1

export function voteExchange(request: VoteRequest, sender: Sender): Exchange<typeof VoteApi.request.fields, typeof VoteApi.response.fields, VoteAnswer> {
  return {
    api: VoteApi,
    oldestVersion: request.preVote ? FIRST_VERSION_WITH_PRE_VOTE : 0,
    request: () => voteMessage(request, sender),
    read: readVoteResponse,
  }
}

export function readVote(message: VoteMessage, clusterId: string): Inbound<VoteRequest, Input<typeof VoteResponse>> {
  const partition = partitionOf(message.topics)
  const errorCode = refusalOf(message.clusterId, clusterId, partition !== null)
  if (partition === null || errorCode !== ErrorCode.NONE) return { kind: 'refused', response: { errorCode, topics: [] } }
  const { replicaEpoch, replicaDirectoryId, voterDirectoryId, lastOffset, lastOffsetEpoch, preVote } = partition
  const request: VoteRequest = {
    type: 'vote',
    voter: replicaKey(message.voterId, voterDirectoryId),
    candidate: { id: partition.replicaId, directoryId: replicaDirectoryId },
    epoch: replicaEpoch,
    lastOffset,
    lastEpoch: lastOffsetEpoch,
    preVote,
  }
  return { kind: 'request', request, extras: NO_EXTRAS }
}

export function voteResponse(answer: VoteAnswer, context: AnswerContext): Input<typeof VoteResponse> {
  const partition = { partitionIndex: METADATA_PARTITION, ...headFields(answer), voteGranted: answer.granted }
  return { errorCode: ErrorCode.NONE, topics: topicsWith(partition), ...nodeEndpoints(context, FIRST_VERSION_WITH_ENDPOINTS, answer.leaderId) }
}

function voteMessage({ voter, candidate, epoch, lastOffset, lastEpoch, preVote }: VoteRequest, { clusterId }: Sender): Input<typeof VoteApi.request> {
  const partition = {
    partitionIndex: METADATA_PARTITION,
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

function readVoteResponse({ errorCode, topics, nodeEndpoints: endpoints }: VoteResponse): PeerReply<VoteAnswer> {
  const partition = partitionOf(topics)
  if (errorCode !== ErrorCode.NONE || partition === null) return refused(errorCode)
  return answered({ type: 'vote', ...readHead(partition), granted: partition.voteGranted }, endpoints)
}
