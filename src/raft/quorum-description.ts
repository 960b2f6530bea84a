import type { Uuid } from '../../protocol/uuid.ts'
import type { Endpoint, TimestampMs } from '../base/ports.ts'
import type { VoterEndpoint, VoterSet } from './voter-set.ts'

/** How far one node of the quorum is, as the leader knows it. */
export interface ReplicaDescription {
  readonly id: number
  /** The zero id in a static quorum. */
  readonly directoryId: Uuid
  readonly endpoints: readonly VoterEndpoint[]
  /** -1 when it did not fetch from this leader yet. */
  readonly logEndOffset: number
  /** -1 for never; the leader's own are now. */
  readonly lastFetchMs: TimestampMs
  readonly lastCaughtUpMs: TimestampMs
}

/** The quorum as its leader sees it. Source: KIP-595, KIP-836, KIP-853. */
export interface QuorumDescription {
  readonly leaderId: number
  readonly leaderEpoch: number
  /** -1 before anything is committed in this epoch. */
  readonly highWatermark: number
  readonly voters: readonly ReplicaDescription[]
}

/** Who leads the quorum, as one of its nodes knows it: a voter or an observer. The active controller is on that node. */
export interface QuorumLeader {
  readonly id: number
  readonly epoch: number
  /** Of its controller's listener; null while it is not known where that is. */
  readonly endpoint: Endpoint | null
}

/** What a node knows of the quorum. */
export interface QuorumView {
  /** The quorum as its leader sees it; null when this node does not lead. */
  describe(): QuorumDescription | null
  /** null while no leader of the epoch is known. */
  leader(): QuorumLeader | null
  /**
   * Calls `listener` whenever `leader()` is another than before, after this node has acted on it.
   * @returns ends the calls
   */
  onLeaderChange(listener: (leader: QuorumLeader | null) => void): () => void
}

export interface DescribeOptions {
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly highWatermark: number
  readonly voters: VoterSet
  /** What each voter has durably, by its id. */
  readonly durableOffsets: ReadonlyMap<number, number>
  readonly nowMs: TimestampMs
}

const NEVER = -1
/** Nothing is committed yet, or nobody said how far he is. */
export const UNKNOWN_OFFSET = -1

export function describeQuorum({ voters, durableOffsets, nowMs, ...leader }: DescribeOptions): QuorumDescription {
  const described = voters.map(({ id, directoryId, endpoints }) => {
    const heardMs = id === leader.leaderId ? nowMs : NEVER
    return { id, directoryId, endpoints, logEndOffset: durableOffsets.get(id) ?? UNKNOWN_OFFSET, lastFetchMs: heardMs, lastCaughtUpMs: heardMs }
  })
  return { ...leader, voters: described }
}
