import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { AnswerHead, RaftRequest } from './messages.ts'
import type { RaftState } from './raft-state.ts'
import { isNamedBy, type ReplicaKey } from './replica-key.ts'

/** What all requests and answers have in common: the epoch in which they were said, and who leads it. */

export function answerHead(state: RaftState, errorCode: number): AnswerHead {
  return { errorCode, epoch: state.epoch, leaderId: state.leaderId }
}

/** @returns whether it could be sent now: each node is asked one thing at a time */
export function sendTo(state: RaftState, to: number, request: RaftRequest): boolean {
  const id = state.links.open(to, state.nowMs)
  if (id === null) return false
  state.emit({ type: 'send', to, id, request })
  return true
}

/** NONE, or why a voter's request (Vote, BeginQuorumEpoch, EndQuorumEpoch) is refused. */
export function refusalOfEpoch(state: RaftState, senderId: number, epoch: number): number {
  if (epoch < state.epoch) return ErrorCode.FENCED_LEADER_EPOCH
  return senderId < 0 ? ErrorCode.INVALID_REQUEST : ErrorCode.NONE
}

/** NONE, or why a request that only the leader of the epoch answers is refused. */
export function refusalOfLeader(state: RaftState, epoch: number): number {
  if (epoch < state.epoch) return ErrorCode.FENCED_LEADER_EPOCH
  if (epoch > state.epoch) return ErrorCode.UNKNOWN_LEADER_EPOCH
  if (state.role.role !== 'leader') return ErrorCode.NOT_LEADER_OR_FOLLOWER
  return state.isStopped ? ErrorCode.BROKER_NOT_AVAILABLE : ErrorCode.NONE
}

/** False when the sender takes this node for one with another disk. Source: KIP-853. */
export function isForThisReplica(state: RaftState, voter: ReplicaKey | null): boolean {
  return voter === null || isNamedBy(state.self, voter)
}

/** Two leaders of one epoch, or one that this node knows not to lead: whoever says so is in error. */
export function contradicts(state: RaftState, epoch: number, leaderId: number | null): boolean {
  if (leaderId === null) return false
  if (leaderId === state.self.id) return state.role.role !== 'leader' && epoch >= state.epoch
  return epoch === state.epoch && state.leaderId !== null && state.leaderId !== leaderId
}

/** Follows a word of a newer epoch, or of the leader of this one. The caller knows that it does not contradict. */
export function believe(state: RaftState, epoch: number, leaderId: number | null): void {
  if (leaderId === state.self.id) return
  if (epoch > state.epoch) {
    if (leaderId === null) state.becomeUnattached(epoch, null)
    else state.becomeFollower(epoch, leaderId)
  } else if (epoch === state.epoch && leaderId !== null && canFollow(state)) {
    state.becomeFollower(epoch, leaderId)
  }
}

/**
 * What an answer says of epoch and leader comes first.
 *
 * @returns whether the rest of the answer counts
 */
export function heedAnswer(state: RaftState, answer: AnswerHead): boolean {
  const { errorCode, epoch, leaderId } = answer
  if (epoch < state.epoch || errorCode === ErrorCode.UNKNOWN_LEADER_EPOCH || contradicts(state, epoch, leaderId)) return false
  const isElsewhere = epoch > state.epoch || errorCode === ErrorCode.FENCED_LEADER_EPOCH || errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER
  if (isElsewhere) {
    believe(state, epoch, leaderId)
    return false
  }
  const before = state.role
  believe(state, epoch, leaderId)
  return errorCode === ErrorCode.NONE && state.role === before
}

/** Not one who follows it already, nor who knew the leader and wants to lead after it: that one waits for its votes. */
function canFollow({ role }: RaftState): boolean {
  return role.role === 'unattached' || role.role === 'candidate' || (role.role === 'prospective' && role.leaderId === null)
}
