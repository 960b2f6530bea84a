/** One rule of the core, or of the shell that it trusts, broken at a time, to show that the checkers would see it. See `Mutant`. */
import { LeaderProgress } from '../../../src/raft/core/leader-progress.ts'
import { RaftState } from '../../../src/raft/core/raft-state.ts'
import { VoteTally } from '../../../src/raft/core/vote-tally.ts'
import { VoterHistory } from '../../../src/raft/core/voter-history.ts'
import { commitMetadataThatOneVoterHas, commitOneMetadataRecordMore, forgetVotes, takeEveryAnswerForAVote } from '../mutants/broken-rules.ts'
import type { Mutant } from '../mutants/mutant.ts'
import { replaced, replacedGetter } from '../mutants/replaced.ts'
import { Violation } from './raft-checker.ts'
import { SimulatedLog } from './raft-log.ts'
import { playRaft, type RaftScenario, raftScenarios } from './raft-scenario.ts'
import { raftStories } from './raft-stories.ts'

const [threeVoters, fiveVoters, , , elections] = raftScenarios as readonly [RaftScenario, RaftScenario, RaftScenario, RaftScenario, RaftScenario]

/** Sixty seconds of faults. */
const storm = (scenario: RaftScenario) => (seed: number) => {
  playRaft(scenario, seed)
}

export const raftMutants: readonly Mutant[] = [
  {
    name: 'forgets for whom it voted',
    play: storm(fiveVoters),
    seenWithin: 40,
    apply: forgetVotes,
  },
  {
    name: 'votes for whoever asks, however short its log',
    play: storm(threeVoters),
    seenWithin: 20,
    apply: () =>
      replaced(
        RaftState.prototype,
        'canGrant',
        (original) =>
          function (this: RaftState, candidate, _end, preVote) {
            return original.call(this, candidate, { epoch: 1_000_000, offset: 1_000_000 }, preVote)
          },
      ),
  },
  {
    name: 'remembers nothing of elections when it starts again',
    play: storm(elections),
    seenWithin: 40,
    apply: () =>
      replaced(
        RaftState.prototype,
        'takeEffects',
        (original) =>
          function (this: RaftState) {
            return original.call(this).filter(({ type }) => type !== 'persist-election')
          },
      ),
  },
  {
    name: 'answers before its vote is durable',
    play: storm(elections),
    seenWithin: 60,
    apply: () =>
      replaced(
        RaftState.prototype,
        'takeEffects',
        (original) =>
          function (this: RaftState) {
            const effects = original.call(this)
            return [...effects.filter(({ type }) => type === 'reply'), ...effects.filter(({ type }) => type !== 'reply')]
          },
      ),
  },
  {
    name: 'leads with half of the votes',
    play: storm(fiveVoters),
    seenWithin: 20,
    apply: () => replacedGetter(VoteTally.prototype, 'isWon', (_original, tally) => tally.grantingIds.length >= 2),
  },
  {
    name: 'commits what one follower has',
    play: storm(fiveVoters),
    seenWithin: 20,
    apply: commitMetadataThatOneVoterHas,
  },
  {
    name: 'says that it has what is not durable',
    play: raftStories.slowDisk.tell,
    seenWithin: 10,
    apply: () => replacedGetter(RaftState.prototype, 'isLogDurable', () => true),
  },
  {
    name: 'commits one record more than there is a majority for',
    play: storm(threeVoters),
    seenWithin: 10,
    apply: commitOneMetadataRecordMore,
  },
  {
    name: 'does not cut a log that parts from the leader',
    play: storm(threeVoters),
    seenWithin: 10,
    apply: () => replaced(SimulatedLog.prototype, 'truncateTo', () => () => {}),
  },
  {
    name: 'takes every log for one that agrees',
    play: storm(threeVoters),
    seenWithin: 10,
    apply: () =>
      replaced(
        SimulatedLog.prototype,
        'endOffsetForEpoch',
        () =>
          function (this: SimulatedLog, epoch) {
            return { leaderEpoch: epoch, endOffset: this.logEndOffset }
          },
      ),
  },
  {
    name: 'takes every answer for a vote',
    play: storm(fiveVoters),
    seenWithin: 20,
    apply: takeEveryAnswerForAVote,
  },
  {
    name: 'takes who fetches for who has all',
    play: storm(threeVoters),
    seenWithin: 20,
    apply: () =>
      replaced(
        LeaderProgress.prototype,
        'noteFetch',
        (original) =>
          function (this: LeaderProgress, key, _fetchOffset, leaderEndOffset, nowMs) {
            original.call(this, key, leaderEndOffset, leaderEndOffset, nowMs)
          },
      ),
  },
  {
    name: 'commits what a majority has of former epochs',
    play: raftStories.formerEpoch.tell,
    seenWithin: 1,
    apply: () =>
      replacedGetter(LeaderProgress.prototype, 'committedOffset', (_original, { voters }) => {
        const offsets = voters.map(({ endOffset }) => endOffset).sort((a, b) => b - a)
        return offsets[Math.floor(offsets.length / 2)] ?? null
      }),
  },
  {
    name: 'changes voters before it has committed anything in its epoch',
    play: raftStories.unknownChange.tell,
    seenWithin: 1,
    apply: () => replacedGetter(LeaderProgress.prototype, 'committedOffset', (original) => original() ?? 0),
  },
  {
    name: 'takes a change of voters while another is not committed',
    play: raftStories.twoChanges.tell,
    seenWithin: 1,
    apply: () => replacedGetter(VoterHistory.prototype, 'latestOffset', (original) => (original() === null ? null : 0)),
  },
]

/** An assertion that stands in the way is sight, too. */
export function isSight(error: unknown): boolean {
  return error instanceof Violation || (error instanceof Error && error.name === 'InvariantError')
}
