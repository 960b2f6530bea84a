import { ErrorCode } from '../../../protocol/error-codes.ts'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import { isVoter, type Voter, type VoterSet } from '../voter-set.ts'
import { sameReplica, type VoterChangeRequest } from './messages.ts'
import { answerHead, refusalOfLeader } from './peers.ts'
import type { RaftState } from './raft-state.ts'

interface PendingChange {
  /** Of the request; null when it was answered already. */
  readonly id: number | null
  readonly epoch: number
  /** Where the record that names the voters was to be written. */
  readonly offset: number
  readonly deadlineMs: number
}

interface Refusal {
  readonly errorCode: number
  readonly message: string | null
}

type Decision = { readonly voters: VoterSet } | Refusal

/** A voter is added only when it has fetched of late, and has had all there was: or the quorum may wait for it. */
const CAUGHT_UP_WITHIN_MS = 3_600_000

/**
 * Voters that come, go or move, one change at a time: the next is taken when the one before is committed, and the first of a
 * leader when it has committed something of its own epoch. So two majorities always share a voter. Source: KIP-853.
 *
 * The shell has asked a voter that comes for the versions of its features, and its request carries them.
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
    const decision = this.#decide(request)
    if ('errorCode' in decision) {
      this.#reply(id, decision)
      return
    }
    const state = this.#state
    const answersNow = request.type === 'add-voter' && !request.ackWhenCommitted
    const timeoutMs = request.type === 'add-voter' ? request.timeoutMs : state.timings.requestTimeoutMs
    this.#pending = { id: answersNow ? null : id, epoch: state.epoch, offset: state.log.logEndOffset, deadlineMs: state.nowMs + timeoutMs }
    state.emit({ type: 'append-voters', epoch: state.epoch, voters: decision.voters })
    if (answersNow) this.#reply(id, DONE)
  }

  /** Answers for the change under way when it is committed, or it is not known whether it ever will be. */
  settle(): void {
    const { role, epoch, highWatermark, nowMs } = this.#state
    const pending = this.#pending
    if (pending === null) return
    const isLeading = role.role === 'leader' && epoch === pending.epoch
    if (isLeading && pending.offset >= highWatermark && pending.deadlineMs > nowMs) return
    this.#pending = null
    if (pending.id === null) return
    if (isLeading) this.#reply(pending.id, pending.offset < highWatermark ? DONE : timedOut('the change was not committed in time'))
    else this.#reply(pending.id, { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, message: null })
  }

  #decide(request: VoterChangeRequest): Decision {
    const refusal = this.#refusal(request)
    if (refusal !== null) return refusal
    switch (request.type) {
      case 'add-voter':
        return this.#added(request.voter)
      case 'remove-voter':
        return removed(this.#state.voters, request.voter)
      case 'update-voter':
        return updated(this.#state.voters, request.voter)
    }
  }

  #refusal(request: VoterChangeRequest): Refusal | null {
    const { history, highWatermark, role, epoch } = this.#state
    const errorCode = refusalOfLeader(this.#state, request.type === 'update-voter' ? request.epoch : epoch)
    if (errorCode !== ErrorCode.NONE) return { errorCode, message: null }
    if (this.#pending !== null) return timedOut('Request timed out waiting for leader to handle previous voter change request')
    const hasCommitted = role.role === 'leader' && role.progress.committedOffset !== null
    if (!hasCommitted) return timedOut('Request timed out waiting for leader to establish HWM and fence previous voter changes')
    if (history.kraftVersion < 1) {
      return {
        errorCode: ErrorCode.UNSUPPORTED_VERSION,
        message: `Cluster doesn't support ${request.type === 'remove-voter' ? 'removing' : 'adding'} voter because the kraft.version feature is ${history.kraftVersion}`,
      }
    }
    if (history.latestOffset === null || history.latestOffset >= highWatermark) {
      return timedOut(`Request timed out waiting for voters to commit the latest voter change at ${history.latestOffset} with HWM ${highWatermark}`)
    }
    return null
  }

  #added(voter: Voter): Decision {
    const { voters, history } = this.#state
    if (voters.some(({ id }) => id === voter.id)) {
      return { errorCode: ErrorCode.DUPLICATE_VOTER, message: `The voter id for ${voter.id} is already part of the set of voters` }
    }
    if (voter.minKraftVersion > history.kraftVersion || voter.maxKraftVersion < history.kraftVersion) {
      return {
        errorCode: ErrorCode.INVALID_REQUEST,
        message: `Aborted add voter operation for ${voter.id} since kraft.version range doesn't hold ${history.kraftVersion}`,
      }
    }
    if (!this.#isCaughtUp(voter)) return timedOut(`Aborted add voter operation for ${voter.id} since it is lagging behind`)
    return { voters: [...voters, voter] }
  }

  #isCaughtUp(voter: Voter): boolean {
    const { role, nowMs } = this.#state
    if (role.role !== 'leader') return false
    const observer = role.progress.observers.find(({ key }) => sameReplica(key, { id: voter.id, directoryId: voter.directoryId }))
    return observer !== undefined && observer.lastCaughtUpMs >= 0 && nowMs - observer.lastFetchMs < CAUGHT_UP_WITHIN_MS
  }

  #reply(id: number, { errorCode, message }: Refusal): void {
    this.#state.emit({ type: 'reply', id, answer: { type: 'voter-change', ...answerHead(this.#state, errorCode), message } })
  }
}

const DONE: Refusal = { errorCode: ErrorCode.NONE, message: null }

function timedOut(message: string): Refusal {
  return { errorCode: ErrorCode.REQUEST_TIMED_OUT, message }
}

function removed(voters: VoterSet, key: { readonly id: number; readonly directoryId: Voter['directoryId'] }): Decision {
  const others = voters.filter((voter) => !sameReplica(voter, key))
  // The last one stays: nobody would be left to commit that it went.
  if (others.length === voters.length || others.length === 0) {
    return { errorCode: ErrorCode.VOTER_NOT_FOUND, message: `Cannot remove voter ${key.id} (directory ${key.directoryId}) from the set of voters` }
  }
  return { voters: others }
}

function updated(voters: VoterSet, voter: Voter): Decision {
  const isKnown = voter.directoryId !== ZERO_UUID && isVoter(voters, voter.id, voter.directoryId)
  if (!isKnown) return { errorCode: ErrorCode.VOTER_NOT_FOUND, message: null }
  return { voters: voters.map((known) => (known.id === voter.id ? voter : known)) }
}
