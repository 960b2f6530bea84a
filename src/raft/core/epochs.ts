import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { BeginEpochRequest, EndEpochRequest, EpochAnswer } from './messages.ts'
import { answerHead, believe, contradicts, isForThisReplica, refusalOfEpoch, sendTo } from './peers.ts'
import type { RaftState } from './raft-state.ts'
import type { ReplicaKey } from './replica-key.ts'
import type { Leader, Resigned } from './roles.ts'

/** A leader says when its epoch begins, and when it ends before its time. Source: KIP-595, KIP-853. */

export function answerBeginEpoch(state: RaftState, request: BeginEpochRequest): EpochAnswer {
  const errorCode = refusalOfWord(state, request)
  if (errorCode !== ErrorCode.NONE) return { type: 'begin-epoch', ...answerHead(state, errorCode) }
  believe(state, request.epoch, request.leaderId)
  const isMeant = isForThisReplica(state, request.voter)
  return { type: 'begin-epoch', ...answerHead(state, isMeant ? ErrorCode.NONE : ErrorCode.INVALID_VOTER_KEY) }
}

/** Those whom the old leader prefers stand at once, one after another; others later. */
export function answerEndEpoch(state: RaftState, request: EndEpochRequest): EpochAnswer {
  const errorCode = refusalOfWord(state, request)
  if (errorCode !== ErrorCode.NONE) return { type: 'end-epoch', ...answerHead(state, errorCode) }
  believe(state, request.epoch, request.leaderId)
  const { role } = state
  if (role.role === 'follower' && role.leaderId === request.leaderId) {
    role.fetchDeadlineMs = state.nowMs + electionBackoff(state, request.preferredCandidates)
  }
  return { type: 'end-epoch', ...answerHead(state, ErrorCode.NONE) }
}

/** Tells voters that were silent for half a fetch time-out that this node leads: they may not know where to fetch. */
export function tellEpoch(state: RaftState, leader: Leader): void {
  if (leader.beginEpochDueMs > state.nowMs) return
  const periodMs = beginEpochPeriodMs(state)
  for (const voter of leader.progress.unawareVoters(state.nowMs, periodMs)) {
    sendTo(state, voter.id, { type: 'begin-epoch', voter, leaderId: state.self.id, epoch: state.epoch })
  }
  leader.beginEpochDueMs = state.nowMs + periodMs
}

export function tellEnd(state: RaftState, role: Resigned): void {
  for (const id of role.untold) {
    sendTo(state, id, { type: 'end-epoch', leaderId: state.self.id, epoch: state.epoch, preferredCandidates: role.successors })
  }
}

function beginEpochPeriodMs(state: RaftState): number {
  return Math.floor(state.timings.fetchTimeoutMs / 2)
}

function refusalOfWord(state: RaftState, { epoch, leaderId }: { readonly epoch: number; readonly leaderId: number }): number {
  const errorCode = refusalOfEpoch(state, leaderId, epoch)
  if (errorCode === ErrorCode.NONE && contradicts(state, epoch, leaderId)) return ErrorCode.INVALID_REQUEST
  return errorCode
}

/** The first stands at once; each further one waits twice as long as the one before, up to the setting. */
function electionBackoff(state: RaftState, preferred: readonly ReplicaKey[]): number {
  const { self, timings } = state
  const place = preferred.findIndex(({ id }) => id === self.id)
  if (place === 0) return 0
  if (place < 0) return timings.electionBackoffMaxMs
  const stepMs = Math.floor(timings.electionBackoffMaxMs / 2 ** (preferred.length - 1))
  return Math.min(stepMs * 2 ** (place - 1), timings.electionBackoffMaxMs)
}
