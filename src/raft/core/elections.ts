import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { AnswerHead, VoteAnswer, VoteRequest } from './messages.ts'
import { answerHead, isForThisReplica, refusalOfEpoch, sendTo } from './peers.ts'
import type { RaftState } from './raft-state.ts'
import type { Candidate, Prospective } from './roles.ts'

/**
 * Who leads next. A voter that hears of no leader for its time-out first asks whether it would be elected, and begins an
 * epoch only when a majority says so: one that is cut off, or whose log is behind, disturbs nobody.
 * Source: KIP-595, KIP-853, KIP-996.
 */
export function answerVote(state: RaftState, request: VoteRequest): VoteAnswer {
  const errorCode = refusalOfVote(state, request)
  if (errorCode !== ErrorCode.NONE) return { type: 'vote', ...answerHead(state, errorCode), granted: false }
  if (request.epoch > state.epoch) state.becomeUnattached(request.epoch, null)
  if (!isForThisReplica(state, request.voter)) return { type: 'vote', ...answerHead(state, ErrorCode.INVALID_VOTER_KEY), granted: false }
  const granted = state.canGrant(request.candidate, { offset: request.lastOffset, epoch: request.lastEpoch }, request.preVote)
  if (granted && !request.preVote && state.election.voted === null) state.voteFor(request.candidate)
  return { type: 'vote', ...answerHead(state, ErrorCode.NONE), granted }
}

export function onVoteAnswer(state: RaftState, from: number, answer: VoteAnswer): void {
  if (answer.errorCode !== ErrorCode.NONE) return
  const { role } = state
  if (role.role !== 'prospective' && role.role !== 'candidate') return
  role.tally.record(from, answer.granted)
  goForward(state)
  if (state.role.role === 'prospective' && state.role.tally.isLost) loseHope(state, state.role)
}

/** A voter of a version without pre-votes cannot be asked for one: the election itself decides. Source: KIP-996. */
export function onPreVoteUnsupported(state: RaftState): void {
  if (state.role.role !== 'prospective') return
  state.becomeCandidate()
  goForward(state)
}

export function wantToLead(state: RaftState): void {
  state.becomeProspective()
  goForward(state)
}

/** With one voter, its own vote takes it all the way. */
export function goForward(state: RaftState): void {
  if (state.role.role === 'prospective' && state.role.tally.isWon) state.becomeCandidate()
  if (state.role.role === 'candidate' && state.role.tally.isWon) state.becomeLeader()
}

export function pollNominee(state: RaftState, role: Prospective | Candidate): void {
  if (role.electionDeadlineMs > state.nowMs || !state.hasNextEpoch) {
    askForVotes(state, role)
    return
  }
  if (role.role === 'candidate') wantToLead(state)
  else loseHope(state, role)
}

function askForVotes(state: RaftState, role: Prospective | Candidate): void {
  const { epoch, self, logEnd } = state
  for (const voterId of role.tally.openIds) {
    const voter = state.voters.find(({ id }) => id === voterId)
    if (voter === undefined) continue
    sendTo(state, voterId, {
      type: 'vote',
      voter: { id: voterId, directoryId: voter.directoryId },
      candidate: self,
      epoch,
      lastOffset: logEnd.offset,
      lastEpoch: logEnd.epoch,
      preVote: role.role === 'prospective',
    })
  }
}

/** It would not be elected: back to the leader that it had, or to nobody. */
function loseHope(state: RaftState, { leaderId }: Prospective): void {
  if (leaderId !== null && state.voterIds.includes(leaderId)) state.becomeFollower(state.epoch, leaderId)
  else state.becomeUnattached(state.epoch, leaderId)
}

function refusalOfVote(state: RaftState, request: VoteRequest): AnswerHead['errorCode'] {
  const { epoch, lastOffset, lastEpoch, preVote, candidate } = request
  // A candidate has just begun its epoch, so that nothing in its log is of it; who only asks may have followed in it.
  const isTooNew = preVote ? lastEpoch > epoch : lastEpoch >= epoch
  if (lastOffset < 0 || lastEpoch < 0 || isTooNew) return ErrorCode.INVALID_REQUEST
  return refusalOfEpoch(state, candidate.id, epoch)
}
