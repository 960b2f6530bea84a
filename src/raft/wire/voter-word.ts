import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { RaftAnswer, RaftRequest } from '../core/messages.ts'
import type { VoterEndpoint } from '../voter-set.ts'
import { answered, type NodeEndpoint, type PeerReply, refused } from './exchange.ts'
import { type Inbound, NO_EXTRAS } from './inbound.ts'
import { headFields, partitionOf, refusalOf, topicsWith } from './metadata-log.ts'
import { type AnswerContext, nodeEndpoints } from './told-leader.ts'

/**
 * What voters say to each other: Vote, BeginQuorumEpoch and EndQuorumEpoch have one form. It speaks of the metadata log alone, is
 * refused whole by an error beside an empty list, and names the leader's end point from version 1 on (KIP-853).
 */

const FIRST_VERSION_WITH_ENDPOINTS = 1

interface Indexed {
  readonly partitionIndex: number
}

interface WordMessage<Partition extends Indexed> {
  readonly clusterId: string | null
  readonly topics: readonly { readonly topicName: string; readonly partitions: readonly Partition[] }[]
  readonly leaderEndpoints?: readonly VoterEndpoint[]
}

interface RefusedWord {
  readonly errorCode: number
  readonly topics: readonly []
}

/** @param read what the message asks of its one partition */
export function readWord<Partition extends Indexed, Request extends RaftRequest>(
  { clusterId, topics, leaderEndpoints = [] }: WordMessage<Partition>,
  ownClusterId: string,
  read: (partition: Partition) => Request,
): Inbound<Request, RefusedWord> {
  const partition = partitionOf(topics)
  const errorCode = refusalOf(clusterId, ownClusterId, partition !== null)
  if (partition === null || errorCode !== ErrorCode.NONE) return { kind: 'refused', response: { errorCode, topics: [] } }
  return { kind: 'request', request: read(partition), extras: { ...NO_EXTRAS, leaderEndpoints } }
}

/** @param more fields of the partition, beside error, epoch and leader */
export function wordResponse<Fields extends object>(answer: RaftAnswer, context: AnswerContext, more: Fields) {
  return {
    errorCode: ErrorCode.NONE,
    topics: topicsWith({ ...headFields(answer), ...more }),
    ...nodeEndpoints(context, FIRST_VERSION_WITH_ENDPOINTS, answer.leaderId),
  }
}

interface WordResponse<Partition extends Indexed> {
  readonly errorCode: number
  readonly topics: WordMessage<Partition>['topics']
  readonly nodeEndpoints: readonly NodeEndpoint[]
}

/** @param read what the answer says of the one partition */
export function readWordResponse<Partition extends Indexed, Answer extends RaftAnswer>(
  { errorCode, topics, nodeEndpoints: endpoints }: WordResponse<Partition>,
  read: (partition: Partition) => Answer,
): PeerReply<Answer> {
  const partition = partitionOf(topics)
  if (errorCode !== ErrorCode.NONE || partition === null) return refused(errorCode)
  return answered(read(partition), endpoints)
}
