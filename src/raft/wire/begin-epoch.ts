import { ErrorCode } from '../../../protocol/error-codes.ts'
import { BeginQuorumEpochApi, type BeginQuorumEpochRequest, type BeginQuorumEpochResponse } from '../../../protocol/messages/begin-quorum-epoch.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import type { BeginEpochRequest, EpochAnswer } from '../core/messages.ts'
import { answered, type Exchange, type PeerReply, refused, type Sender } from './exchange.ts'
import { type Inbound, NO_EXTRAS } from './inbound.ts'
import { directoryOf, headFields, METADATA_PARTITION, partitionOf, refusalOf, replicaId, replicaKey, topicsWith } from './metadata-log.ts'
import { type AnswerContext, nodeEndpoints, readHead } from './told-leader.ts'

/** BeginQuorumEpoch, key 53, versions 0-1: from 1 with directories and the leader's end points (KIP-853). */

const FIRST_VERSION_WITH_ENDPOINTS = 1

export function beginEpochExchange(
  request: BeginEpochRequest,
  sender: Sender,
): Exchange<typeof BeginQuorumEpochApi.request.fields, typeof BeginQuorumEpochApi.response.fields, EpochAnswer> {
  return { api: BeginQuorumEpochApi, oldestVersion: 0, request: () => beginEpochMessage(request, sender), read: readBeginEpochResponse }
}

export function readBeginEpoch(message: BeginQuorumEpochRequest, clusterId: string): Inbound<BeginEpochRequest, Input<typeof BeginQuorumEpochResponse>> {
  const partition = partitionOf(message.topics)
  const errorCode = refusalOf(message.clusterId, clusterId, partition !== null)
  if (partition === null || errorCode !== ErrorCode.NONE) return { kind: 'refused', response: { errorCode, topics: [] } }
  const { leaderId, leaderEpoch, voterDirectoryId } = partition
  const request: BeginEpochRequest = { type: 'begin-epoch', voter: replicaKey(message.voterId, voterDirectoryId), leaderId, epoch: leaderEpoch }
  return { kind: 'request', request, extras: { ...NO_EXTRAS, leaderEndpoints: message.leaderEndpoints } }
}

export function beginEpochResponse(answer: EpochAnswer, context: AnswerContext): Input<typeof BeginQuorumEpochResponse> {
  const partition = { partitionIndex: METADATA_PARTITION, ...headFields(answer) }
  return { errorCode: ErrorCode.NONE, topics: topicsWith(partition), ...nodeEndpoints(context, FIRST_VERSION_WITH_ENDPOINTS, answer.leaderId) }
}

function beginEpochMessage({ voter, leaderId, epoch }: BeginEpochRequest, { clusterId, endpoints }: Sender): Input<typeof BeginQuorumEpochRequest> {
  const partition = { partitionIndex: METADATA_PARTITION, voterDirectoryId: directoryOf(voter), leaderId, leaderEpoch: epoch }
  return { clusterId, voterId: replicaId(voter), topics: topicsWith(partition), leaderEndpoints: endpoints }
}

function readBeginEpochResponse({ errorCode, topics, nodeEndpoints: endpoints }: BeginQuorumEpochResponse): PeerReply<EpochAnswer> {
  const partition = partitionOf(topics)
  if (errorCode !== ErrorCode.NONE || partition === null) return refused(errorCode)
  return answered({ type: 'begin-epoch', ...readHead(partition) }, endpoints)
}
