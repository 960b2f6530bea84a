import { assert } from '../../base/assert.ts'
import type { Random } from '../../base/ports.ts'
import { type ElectionState, isSameElection } from '../election-state.ts'
import { isVoter, type Voter, type VoterSet } from '../voter-set.ts'
import type { RaftEffect } from './effects.ts'
import { ElectionTimes } from './election-times.ts'
import { LeaderProgress } from './leader-progress.ts'
import { endOf, isAtLeast, type LogEnd, type LogView } from './log-view.ts'
import { votersToName } from './own-entry.ts'
import { PeerLinks } from './peer-links.ts'
import type { RaftTimings } from './raft-timings.ts'
import { isNamedBy, type ReplicaKey } from './replica-key.ts'
import { type Follower, followerOf, type Leader, type Role } from './roles.ts'
import { VoteTally } from './vote-tally.ts'
import type { VoterHistory } from './voter-history.ts'

export interface RaftStateOptions {
  readonly self: ReplicaKey
  readonly history: VoterHistory
  readonly election: ElectionState
  readonly log: LogView
  /** All below is known to be durable when the node starts; what the log has above it is to be flushed. */
  readonly flushedOffset: number
  readonly timings: RaftTimings
  readonly random: Pick<Random, 'below'>
  /** Who may be asked for the leader besides the voters: ids below 0, one for each configured server. */
  readonly bootstrapIds: readonly number[]
  /** This node as the voter that it is, or may become; null for one that never votes. */
  readonly own: Voter | null
  /** controller.quorum.auto.join.enable */
  readonly joins: boolean
}

/** A leader resigns when a majority was silent for so many fetch time-outs. Source: KIP-595. */
const CHECK_QUORUM_FACTOR = 1.5
/** No message and no file can hold a greater one. No election leads there; a word of a node that errs may. */
export const LAST_EPOCH = 0x7fff_ffff

/**
 * What a node knows, and the ways from one role to another. Each way checks that it may be gone, persists what has to
 * survive a crash, and drops what belonged to the role before. Who decides that it is gone stands in the files beside.
 */
export class RaftState {
  readonly self: ReplicaKey
  readonly history: VoterHistory
  readonly log: LogView
  readonly timings: RaftTimings
  readonly random: Pick<Random, 'below'>
  readonly bootstrapIds: readonly number[]
  readonly own: Voter | null
  readonly joins: boolean
  readonly links: PeerLinks
  nowMs = 0
  role: Role
  /** What a snapshot holds is committed, whoever leads. */
  highWatermark: number
  /** All below is durable in the own log. */
  flushedOffset: number
  isStopped = false
  /** Effects are under way after which the log is another. */
  isLogChanging = false
  readonly #elections: ElectionTimes
  #election: ElectionState
  #effects: RaftEffect[] = []

  constructor(options: RaftStateOptions) {
    this.self = options.self
    this.history = options.history
    this.log = options.log
    this.timings = options.timings
    this.random = options.random
    this.bootstrapIds = options.bootstrapIds
    this.own = options.own
    this.joins = options.joins
    this.links = new PeerLinks(options.timings)
    this.#elections = new ElectionTimes(options.timings, options.random)
    this.#election = options.election
    this.flushedOffset = options.flushedOffset
    this.highWatermark = options.log.snapshots.at(-1)?.id.offset ?? 0
    this.role = { role: 'unattached', leaderId: null, electionDeadlineMs: Number.POSITIVE_INFINITY }
  }

  get epoch(): number {
    return this.#election.epoch
  }

  get election(): ElectionState {
    return this.#election
  }

  get voters(): VoterSet {
    return this.history.voters
  }

  get voterIds(): readonly number[] {
    return this.voters.map(({ id }) => id)
  }

  /** Only then may a fetch tell the leader where the log ends. */
  get isLogDurable(): boolean {
    return this.flushedOffset >= this.log.logEndOffset
  }

  get isVoter(): boolean {
    return isVoter(this.voters, this.self.id, this.self.directoryId)
  }

  /** Whether an epoch can be begun behind this one: else nobody stands, and who stood goes on asking for the votes of this one. */
  get hasNextEpoch(): boolean {
    return this.epoch < LAST_EPOCH
  }

