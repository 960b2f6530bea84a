/** One rule of clusters broken at a time, to show that the simulation of whole clusters sees it: half of them with the first seed. See `mutants.ts`. */
import { METADATA_TOPIC } from '../../../protocol/internal-topics.ts'
import { BrokerSessions } from '../../../src/controller/brokers/broker-sessions.ts'
import { CatchUp } from '../../../src/controller/brokers/catch-up.ts'
import { OffsetStore } from '../../../src/group/offsets/offset-store.ts'
import { LeaderProgress } from '../../../src/raft/core/leader-progress.ts'
import { RaftState } from '../../../src/raft/core/raft-state.ts'
import { VoteTally } from '../../../src/raft/core/vote-tally.ts'
import { Following } from '../../../src/replication/following.ts'
import { LeaderState } from '../../../src/replication/leader-state.ts'
import { PartitionLog } from '../../../src/storage/log/partition-log.ts'
import { LogManager } from '../../../src/storage/log-manager.ts'
import { ProducerState } from '../../../src/storage/producer/producer-state.ts'
import type { Mutant } from '../mutants.ts'
import { replaced, replacedGetter } from '../replaced.ts'
import { cluster as scenario } from '../scenarios/cluster.ts'

export const clusterMutants: readonly Mutant[] = [
  {
    name: 'forgets for whom it voted',
    scenario,
    seenWithin: 20,
    apply: () => replaced(RaftState.prototype, 'voteFor', () => () => {}),
  },
  {
    name: 'takes every answer for a vote',
    scenario,
    seenWithin: 20,
    apply: () =>
      replaced(
        VoteTally.prototype,
        'record',
        (original) =>
          function (this: VoteTally, voterId) {
            original.call(this, voterId, true)
          },
      ),
  },
  {
    name: 'commits metadata that one voter has',
    scenario,
    seenWithin: 20,
    apply: () =>
      replacedGetter(LeaderProgress.prototype, 'committedOffset', (original, progress) => {
        const offset = original()
        return offset === null ? null : Math.max(...progress.voters.map(({ endOffset }) => endOffset))
      }),
  },
  {
    name: 'says that its metadata are flushed when they are not',
    scenario,
    seenWithin: 60,
    apply: () =>
      replaced(
        PartitionLog.prototype,
        'flush',
        (original) =>
          function (this: PartitionLog) {
            return this.topic === METADATA_TOPIC ? Promise.resolve() : original.call(this)
          },
      ),
  },
  {
    name: 'acknowledges what the leader alone has',
    scenario,
    seenWithin: 5,
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
    name: 'acknowledges with fewer in-sync replicas than were asked for',
    scenario,
    seenWithin: 20,
    apply: () => replaced(LeaderState.prototype, 'isUnderMinIsr', () => () => false),
  },
  {
    name: 'takes every follower for one that has caught up',
    scenario,
    seenWithin: 10,
    apply: () =>
      replaced(
        LeaderState.prototype,
        'mayJoin',
        () =>
          function (this: LeaderState, replicaId) {
            return this.hasFollower(replicaId) && this.isr.pending === null && !this.isr.committed.includes(replicaId)
          },
      ),
  },
  {
    name: 'says that a follower has what it has not flushed',
    scenario,
    seenWithin: 20,
    apply: () => replaced(Following.prototype, 'flush', () => async () => true),
  },
  {
    name: 'takes who fetches for who has all',
    scenario,
    seenWithin: 5,
    apply: () =>
      replaced(
        LeaderState.prototype,
        'followerFetched',
        (original) =>
          function (this: LeaderState, fetch) {
            original.call(this, { ...fetch, fetchOffset: fetch.leaderEndOffset })
          },
      ),
  },
  {
    name: 'commits one metadata record more than there is a majority for',
    scenario,
    seenWithin: 5,
    apply: () =>
      replaced(
        RaftState.prototype,
        'commitTo',
        (original) =>
          function (this: RaftState, offset) {
            original.call(this, offset + 1)
          },
      ),
  },
  {
    name: 'never fences a broker that is silent',
    scenario,
    seenWithin: 200,
    apply: () => replaced(BrokerSessions.prototype, 'expired', () => () => []),
  },
  {
    name: 'leaves the log of a deleted topic in its place',
    scenario,
    seenWithin: 5,
    apply: () => replaced(LogManager.prototype, 'deleteLog', () => async () => {}),
  },
  {
    name: 'appends a repeated batch again',
    scenario,
    seenWithin: 5,
    apply: () => replaced(ProducerState.prototype, 'get', () => () => undefined),
  },
  {
    name: 'answers before all brokers know',
    scenario,
    seenWithin: 10,
    apply: () => replaced(CatchUp.prototype, 'reached', () => async () => {}),
  },
  {
    name: 'keeps the first offset that was committed',
    scenario,
    seenWithin: 5,
    apply: () =>
      replaced(
        OffsetStore.prototype,
        'replay',
        (original) =>
          function (this: OffsetStore, record, at) {
            if (this.committed(record.groupId, record.topic, record.partition) === undefined) original.call(this, record, at)
          },
      ),
  },
]
