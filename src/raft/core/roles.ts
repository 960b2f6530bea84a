import type { SnapshotId } from '../snapshot-name.ts'
import type { Voter } from '../voter-set.ts'
import type { LeaderProgress } from './leader-progress.ts'
import type { ReplicaKey } from './replica-key.ts'
import type { VoteTally } from './vote-tally.ts'

/** What a node is in its epoch. Source: KIP-595, KIP-996. */
export type Role = Unattached | Prospective | Candidate | Leader | Follower | Resigned

/** Follows nobody: a leader of the epoch is not known, or where it is. It may have voted. */
export interface Unattached {
  readonly role: 'unattached'
  readonly leaderId: number | null
  /** Infinite for who is no voter. */
  readonly electionDeadlineMs: number
}

/** Asks whether it would be elected, before it begins an epoch. */
export interface Prospective {
  readonly role: 'prospective'
  /** Of the epoch, whom it follows again where it would not be. */
  readonly leaderId: number | null
  readonly tally: VoteTally
  readonly electionDeadlineMs: number
}

export interface Candidate {
  readonly role: 'candidate'
  readonly tally: VoteTally
  readonly electionDeadlineMs: number
}

export interface Leader {
  readonly role: 'leader'
  readonly progress: LeaderProgress
  /** When voters that may not know of this leader are told next. */
  beginEpochDueMs: number
  resigns: boolean
  /** In a static quorum: voters as they told of themselves, with their directories, by id. At most one for each voter. */
  readonly heardVoters: Map<number, Voter>
}

export interface Follower {
  readonly role: 'follower'
  readonly leaderId: number
  /** When it stops to believe in this leader. */
  fetchDeadlineMs: number
  /** It fetched from this leader in this epoch: so the leader is alive, and nobody else is wanted. */
  hasFetched: boolean
  /** Its machine said so when it was asked last. */
  isLeaderGone: boolean
  /** When it next looks whether it has something to say of itself as a voter. */
  selfDueMs: number
  /** In a static quorum: the leader knows what kind of voter it is. */
  hasToldSelf: boolean
  /** As the leader said. */
  leaderHighWatermark: number
  /** Fetched piece by piece before the log goes on. */
  snapshot: { readonly id: SnapshotId; position: number; isInstalling: boolean } | null
}

/** Who begins to follow, and has heard nothing of its leader yet. */
export function followerOf(leaderId: number, fetchDeadlineMs: number): Follower {
  return {
    role: 'follower',
    leaderId,
    fetchDeadlineMs,
    hasFetched: false,
    isLeaderGone: false,
    leaderHighWatermark: 0,
    snapshot: null,
    selfDueMs: fetchDeadlineMs,
    hasToldSelf: false,
  }
}

/** Led this epoch, and waits for another to lead the next. */
export interface Resigned {
  readonly role: 'resigned'
  readonly electionDeadlineMs: number
  readonly successors: readonly ReplicaKey[]
  /** Voters that were not told yet. */
  readonly untold: Set<number>
}
