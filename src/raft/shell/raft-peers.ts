import type { Endpoint } from '../../base/ports.ts'
import type { VersionRange } from '../core/effects.ts'
import type { RaftAnswer, RaftRequest } from '../core/messages.ts'
import type { Voter, VoterEndpoint, VoterSet } from '../voter-set.ts'

export type PeerOutcome =
  | { readonly kind: 'answer'; readonly answer: RaftAnswer }
  /** `unsupported`: the node is there, and knows no such request; `isGone`: its machine says that nobody listens, or cut the connection */
  | { readonly kind: 'unanswered'; readonly unsupported: boolean; readonly isGone: boolean }

/** The other nodes of the quorum, as this one asks them. Nodes are named by their ids, configured servers by ids below 0. */
export interface RaftPeers extends AsyncDisposable {
  /** Ids of configured servers, who may know the leader. */
  readonly bootstrapIds: readonly number[]
  /** Never rejects: a node that cannot be reached does not answer. */
  ask(to: number, request: RaftRequest): Promise<PeerOutcome>
  /** What a node that is no voter yet supports: an error of the protocol where it does not say. Never rejects. */
  askVersions(voter: Voter): Promise<{ readonly errorCode: number; readonly range: VersionRange | null }>
  /** null while it is not known where the node listens. */
  endpointOf(id: number): Endpoint | null
  /** The voters are these now, committed or not. */
  noteVoters(voters: VoterSet): void
  /** A leader says where it listens, by listener. */
  noteLeader(id: number, endpoints: readonly VoterEndpoint[]): void
}
