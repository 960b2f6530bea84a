import { ErrorCode, errorMessage, errorName } from '../../../protocol/error-codes.ts'
import { isVoter, type Voter, type VoterSet } from '../voter-set.ts'
import type { VersionRange } from './effects.ts'
import type { AddVoterRequest, RemoveVoterRequest, UpdateVoterRequest, VoterChangeRequest } from './messages.ts'
import { answerHead, refusalOfLeader } from './peers.ts'
import type { RaftState } from './raft-state.ts'
import { replicasText, replicaText, sameReplica } from './replica-key.ts'

/** An addition or a removal that was taken. */
interface PendingChange {
  /** Of the request. */
  readonly id: number
  readonly epoch: number
  readonly deadlineMs: number
  /** Of an addition whose voter is asked what it supports. */
  readonly asked: AddVoterRequest | null
  /** Where the record that names the voters is to be written; null while that is not decided. */
  readonly offset: number | null
  readonly isAnswered: boolean
}

interface Refusal {
  readonly errorCode: number
  readonly message: string | null
}

/** A voter is added only when it has fetched of late, and has had all there was: or the quorum may wait for it. */
const CAUGHT_UP_WITHIN_MS = 3_600_000
const DONE: Refusal = { errorCode: ErrorCode.NONE, message: null }

/**
 * The leader's side of voters that come, go or move, one change at a time: the next is taken when the one before is committed,
 * and the first of a leader when it has committed something of its own epoch. So two majorities always share a voter.
 * A voter that comes is asked first which levels it supports. Source: KIP-853; KIP-1186; the answers are Kafka's.
 */
export class VoterChanges {
  readonly #state: RaftState
  #pending: PendingChange | null = null

  constructor(state: RaftState) {
    this.#state = state
  }

  get deadlineMs(): number {
    return this.#pending?.deadlineMs ?? Number.POSITIVE_INFINITY
  }

  /** This node leads a quorum of which it is no voter any longer, and that is committed. */
  get isRemovedFromQuorum(): boolean {
    const { role, isVoter: isOwnVoter, highWatermark, history } = this.#state
    return role.role === 'leader' && !isOwnVoter && history.latestOffset !== null && history.latestOffset < highWatermark
  }

  serve(id: number, request: VoterChangeRequest): void {
    const refusal = this.#refusal(request)
    if (refusal !== null) {
      this.#reply(id, refusal)
      return
    }
    switch (request.type) {
      case 'add-voter':
        this.#add(id, request)
        return
      case 'remove-voter':
        this.#remove(id, request)
        return
      case 'update-voter':
        this.#reply(id, this.#update(request))
        return
    }
  }

  /** @param range null when the node says nothing of `kraft.version` */
  onVersions(id: number, errorCode: number, range: VersionRange | null): void {
    const pending = this.#pending
    if (pending?.id !== id || pending.asked === null || !this.#isOwn(pending)) return
    const refusal = this.#refusalOfVersions(pending.asked.voter, errorCode, range)
    if (refusal !== null || range === null) {
      this.#end(refusal ?? DONE)
      return
    }
    const { voter, ackWhenCommitted } = pending.asked
    this.#pending = { ...pending, asked: null, offset: this.#state.log.logEndOffset, isAnswered: !ackWhenCommitted }
    this.#append([...this.#state.voters, { ...voter, minKraftVersion: range.min, maxKraftVersion: range.max }])
    if (!ackWhenCommitted) this.#reply(id, DONE)
  }

  /** Answers for the change under way when it is committed, or it is not known whether it ever will be. */
  settle(): void {
    const pending = this.#pending
    if (pending === null) return
    const { highWatermark, nowMs } = this.#state
    if (!this.#isOwn(pending)) this.#end(refused(ErrorCode.NOT_LEADER_OR_FOLLOWER))
    else if (pending.offset !== null && pending.offset < highWatermark) this.#end(DONE)
    else if (pending.deadlineMs <= nowMs) this.#end(refused(ErrorCode.REQUEST_TIMED_OUT))
  }

  #isOwn({ epoch }: PendingChange): boolean {
    return this.#state.role.role === 'leader' && this.#state.epoch === epoch
  }

  #refusal(request: VoterChangeRequest): Refusal | null {
    const { history, highWatermark, role, epoch } = this.#state
    const errorCode = refusalOfLeader(this.#state, request.type === 'update-voter' ? request.epoch : epoch)
    if (errorCode !== ErrorCode.NONE) return { errorCode, message: '' }
    if (this.#pending !== null) return timedOut('Request timed out waiting for leader to handle previous voter change request')
    const hasCommitted = role.role === 'leader' && role.progress.committedOffset !== null
    if (!hasCommitted) return timedOut('Request timed out waiting for leader to establish HWM and fence previous voter changes')
    if (history.kraftVersion < 1) return request.type === 'update-voter' ? null : unsupported(request, history.kraftVersion)
    if (history.latestOffset !== null && history.latestOffset < highWatermark) return null
    const offset = history.latestOffset === null ? 'Optional.empty' : `Optional[${history.latestOffset}]`
    return timedOut(`Request timed out waiting for voters to commit the latest voter change at ${offset} with HWM ${highWatermark}`)
  }

  #add(id: number, request: AddVoterRequest): void {
    const { voters } = this.#state
    const { voter } = request
    if (voters.some((known) => known.id === voter.id)) {
      const message = `The voter id for ${replicaText(voter)} is already part of the set of voters ${replicasText(voters)}.`
      this.#reply(id, { errorCode: ErrorCode.DUPLICATE_VOTER, message })
      return
    }
    this.#pending = { ...this.#taken(id), asked: request, offset: null }
    this.#state.emit({ type: 'ask-versions', id, voter })
  }

  #remove(id: number, { voter }: RemoveVoterRequest): void {
    const { voters } = this.#state
    const others = voters.filter((known) => !sameReplica(known, voter))
    // The last one stays: nobody would be left to commit that it went.
    if (others.length === voters.length || others.length === 0) {
      const message = `Cannot remove voter ${replicaText(voter)} from the set of voters ${replicasText(voters)}`
      this.#reply(id, { errorCode: ErrorCode.VOTER_NOT_FOUND, message })
      return
    }
    this.#pending = { ...this.#taken(id), asked: null, offset: this.#state.log.logEndOffset }
    this.#append(others)
  }