  get mayStand(): boolean {
    return this.isVoter && this.hasNextEpoch
  }

  get isOnlyVoter(): boolean {
    return this.voters.length === 1 && this.isVoter
  }

  get logEnd(): LogEnd {
    return endOf(this.log)
  }

  /** null when not known in this epoch. */
  get leaderId(): number | null {
    const { role } = this
    if (role.role === 'leader' || role.role === 'resigned') return this.self.id
    return role.role === 'candidate' ? null : role.leaderId
  }

  emit(effect: RaftEffect): void {
    this.#effects.push(effect)
  }

  takeEffects(): readonly RaftEffect[] {
    const effects = this.#effects
    this.#effects = []
    return effects
  }

  /**
   * The role that goes with what was remembered. A leader that restarts may have lost what it did not flush: it never leads that
   * epoch again.
   */
  recover(): void {
    const { leaderId, voted, epoch } = this.#election
    const electionDeadlineMs = this.isVoter ? this.#elections.first(this.nowMs, () => this.#nextElectionDeadline()) : Number.POSITIVE_INFINITY
    if (epoch < this.logEnd.epoch) {
      this.#persist({ epoch: this.logEnd.epoch, leaderId: null, voted: null })
      this.role = { role: 'unattached', leaderId: null, electionDeadlineMs }
    } else if (leaderId === this.self.id) {
      this.role = { role: 'resigned', electionDeadlineMs: this.#nextElectionDeadline(), successors: [], untold: this.#otherVoterIds() }
    } else if (leaderId !== null && this.voterIds.includes(leaderId)) {
      const follower = this.#follower(leaderId)
      this.role = { ...follower, fetchDeadlineMs: this.#elections.first(this.nowMs, () => follower.fetchDeadlineMs) }
    } else if (leaderId === null && voted !== null && isNamedBy(this.self, voted) && this.isVoter) {
      this.role = { role: 'candidate', tally: this.#ownTally(), electionDeadlineMs: this.#nextElectionDeadline() }
    } else {
      this.role = { role: 'unattached', leaderId, electionDeadlineMs }
    }
  }

  becomeUnattached(epoch: number, leaderId: number | null): void {
    assert(epoch > this.epoch || (epoch === this.epoch && this.role.role === 'prospective'), 'nobody is detached within its epoch')
    const electionDeadlineMs = this.#remainingElectionDeadline()
    const voted = epoch === this.epoch ? this.#election.voted : null
    this.#leaveRole()
    this.#persist({ epoch, leaderId, voted })
    this.role = { role: 'unattached', leaderId, electionDeadlineMs }
  }

  becomeFollower(epoch: number, leaderId: number): void {
    assert(leaderId !== this.self.id, 'nobody follows itself')
    assert(epoch > this.epoch || (epoch === this.epoch && this.role.role !== 'leader'), 'a leader leads until its epoch ends')
    const voted = epoch === this.epoch ? this.#election.voted : null
    this.#leaveRole()
    this.#persist({ epoch, leaderId, voted })
    this.role = this.#follower(leaderId)
    this.emit({ type: 'follow', epoch, leaderId })
  }

  becomeProspective(): void {
    assert(this.isVoter && this.role.role !== 'leader', 'a voter that does not lead may want to')
    const { leaderId } = this
    this.#leaveRole()
    this.role = { role: 'prospective', leaderId, tally: this.#ownTally(), electionDeadlineMs: this.#nextElectionDeadline() }
  }

  /** Begins an epoch and votes for itself in it. */
  becomeCandidate(): void {
    assert(this.role.role === 'prospective', 'who stands has asked before')
    assert(this.hasNextEpoch, 'nobody stands where no epoch is left')
    this.#leaveRole()
    this.#persist({ epoch: this.epoch + 1, leaderId: null, voted: this.self })
    this.role = { role: 'candidate', tally: this.#ownTally(), electionDeadlineMs: this.#nextElectionDeadline() }
  }

  becomeLeader(): void {
    assert(this.role.role === 'candidate' && this.role.tally.isWon, 'who leads was elected')
    const grantingVoterIds = this.role.tally.grantingIds
    this.#leaveRole()
    this.#persist({ epoch: this.epoch, leaderId: this.self.id, voted: null })
    const progress = new LeaderProgress({
      self: this.self,
      voters: this.voters,
      epochStartOffset: this.log.logEndOffset,
      nowMs: this.nowMs,
      checkQuorumMs: this.timings.fetchTimeoutMs * CHECK_QUORUM_FACTOR,
    })
    progress.noteOwnEnd(this.flushedOffset)
    this.role = { role: 'leader', progress, beginEpochDueMs: this.nowMs, resigns: false, heardVoters: new Map() }
    const { epoch, self, voterIds, history, own } = this
    this.emit({ type: 'open-epoch', epoch, leaderId: self.id, voterIds, grantingVoterIds, named: votersToName(history, own) })
  }

  becomeResigned(leader: Leader): void {
    const { successors } = leader.progress
    this.#leaveRole()
    this.role = { role: 'resigned', electionDeadlineMs: this.#nextElectionDeadline(), successors, untold: this.#otherVoterIds() }
  }

  /** Remembers the vote before anybody hears of it. */
  voteFor(candidate: ReplicaKey): void {
    assert(this.#election.voted === null && this.#election.leaderId === null, 'a node votes once in an epoch')
    this.#persist({ ...this.#election, voted: candidate })
    const electionDeadlineMs = this.#nextElectionDeadline()
    if (this.role.role === 'unattached' || this.role.role === 'prospective') this.role = { ...this.role, electionDeadlineMs }
  }

  /** Source: KIP-996, for what is granted to whom in which role. */
  canGrant(candidate: ReplicaKey, end: LogEnd, preVote: boolean): boolean {
    const isUpToDate = isAtLeast(end, this.logEnd)
    switch (this.role.role) {
      case 'unattached':
      case 'prospective':
        return preVote ? isUpToDate : this.#canVoteFor(candidate, isUpToDate)
      case 'follower':
        // One that is no voter, as far as it knows, has no election of its own to go into when it hears of the leader no more.
        return preVote && isUpToDate && (!this.role.hasFetched || this.role.fetchDeadlineMs <= this.nowMs)
      case 'candidate':
      case 'resigned':
        return preVote && isUpToDate
      case 'leader':
        return false
    }
  }

  /** The log was cut: so is what was known of its end. */
  noteTruncated(endOffset: number): void {
    this.flushedOffset = Math.min(this.flushedOffset, endOffset)
    this.history.truncateTo(endOffset)
  }

  commitTo(offset: number): void {
    if (offset <= this.highWatermark) return
    this.highWatermark = offset
    this.history.forgetBelow(offset)
    this.emit({ type: 'commit', highWatermark: offset })
  }

  #canVoteFor(candidate: ReplicaKey, isUpToDate: boolean): boolean {
    const { voted } = this.#election
    if (voted !== null) return isNamedBy(candidate, voted)
    return this.leaderId === null && isUpToDate
  }

  #leaveRole(): void {
    this.links.reset()
    if (this.role.role === 'leader') this.emit({ type: 'step-down', epoch: this.epoch })
  }

  #persist(state: ElectionState): void {
    assert(state.epoch >= this.epoch, 'epochs only grow')
    if (isSameElection(state, this.#election)) return
    this.#election = state
    this.emit({ type: 'persist-election', state })
  }

  #follower(leaderId: number): Follower {
    return followerOf(leaderId, this.nowMs + this.timings.fetchTimeoutMs)
  }

  #ownTally(): VoteTally {
    const tally = new VoteTally(this.voterIds)
    tally.record(this.self.id, true)
    return tally
  }

  #otherVoterIds(): Set<number> {
    return new Set(this.voterIds.filter((id) => id !== this.self.id))
  }

  /** Infinite for who is no voter. */
  #remainingElectionDeadline(): number {
    return this.isVoter ? this.#elections.remaining(this.role, this.nowMs) : Number.POSITIVE_INFINITY
  }

  #nextElectionDeadline(): number {
    return this.#elections.next(this.nowMs)
  }
}
