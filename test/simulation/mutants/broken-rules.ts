import { METADATA_TOPIC } from '../../../protocol/internal-topics.ts'
import { OffsetStore } from '../../../src/group/offsets/offset-store.ts'
import { LeaderProgress } from '../../../src/raft/core/leader-progress.ts'
import { RaftState } from '../../../src/raft/core/raft-state.ts'
import { VoteTally } from '../../../src/raft/core/vote-tally.ts'
import { LeaderState } from '../../../src/replication/leader-state.ts'
import { PartitionLog } from '../../../src/storage/log/partition-log.ts'
import { LogManager } from '../../../src/storage/log-manager.ts'
import { ProducerState } from '../../../src/storage/producer/producer-state.ts'
import { replaced, replacedGetter } from './replaced.ts'

/** Rules that more than one simulation has to see broken. Each breaks one until the returned function is called. */

export function forgetVotes(): () => void {
  return replaced(RaftState.prototype, 'voteFor', () => () => {})
}

export function takeEveryAnswerForAVote(): () => void {
  return replaced(
    VoteTally.prototype,
    'record',
    (original) =>
      function (this: VoteTally, voterId) {
        original.call(this, voterId, true)
      },
  )
}

export function commitMetadataThatOneVoterHas(): () => void {
  return replacedGetter(LeaderProgress.prototype, 'committedOffset', (original, progress) => {
    const offset = original()
    return offset === null ? null : Math.max(...progress.voters.map(({ endOffset }) => endOffset))
  })
}

export function commitOneMetadataRecordMore(): () => void {
  return replaced(
    RaftState.prototype,
    'commitTo',
    (original) =>
      function (this: RaftState, offset) {
        original.call(this, offset + 1)
      },
  )
}

export function takeMetadataForFlushed(): () => void {
  return replaced(
    PartitionLog.prototype,
    'flush',
    (original) =>
      function (this: PartitionLog) {
        return this.topic === METADATA_TOPIC ? Promise.resolve() : original.call(this)
      },
  )
}

export function commitWhatTheLeaderAloneHas(): () => void {
  return replaced(
    LeaderState.prototype,
    'committedOffset',
    () =>
      ({ logEndOffset }) =>
        logEndOffset,
  )
}

export function forgetProducers(): () => void {
  return replaced(ProducerState.prototype, 'get', () => () => undefined)
}

export function keepFirstCommittedOffset(): () => void {
  return replaced(
    OffsetStore.prototype,
    'replay',
    (original) =>
      function (this: OffsetStore, record, at) {
        if (this.committed(record.groupId, record.topic, record.partition) === undefined) original.call(this, record, at)
      },
  )
}

export function deleteOneRecordMore(): () => void {
  return replaced(
    PartitionLog.prototype,
    'incrementLogStartOffset',
    (original) =>
      function (this: PartitionLog, offset) {
        return original.call(this, Math.min(offset + 1, this.highWatermark))
      },
  )
}

export function keepDeletedLogs(): () => void {
  return replaced(LogManager.prototype, 'deleteLog', () => async () => {})
}
