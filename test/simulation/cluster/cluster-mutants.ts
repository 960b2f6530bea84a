/** One rule of clusters broken at a time, to show that the simulation of whole clusters sees it: half of them with the first or the second seed. See `Mutant`. */
import { BrokerSessions } from '../../../src/controller/brokers/broker-sessions.ts'
import { CatchUp } from '../../../src/controller/brokers/catch-up.ts'
import { Following } from '../../../src/replication/following.ts'
import { LeaderState } from '../../../src/replication/leader-state.ts'
import { Partition } from '../../../src/replication/partition.ts'
import { ExpectedReplies } from '../../../src/server/expected-replies.ts'
import { ProducerEntry } from '../../../src/storage/producer/producer-entry.ts'
import {
  commitMetadataThatOneVoterHas,
  commitOneMetadataRecordMore,
  commitWhatTheLeaderAloneHas,
  deleteOneRecordMore,
  forgetProducers,
  forgetVotes,
  keepDeletedLogs,
  keepFirstCommittedOffset,
  takeEveryAnswerForAVote,
  takeMetadataForFlushed,
} from '../mutants/broken-rules.ts'
import type { Mutant } from '../mutants/mutant.ts'
import { replaced } from '../mutants/replaced.ts'
import { play } from '../play.ts'
import { cluster } from '../scenarios/cluster.ts'
import { playCutOffLeader, playLoneLeader, playSilentLeader } from './cut-off-leader.ts'

const playCluster = (seed: number) => play(cluster, seed)

export const clusterMutants: readonly Mutant[] = [
  {
    name: 'forgets for whom it voted',
    play: playCluster,
    seenWithin: 60,
    apply: forgetVotes,
  },
  {
    name: 'takes every answer for a vote',
    play: playCluster,
    seenWithin: 20,
    apply: takeEveryAnswerForAVote,
  },
  {
    name: 'commits metadata that one voter has',
    play: playCluster,
    seenWithin: 40,
    apply: commitMetadataThatOneVoterHas,
  },
  {
    name: 'says that its metadata are flushed when they are not',
    play: playCluster,
    seenWithin: 40,
    apply: takeMetadataForFlushed,
  },
  {
    name: 'acknowledges what the leader alone has',
    play: playCluster,
    seenWithin: 5,
    apply: commitWhatTheLeaderAloneHas,
  },
  {
    name: 'acknowledges with fewer in-sync replicas than were asked for',
    play: playLoneLeader,
    seenWithin: 3,
    apply: () => replaced(LeaderState.prototype, 'effectiveMinIsr', () => () => 1),
  },
  {
    name: 'shows what fewer in-sync replicas have than were asked for',
    play: playLoneLeader,
    seenWithin: 3,
    apply: () => replaced(LeaderState.prototype, 'isUnderMinIsr', () => () => false),
  },
  {
    name: 'takes every follower for one that has caught up',
    play: playCluster,
    seenWithin: 20,
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
    name: 'takes who fetches for who has all',
    play: playCluster,
    seenWithin: 20,
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
    play: playCluster,
    seenWithin: 5,
    apply: commitOneMetadataRecordMore,
  },
  {
    name: 'goes on to lead a partition that another node leads',
    play: playCluster,
    seenWithin: 3,
    apply: () =>
      replaced(
        Partition.prototype,
        'becomeFollower',
        (original) =>
          function (this: Partition, log, registration) {
            if (this.isLeader) this.becomeLeader(log, registration)
            else original.call(this, log, registration)
          },
      ),
  },
  {
    name: 'deletes one record more than was asked for',
    play: playCluster,
    seenWithin: 3,
    apply: deleteOneRecordMore,
  },
  {
    name: 'takes no batch that begins before the first record that is left',
    play: playCluster,
    seenWithin: 20,
    apply: () => replaced(Following.prototype, 'beginBeforeStart', () => async () => true),
  },
  {
    name: 'never fences a broker that is silent',
    play: playSilentLeader,
    seenWithin: 3,
    apply: () => replaced(BrokerSessions.prototype, 'expired', () => () => []),
  },
  {
    name: 'leaves the log of a deleted topic in its place',
    play: playCluster,
    seenWithin: 5,
    apply: keepDeletedLogs,
  },
  {
    name: 'appends a repeated batch again',
    play: playCluster,
    seenWithin: 5,
    apply: forgetProducers,
  },
  {
    name: 'remembers the last batch of a producer alone when it starts',
    play: playCluster,
    seenWithin: 20,
    apply: () => replaced(ProducerEntry.prototype, 'mayHaveForgotten', () => () => false),
  },
  {
    name: 'answers behind a request that it has given up',
    play: playCutOffLeader,
    seenWithin: 3,
    apply: () =>
      replaced(
        ExpectedReplies.prototype,
        'take',
        (original) =>
          function (this: ExpectedReplies) {
            let reply = original.call(this)
            while (reply === null) reply = original.call(this)
            return reply
          },
      ),
  },
  {
    name: 'answers before all brokers know',
    play: playCluster,
    seenWithin: 5,
    apply: () => replaced(CatchUp.prototype, 'reached', () => async () => {}),
  },
  {
    name: 'keeps the first offset that was committed',
    play: playCluster,
    seenWithin: 5,
    apply: keepFirstCommittedOffset,
  },
]
