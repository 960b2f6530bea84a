import type { RaftAnswer, RaftRequest } from './core/messages.ts'
import type { VoterEndpoint } from './voter-set.ts'

/** What a request of another node brings along for the shell: the core does not decide by it. */
export interface RequestExtras {
  /** Of the records, or of the piece of a snapshot, in the answer; byte. A batch that is larger is given whole. */
  readonly maxBytes: number
  /** Where the leader listens that a BeginQuorumEpoch or EndQuorumEpoch names. Empty for other requests, and in versions that do not say. */
  readonly leaderEndpoints: readonly VoterEndpoint[]
}

/** A node of the quorum as others ask it: what its listener passes on. */
export interface RaftServer {
  /** In which the node is. */
  readonly epoch: number
  /** Whether it leads the quorum in that epoch. */
  readonly isLeader: boolean
  /**
   * Answers with the records, or the piece of a snapshot, filled in; a refusal when the node takes part in the quorum no longer.
   * @param signal aborted when nobody waits for the answer any more
   */
  handle(request: RaftRequest, extras: RequestExtras, signal?: AbortSignal): Promise<RaftAnswer>
  /** Where the leader of the epoch listens, by listener; empty while that is not known. */
  leaderEndpoints(): readonly VoterEndpoint[]
}
