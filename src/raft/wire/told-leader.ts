import type { VoterEndpoint } from '../voter-set.ts'
import { leaderIdOf } from './metadata-log.ts'

/** Who reads an answer, and what it is to be told of the leader. */
export interface AnswerContext {
  readonly apiVersion: number
  /** At which the request came: the leader's end point of this listener is told. */
  readonly listenerName: string
  /** Of the leader of the epoch, by listener; empty while it is not known. */
  readonly leaderEndpoints: readonly VoterEndpoint[]
}

/** The field `nodeEndpoints` of an answer; a version without the field says nothing. Source: KIP-853. */
export function nodeEndpoints(context: AnswerContext, firstVersion: number, leaderId: number | null) {
  const endpoint = endpointOf(context)
  if (context.apiVersion < firstVersion || leaderId === null || endpoint === null) return {}
  return { nodeEndpoints: [{ nodeId: leaderId, host: endpoint.host, port: endpoint.port }] }
}

export function endpointOf({ listenerName, leaderEndpoints }: AnswerContext): VoterEndpoint | null {
  return leaderEndpoints.find(({ name }) => name === listenerName) ?? null
}

/** Epoch, leader and error as the partition of an answer has them. */
export function readHead(partition: { readonly errorCode: number; readonly leaderId: number; readonly leaderEpoch: number }) {
  return { errorCode: partition.errorCode, epoch: partition.leaderEpoch, leaderId: leaderIdOf(partition.leaderId) }
}
