import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { RaftEvent } from './effects.ts'
import { onPreVoteUnsupported, onVoteAnswer } from './elections.ts'
import { onFetchAnswer, onNodeGone, onSnapshotAnswer, onSnapshotRefused } from './follow.ts'
import type { RaftAnswer } from './messages.ts'
import { onSelfAnswer, onSelfUnsupported } from './own-voter.ts'
import { heedAnswer } from './peers.ts'
import type { RaftState } from './raft-state.ts'

/** What becomes of what this node asked others: whose epoch it is comes first, and then what was asked for. */
export function onAnswer(state: RaftState, from: number, answer: RaftAnswer): void {
  if (answer.errorCode !== ErrorCode.NONE) state.links.pause(from, state.nowMs)
  if (answer.type === 'end-epoch' && state.role.role === 'resigned') state.role.untold.delete(from)
  if (answer.type === 'voter-change') {
    onSelfAnswer(state, answer)
    return
  }
  if (!heedAnswer(state, answer)) {
    if (answer.type === 'fetch-snapshot') onSnapshotRefused(state, answer.errorCode)
    return
  }
  switch (answer.type) {
    case 'vote':
      onVoteAnswer(state, from, answer)
      return
    case 'begin-epoch':
      if (state.role.role === 'leader') state.role.progress.noteKnowsLeader(from)
      return
    case 'end-epoch':
      return
    case 'fetch':
      onFetchAnswer(state, answer)
      return
    case 'fetch-snapshot':
      onSnapshotAnswer(state, answer)
      return
  }
}

export function onUnanswered(state: RaftState, { from, unsupported, isGone }: Extract<RaftEvent, { type: 'unanswered' }>): void {
  state.links.pause(from, state.nowMs)
  if (isGone) onNodeGone(state, from)
  if (!unsupported) return
  onPreVoteUnsupported(state)
  onSelfUnsupported(state)
}
