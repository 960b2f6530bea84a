/** One rule of replication broken at a time, to show that its simulation would see it. */
import { Following } from '../../../src/replication/following.ts'
import { LeaderState } from '../../../src/replication/leader-state.ts'
import { PartitionLog } from '../../../src/storage/log/partition-log.ts'
import { replaced } from '../replaced.ts'
import { playReplication } from './replication-story.ts'

export interface ReplicationMutant {
  /** What it does wrong. */
  readonly name: string
  /** Seeds from 1 on of which one shows it. */
  readonly seenWithin: number
  /** Breaks the rule until the returned function is called. */
  apply(): () => void
}

export const replicationMutants: readonly ReplicationMutant[] = [
  {
    name: 'commits what no follower has',
    seenWithin: 10,
    apply: () =>
      replaced(
        LeaderState.prototype,
        'committedOffset',
        () =>
          ({ logEndOffset }) =>
            logEndOffset,
      ),
  },
  {
    name: 'takes followers for in sync that lack what is committed',
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
    seenWithin: 10,
    apply: () => replaced(Following.prototype, 'truncateTo', () => () => Promise.resolve(true)),
  },
  {
    name: 'notes no leader epoch when it begins to lead',
    seenWithin: 100,
    apply: () => replaced(PartitionLog.prototype, 'assignEpochStartOffset', () => () => {}),
  },
  {
    name: 'takes every log for the same as its own',
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

/** How many seeds it takes until one shows the mutant; null when none does. */
export async function seedsUntilSeen(mutant: ReplicationMutant): Promise<number | null> {
  const undo = mutant.apply()
  try {
    for (let seed = 1; seed <= mutant.seenWithin; seed++) {
      try {
        await playReplication(seed)
      } catch {
        // What it says is the mutant's story.
        return seed
      }
    }
    return null
  } finally {
    undo()
  }
}
