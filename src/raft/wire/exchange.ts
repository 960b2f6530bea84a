import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { Api, Fields, Input, Message, Value } from '../../../protocol/schema/notation.ts'
import type { Endpoint } from '../../base/ports.ts'
import type { RaftAnswer } from '../core/messages.ts'
import type { VoterEndpoint } from '../voter-set.ts'

/** What a node says of itself in every request. */
export interface Sender {
  readonly clusterId: string
  /** Where this node's controller listens, by listener. */
  readonly endpoints: readonly VoterEndpoint[]
  /** controller.quorum.fetch.max.bytes */
  readonly fetchMaxBytes: number
  /** controller.quorum.fetch.snapshot.max.bytes */
  readonly snapshotMaxBytes: number
}

export type PeerReply<Answer extends RaftAnswer = RaftAnswer> =
  | {
      readonly kind: 'answer'
      readonly answer: Answer
      /** Where the leader listens that the answer names; null where it does not say. */
      readonly leaderEndpoint: Endpoint | null
    }
  /** Not answered by a node of this quorum: of another cluster, say, or by what is no answer to the request. */
  | { readonly kind: 'refused'; readonly errorCode: number }

/** One request to another node, and how its answer is read. */
export interface Exchange<Request extends Fields, Response extends Fields, Answer extends RaftAnswer> {
  readonly api: Api<Request, Response>
  /** A node that knows this version at the latest cannot be asked so. */
  readonly oldestVersion: number
  /** @param version that both sides know, not below the oldest */
  request(version: number): Input<Message<Request>>
  /** Byte fields of the answer are views of the response. */
  read(response: Value<Message<Response>>): PeerReply<Answer>
}

/** Where a node of the quorum listens, as answers say it. */
export interface NodeEndpoint extends Endpoint {
  readonly nodeId: number
}

export function answered<Answer extends RaftAnswer>(answer: Answer, endpoints: readonly NodeEndpoint[]): PeerReply<Answer> {
  const found = answer.leaderId === null ? undefined : endpoints.find(({ nodeId }) => nodeId === answer.leaderId)
  return { kind: 'answer', answer, leaderEndpoint: found === undefined ? null : { host: found.host, port: found.port } }
}

/** @param errorCode of the whole response; NONE when that is of no form */
export function refused(errorCode: number): { readonly kind: 'refused'; readonly errorCode: number } {
  return { kind: 'refused', errorCode: errorCode === ErrorCode.NONE ? ErrorCode.INVALID_REQUEST : errorCode }
}
