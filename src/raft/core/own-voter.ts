import { ErrorCode } from '../../../protocol/error-codes.ts'
import { isVoter } from '../voter-set.ts'
import type { RaftRequest, VoterChangeAnswer } from './messages.ts'
import { isNamedOtherwise } from './own-entry.ts'
import { heedAnswer, sendTo } from './peers.ts'
import type { RaftState } from './raft-state.ts'
import type { Follower } from './roles.ts'

/**
 * What a follower has to say of itself as a voter: that it listens elsewhere by now or supports other levels, or, where it
 * joins by itself, that it wants to vote: then its former directory, under the same id, goes first.
 * Source: KIP-853, KIP-1186; once in a fetch time-out, as Kafka's voters do.
 */
export function tellOfSelf(state: RaftState, role: Follower): boolean {
  if (role.selfDueMs > state.nowMs || !state.links.isFree(role.leaderId, state.nowMs)) return false
  const { fetchTimeoutMs, requestTimeoutMs } = state.timings
  const request = wordOfSelf(state, role)
  role.selfDueMs = state.nowMs + fetchTimeoutMs
  if (request === null || !sendTo(state, role.leaderId, request)) return false
  // Until it is answered, or is given up, nothing is fetched: then comes that first.
  role.selfDueMs += requestTimeoutMs
  return true
}

/** The leader heard it; what it decided comes with the log. */
export function onSelfAnswer(state: RaftState, answer: VoterChangeAnswer): void {
  const { role } = state
  if (role.role === 'follower') role.selfDueMs = state.nowMs + state.timings.fetchTimeoutMs
  // Answers to additions and removals say nothing of epoch and leader.
  if (answer.epoch < 0) return
  heedAnswer(state, answer)
  const isHeard = answer.errorCode === ErrorCode.NONE || answer.errorCode === ErrorCode.UNSUPPORTED_VERSION
  if (state.role === role && isHeard) noteHeard(state)
}

/** A leader of a version without UpdateRaftVoter need not be told again. */
export function onSelfUnsupported({ role }: RaftState): void {
  if (role.role === 'follower') role.hasToldSelf = true
}

function noteHeard({ role, nowMs, timings }: RaftState): void {
  if (role.role !== 'follower') return
  role.hasToldSelf = true
  role.fetchDeadlineMs = nowMs + timings.fetchTimeoutMs
}

function wordOfSelf(state: RaftState, role: Follower): RaftRequest | null {
  const { own, voters, epoch, history, timings } = state
  if (own === null) return null
  const isDynamic = history.kraftVersion > 0
  if (isVoter(voters, own.id, own.directoryId)) {
    const isDue = isDynamic ? isNamedOtherwise(voters, own) : !role.hasToldSelf
    return isDue ? { type: 'update-voter', voter: own, epoch } : null
  }
  if (!state.joins || !isDynamic) return null
  const former = voters.find(({ id }) => id === own.id)
  if (former !== undefined) return { type: 'remove-voter', voter: { id: former.id, directoryId: former.directoryId } }
  return { type: 'add-voter', voter: own, ackWhenCommitted: false, timeoutMs: timings.requestTimeoutMs }
}
