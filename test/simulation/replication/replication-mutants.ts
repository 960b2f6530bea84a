/** One rule of replication broken at a time, to show that its simulation would see it. See `Mutant`. */
import { Following } from '../../../src/replication/following.ts'
import { LeaderState } from '../../../src/replication/leader-state.ts'
import { PartitionLog } from '../../../src/storage/log/partition-log.ts'
import { commitWhatTheLeaderAloneHas } from '../mutants/broken-rules.ts'
import type { Mutant } from '../mutants/mutant.ts'
import { replaced } from '../mutants/replaced.ts'
import { playReplication } from './replication-story.ts'

export const replicationMutants: readonly Mutant[] = [
  {
    name: 'commits what no follower has',
    play: playReplication,
    seenWithin: 10,
    apply: commitWhatTheLeaderAloneHas,
  },
  {
    name: 'takes followers for in sync that lack what is committed',
    play: playReplication,
    seenWithin: 10,
    apply: () =>
      replaced(
        LeaderState.prototype,
        'mayJoin',
        () =>
          function (this: LeaderState, replicaId, _, isEligible) {
            const brokerEpoch = this.brokerEpochOf(replicaId)
            return brokerEpoch !== null && this.isr.pending === null && !this.isr.committed.includes(replicaId) && isEligible(replicaId, brokerEpoch)
          },
      ),
  },
  {
    name: 'goes on behind records that its leader never had',
    play: playReplication,
    seenWithin: 10,
    apply: () => replaced(Following.prototype, 'truncateTo', () => () => Promise.resolve(true)),
  },
  {
    name: 'notes no leader epoch when it begins to lead',
    play: playReplication,
    seenWithin: 100,
    apply: () => replaced(PartitionLog.prototype, 'assignEpochStartOffset', () => () => {}),
  },
  {
    name: 'takes every log for the same as its own',
    play: playReplication,
    seenWithin: 10,
    apply: () =>
      replaced(
        PartitionLog.prototype,
        'endOffsetForEpoch',
        () =>
          function (this: PartitionLog, leaderEpoch) {
            return { leaderEpoch, endOffset: this.logEndOffset }
          },
      ),
  },
]
