import type { ElectionState } from '../election-state.ts'
import type { SnapshotId } from '../snapshot-name.ts'
import type { Voter, VoterSet } from '../voter-set.ts'
import type { RaftAnswer, RaftRequest } from './messages.ts'

/** The voters that a record in the log, or a snapshot, names. */
export interface VoterEntry {
  /** Of the record; of a snapshot, the offset before its end. */
  readonly offset: number
  readonly voters: VoterSet
  readonly kraftVersion: number
}

/** The levels of `kraft.version` that a node supports, both ends inclusive. */
export interface VersionRange {
  readonly min: number
  readonly max: number
}

export type RaftEvent =
  /** The log and the election state are loaded: take part. */
  | { readonly type: 'start' }
  /** Time has passed; see `RaftCore.deadlineMs`. */
  | { readonly type: 'tick' }
  /** A peer or an operator asks. `id` comes back with the one answer. */
  | { readonly type: 'request'; readonly id: number; readonly request: RaftRequest }
  /** Nobody waits for the answer to the request any more: a fetch may be forgotten. */
  | { readonly type: 'withdrawn'; readonly id: number }
  /** The answer to what was sent under `id`. */
  | { readonly type: 'answer'; readonly from: number; readonly id: number; readonly answer: RaftAnswer }
  /** What was sent under `id` got no answer, or none of this protocol version. `isGone`: its machine says that nobody is there. */
  | { readonly type: 'unanswered'; readonly from: number; readonly id: number; readonly unsupported: boolean; readonly isGone: boolean }
  /** The log grew; `voters` are those that the new records name, in order. */
  | { readonly type: 'appended'; readonly voters: readonly VoterEntry[] }
  /** The log was cut as told. */
  | { readonly type: 'truncated' }
  /** All below `endOffset` would survive a loss of power. Never of a log as it was before a truncation. */
  | { readonly type: 'flushed'; readonly endOffset: number }
  /** The log begins behind the snapshot now, durably. */
  | { readonly type: 'snapshot-installed'; readonly id: SnapshotId; readonly voters: VoterEntry | null }
  /** What the node of `ask-versions` said; an error of the protocol where it did not. */
  | { readonly type: 'versions'; readonly id: number; readonly errorCode: number; readonly range: VersionRange | null }
  /** Lead no longer, and take part in the next election. */
  | { readonly type: 'resign' }
  /** Take part no longer: the node stops, or its log failed. */
  | { readonly type: 'stop' }

/**
 * What to do, in this order. What stands after a `persist-election` waits until that is durable, and the next event is
 * stepped when all effects of this one are done; flushes alone go on beside.
 */
export type RaftEffect =
  | { readonly type: 'persist-election'; readonly state: ElectionState }
  /** This node leads from now on: write the control records that open the epoch, at the end of the log; then `appended`. */
  | {
      readonly type: 'open-epoch'
      readonly epoch: number
      readonly leaderId: number
      readonly voterIds: readonly number[]
      readonly grantingVoterIds: readonly number[]
      /** To be named behind, where the log does not name them yet, or not as the leader is now. */
      readonly named: Omit<VoterEntry, 'offset'> | null
    }
  /** Write a record that names the voters, as leader; then `appended`. */
  | { readonly type: 'append-voters'; readonly epoch: number; readonly voters: VoterSet }
  /** Write a leader's batches at the end of the log, numbered as they are; then `appended`, and flush. */
  | { readonly type: 'append'; readonly records: Buffer }
  /** Cut off what is at and above `endOffset`; then `truncated`. */
  | { readonly type: 'truncate'; readonly endOffset: number }
  /** All below is committed and will be read by every later leader. */
  | { readonly type: 'commit'; readonly highWatermark: number }
  | { readonly type: 'send'; readonly to: number; readonly id: number; readonly request: RaftRequest }
  /** Ask a node that is no voter yet which levels it supports; then `versions`. */
  | { readonly type: 'ask-versions'; readonly id: number; readonly voter: Voter }
  | { readonly type: 'reply'; readonly id: number; readonly answer: RaftAnswer }
  /** Put a piece of a snapshot that is being fetched into its place. */
  | { readonly type: 'write-snapshot'; readonly id: SnapshotId; readonly position: number; readonly bytes: Buffer }
  /** All pieces are there: let the log begin behind it; then `snapshot-installed`. */
  | { readonly type: 'install-snapshot'; readonly id: SnapshotId }
  | { readonly type: 'follow'; readonly epoch: number; readonly leaderId: number }
  /** This node leads no longer; what it appended may or may not be committed by others. */
  | { readonly type: 'step-down'; readonly epoch: number }
  /** The quorum contradicts what this node knows to be committed: it must not go on. */
  | { readonly type: 'halt'; readonly reason: string }
