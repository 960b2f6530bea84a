import type { SnapshotId } from '../snapshot-name.ts'
import type { Voter } from '../voter-set.ts'
import type { ReplicaKey } from './replica-key.ts'

/**
 * What the nodes of the quorum say to each other: Kafka's requests, of the one partition that a quorum has. Cluster id,
 * topic and end points are of the wire and stand with the shell.
 *
 * Source: KIP-595; KIP-853 (directories, voter keys); KIP-996 (pre-vote); KIP-630 (snapshots); KIP-1166 (the high watermark in Fetch).
 */

/** Vote, key 52. */
export interface VoteRequest {
  readonly type: 'vote'
  /** Who is asked; null in versions that do not say. */
  readonly voter: ReplicaKey | null
  readonly candidate: ReplicaKey
  /** Of the candidate. In a pre-vote that is the one it is in, not one it would begin. */
  readonly epoch: number
  readonly lastOffset: number
  readonly lastEpoch: number
  readonly preVote: boolean
}

/** BeginQuorumEpoch, key 53: a leader says that it leads. */
export interface BeginEpochRequest {
  readonly type: 'begin-epoch'
  readonly voter: ReplicaKey | null
  readonly leaderId: number
  readonly epoch: number
}

/** EndQuorumEpoch, key 54: a leader says that it leads no longer. */
export interface EndEpochRequest {
  readonly type: 'end-epoch'
  readonly leaderId: number
  readonly epoch: number
  /** Who should follow it, best first. */
  readonly preferredCandidates: readonly ReplicaKey[]
}

/** Fetch, key 1. `offset` tells the leader, besides, that all below is durable at the replica. */
export interface FetchRequest {
  readonly type: 'fetch'
  readonly replica: ReplicaKey
  readonly epoch: number
  readonly offset: number
  /** Of the record before `offset`; 0 at the start. */
  readonly lastFetchedEpoch: number
  /** What the replica knows of it; null when it does not say, and is then not told of a new one at once. */
  readonly highWatermark: number | null
  readonly maxWaitMs: number
}

/** FetchSnapshot, key 59. */
export interface FetchSnapshotRequest {
  readonly type: 'fetch-snapshot'
  readonly replica: ReplicaKey
  readonly epoch: number
  readonly snapshotId: SnapshotId
  /** byte */
  readonly position: number
}

/** AddRaftVoter, key 80. */
export interface AddVoterRequest {
  readonly type: 'add-voter'
  readonly voter: Voter
  /** False: the answer need not wait for the commit. */
  readonly ackWhenCommitted: boolean
  readonly timeoutMs: number
}

/** RemoveRaftVoter, key 81. */
export interface RemoveVoterRequest {
  readonly type: 'remove-voter'
  readonly voter: ReplicaKey
}

/** UpdateRaftVoter, key 82: a voter's end points and range of versions. */
export interface UpdateVoterRequest {
  readonly type: 'update-voter'
  readonly voter: Voter
  readonly epoch: number
}

export type VoterChangeRequest = AddVoterRequest | RemoveVoterRequest | UpdateVoterRequest
export type RaftRequest = VoteRequest | BeginEpochRequest | EndEpochRequest | FetchRequest | FetchSnapshotRequest | VoterChangeRequest

/** What each answer says besides: the epoch of who answers, and who leads it. */
export interface AnswerHead {
  /** A code of the protocol. */
  readonly errorCode: number
  readonly epoch: number
  /** null when not known. */
  readonly leaderId: number | null
}

export interface VoteAnswer extends AnswerHead {
  readonly type: 'vote'
  readonly granted: boolean
}

export interface EpochAnswer extends AnswerHead {
  readonly type: 'begin-epoch' | 'end-epoch'
}

export type FetchContent =
  /** Whole batches from `offset` on. From the core: empty where the log ends there, null for the shell to fill in from its log. */
  | { readonly type: 'records'; readonly offset: number; readonly records: Buffer | null }
  /** The replica's log and the leader's part at the latest here. */
  | { readonly type: 'diverging'; readonly epoch: number; readonly endOffset: number }
  /** What the replica asks for is not in the leader's log any longer: it needs the snapshot. */
  | { readonly type: 'snapshot'; readonly id: SnapshotId }

export interface FetchAnswer extends AnswerHead {
  readonly type: 'fetch'
  /** null when the leader does not know it yet. */
  readonly highWatermark: number | null
  readonly logStartOffset: number
  readonly content: FetchContent
}

export interface FetchSnapshotAnswer extends AnswerHead {
  readonly type: 'fetch-snapshot'
  readonly snapshotId: SnapshotId
  readonly position: number
  readonly sizeBytes: number
  /** Filled in by the shell. */
  readonly bytes: Buffer | null
}

/** To an addition or a removal that came over the wire: with epoch -1 and no leader, which those answers do not say. */
export interface VoterChangeAnswer extends AnswerHead {
  readonly type: 'voter-change'
  /** null without an error. */
  readonly message: string | null
}

export type RaftAnswer = VoteAnswer | EpochAnswer | FetchAnswer | FetchSnapshotAnswer | VoterChangeAnswer

/** The answer that belongs to a request. */
export type AnswerTo<Request extends RaftRequest> = Request extends VoteRequest
  ? VoteAnswer
  : Request extends BeginEpochRequest | EndEpochRequest
    ? EpochAnswer
    : Request extends FetchRequest
      ? FetchAnswer
      : Request extends FetchSnapshotRequest
        ? FetchSnapshotAnswer
        : VoterChangeAnswer