  /** Answered at once. In a static quorum the voters stay, and the leader remembers what it heard for the day that they are named. */
  #update({ voter }: UpdateVoterRequest): Refusal {
    const { voters, history, role, nowMs } = this.#state
    if (!holds({ min: voter.minKraftVersion, max: voter.maxKraftVersion }, history.kraftVersion)) return refused(ErrorCode.INVALID_REQUEST)
    if (!isVoter(voters, voter.id, voter.directoryId) || role.role !== 'leader') return refused(ErrorCode.VOTER_NOT_FOUND)
    if (history.kraftVersion < 1) role.heardVoters.set(voter.id, voter)
    else this.#append(voters.map((known) => (known.id === voter.id ? voter : known)))
    role.progress.noteSnapshotFetch({ id: voter.id, directoryId: voter.directoryId }, nowMs)
    return DONE
  }

  #refusalOfVersions(voter: Voter, errorCode: number, range: VersionRange | null): Refusal | null {
    if (errorCode !== ErrorCode.NONE) return timedOut(`Aborted add voter operation for since API_VERSIONS returned an error ${errorName(errorCode)}`)
    const { kraftVersion } = this.#state.history
    if (range === null || !holds(range, kraftVersion)) {
      const ranged = range === null ? '(min: 0, max: 0)' : `(min: ${range.min}, max: ${range.max}`
      const message = `Aborted add voter operation for ${replicaText(voter)} since the kraft.version range ${ranged} doesn't support the finalized version ${kraftVersion}`
      return { errorCode: ErrorCode.INVALID_REQUEST, message }
    }
    return this.#isCaughtUp(voter) ? null : timedOut(`Aborted add voter operation for ${replicaText(voter)} since it is lagging behind`)
  }

  #isCaughtUp(voter: Voter): boolean {
    const { role, nowMs } = this.#state
    if (role.role !== 'leader') return false
    const observer = role.progress.observers.find(({ key }) => sameReplica(key, voter))
    return observer !== undefined && observer.lastCaughtUpMs >= 0 && nowMs - observer.lastFetchMs < CAUGHT_UP_WITHIN_MS
  }

  #taken(id: number) {
    const { epoch, nowMs, timings } = this.#state
    return { id, epoch, deadlineMs: nowMs + timings.requestTimeoutMs, isAnswered: false }
  }

  #append(voters: VoterSet): void {
    this.#state.emit({ type: 'append-voters', epoch: this.#state.epoch, voters })
  }

  #end(outcome: Refusal): void {
    const pending = this.#pending
    this.#pending = null
    if (pending !== null && !pending.isAnswered) this.#reply(pending.id, outcome)
  }

  #reply(id: number, { errorCode, message }: Refusal): void {
    this.#state.emit({ type: 'reply', id, answer: { type: 'voter-change', ...answerHead(this.#state, errorCode), message } })
  }
}

function holds({ min, max }: VersionRange, version: number): boolean {
  return min <= version && version <= max
}

function refused(errorCode: number): Refusal {
  return { errorCode, message: errorMessage(errorCode) }
}

function timedOut(message: string): Refusal {
  return { errorCode: ErrorCode.REQUEST_TIMED_OUT, message }
}

function unsupported({ type }: AddVoterRequest | RemoveVoterRequest, kraftVersion: number): Refusal {
  const doing = type === 'add-voter' ? 'adding' : 'removing'
  const message = `Cluster doesn't support ${doing} voter because the kraft.version feature is ${kraftVersion}`
  return { errorCode: ErrorCode.UNSUPPORTED_VERSION, message }
}
