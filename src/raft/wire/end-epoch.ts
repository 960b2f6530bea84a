import { ErrorCode } from '../../../protocol/error-codes.ts'
import { EndQuorumEpochApi, type EndQuorumEpochRequest, type EndQuorumEpochResponse } from '../../../protocol/messages/end-quorum-epoch.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import type { EndEpochRequest, EpochAnswer } from '../core/messages.ts'
import type { ReplicaKey } from '../core/replica-key.ts'
import { answered, type Exchange, type PeerReply, refused, type Sender } from './exchange.ts'
import { type Inbound, NO_EXTRAS } from './inbound.ts'
import { headFields, METADATA_PARTITION, partitionOf, refusalOf, topicsWith } from './metadata-log.ts'
import { type AnswerContext, nodeEndpoints, readHead } from './told-leader.ts'

/** EndQuorumEpoch, key 54, versions 0-1: from 1 with directories and the leader's end points (KIP-853). */

const FIRST_VERSION_WITH_ENDPOINTS = 1

export function endEpochExchange(
  request: EndEpochRequest,
  sender: Sender,
): Exchange<typeof EndQuorumEpochApi.request.fields, typeof EndQuorumEpochApi.response.fields, EpochAnswer> {
  return { api: EndQuorumEpochApi, oldestVersion: 0, request: () => endEpochMessage(request, sender), read: readEndEpochResponse }
}

export function readEndEpoch(message: EndQuorumEpochRequest, clusterId: string): Inbound<EndEpochRequest, Input<typeof EndQuorumEpochResponse>> {
  const partition = partitionOf(message.topics)
  const errorCode = refusalOf(message.clusterId, clusterId, partition !== null)
  if (partition === null || errorCode !== ErrorCode.NONE) return { kind: 'refused', response: { errorCode, topics: [] } }
  const { leaderId, leaderEpoch } = partition
  const request: EndEpochRequest = { type: 'end-epoch', leaderId, epoch: leaderEpoch, preferredCandidates: candidatesOf(partition) }
  return { kind: 'request', request, extras: { ...NO_EXTRAS, leaderEndpoints: message.leaderEndpoints } }
}

export function endEpochResponse(answer: EpochAnswer, context: AnswerContext): Input<typeof EndQuorumEpochResponse> {
  const partition = { partitionIndex: METADATA_PARTITION, ...headFields(answer) }
  return { errorCode: ErrorCode.NONE, topics: topicsWith(partition), ...nodeEndpoints(context, FIRST_VERSION_WITH_ENDPOINTS, answer.leaderId) }
}

/** Each version reads the one list that it has. */
function endEpochMessage({ leaderId, epoch, preferredCandidates }: EndEpochRequest, { clusterId, endpoints }: Sender): Input<typeof EndQuorumEpochRequest> {
  const partition = {
    partitionIndex: METADATA_PARTITION,
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

function readEndEpochResponse({ errorCode, topics, nodeEndpoints: endpoints }: EndQuorumEpochResponse): PeerReply<EpochAnswer> {
  const partition = partitionOf(topics)
  if (errorCode !== ErrorCode.NONE || partition === null) return refused(errorCode)
  return answered({ type: 'end-epoch', ...readHead(partition) }, endpoints)
}
