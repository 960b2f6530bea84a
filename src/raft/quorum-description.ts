import type { Uuid } from '../../protocol/uuid.ts'
import type { Endpoint, TimestampMs } from '../base/ports.ts'
import type { LeaderProgress, ReplicaProgress } from './core/leader-progress.ts'
import type { Role } from './core/roles.ts'
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
  /** Those that fetched of late and are no voters; they have told no end points. */
  readonly observers: readonly ReplicaDescription[]
}

/** Who leads the quorum, as one of its nodes knows it: a voter or an observer. The active controller is on that node. */
export interface QuorumLeader {
  readonly id: number
  readonly epoch: number
  /** Of its controller's listener; null while it is not known where that is. */
  readonly endpoint: Endpoint | null
}

/** What a node is in the quorum, as it knows itself. */
export interface QuorumState {
  /** `observer`: it follows the leader and is no voter, or its directory is not the voter's. As Kafka tells it. */
  readonly role: Role['role'] | 'observer'
  readonly epoch: number
  /** -1 while no leader of the epoch is known. */
  readonly leaderId: number
  /** Whom it voted for in the epoch; -1 for nobody. */
  readonly votedId: number
  /** -1 before any is known. */
  readonly highWatermark: number
  readonly logEndOffset: number
  readonly voterCount: number
  /** Those that fetched of late and are no voters; null where this node does not lead. */
  readonly observerCount: number | null
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
  /** Of this node, whoever told it so. */
  readonly highWatermark: number
  readonly voters: VoterSet
  readonly progress: Pick<LeaderProgress, 'voters' | 'observers' | 'committedOffset'>
  readonly nowMs: TimestampMs
  /** The same moment, by the clock with which `progress` measures. */
  readonly monotonicMs: number
}

const NEVER = -1
/** Nothing is committed yet, or nobody said how far he is. */
export const UNKNOWN_OFFSET = -1

export function describeQuorum(options: DescribeOptions): QuorumDescription {
  const { leaderId, leaderEpoch, highWatermark, voters, progress } = options
  return {
    leaderId,
    leaderEpoch,
    // A former leader's is not told as one's own, as in Kafka.
    highWatermark: progress.committedOffset === null ? UNKNOWN_OFFSET : highWatermark,
    voters: progress.voters.map((replica) => describeReplica(replica, voters.find(({ id }) => id === replica.key.id)?.endpoints ?? [], options)),
    observers: progress.observers.map((replica) => describeReplica(replica, [], options)),
  }
}

function describeReplica(replica: ReplicaProgress, endpoints: readonly VoterEndpoint[], options: DescribeOptions): ReplicaDescription {
  const { leaderId, nowMs, monotonicMs } = options
  const { key, endOffset, lastFetchMs, lastCaughtUpMs } = replica
  const wallMs = (atMs: number) => (atMs < 0 ? NEVER : Math.floor(nowMs - (monotonicMs - atMs)))
  const isLeader = key.id === leaderId
  return {
    id: key.id,
    directoryId: key.directoryId,
    endpoints,
    logEndOffset: endOffset < 0 ? UNKNOWN_OFFSET : endOffset,
    lastFetchMs: isLeader ? nowMs : wallMs(lastFetchMs),
    lastCaughtUpMs: isLeader ? nowMs : wallMs(lastCaughtUpMs),
  }
}
