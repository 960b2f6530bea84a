/**
 * One rule of the core, or of the shell that it trusts, broken at a time, to show that the checkers would see it. A mutant
 * replaces a method while it is in force; nothing in `src/` knows of it.
 */
import { LeaderProgress } from '../../../src/raft/core/leader-progress.ts'
import { RaftState } from '../../../src/raft/core/raft-state.ts'
import { VoteTally } from '../../../src/raft/core/vote-tally.ts'
import { replaced, replacedGetter } from '../replaced.ts'
import { Violation } from './raft-checker.ts'
import { SimulatedLog } from './raft-log.ts'
import { playRaft, type RaftScenario, raftScenarios } from './raft-scenario.ts'

export interface RaftMutant {
  /** What it does wrong. */
  readonly name: string
  readonly scenario: RaftScenario
  /** Seeds from 1 on of which one shows it. */
  readonly seenWithin: number
  /** Breaks the rule until the returned function is called. */
  apply(): () => void
}

const [threeVoters, fiveVoters, , elections] = raftScenarios as readonly [RaftScenario, RaftScenario, RaftScenario, RaftScenario]

export const raftMutants: readonly RaftMutant[] = [
  {
    name: 'forgets for whom it voted',
    scenario: fiveVoters,
    seenWithin: 40,
    apply: () => replaced(RaftState.prototype, 'voteFor', () => () => {}),
  },
  {
    name: 'votes for whoever asks, however short its log',
    scenario: threeVoters,
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
    scenario: elections,
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
    scenario: elections,
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
    scenario: fiveVoters,
    seenWithin: 20,
    apply: () => replacedGetter(VoteTally.prototype, 'isWon', (_original, tally) => tally.grantingIds.length >= 2),
  },
  {
    name: 'commits what one follower has',
    scenario: fiveVoters,
    seenWithin: 20,
    apply: () =>
      replacedGetter(LeaderProgress.prototype, 'committedOffset', (original, progress) => {
        const offset = original()
        return offset === null ? null : Math.max(...progress.voters.map(({ endOffset }) => endOffset))
      }),
  },
  {
    name: 'says that it has what is not durable',
    scenario: elections,
    seenWithin: 100,
    apply: () => replacedGetter(RaftState.prototype, 'isLogDurable', () => true),
  },
  {
    name: 'commits one record more than there is a majority for',
    scenario: threeVoters,
    seenWithin: 10,
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
    name: 'does not cut a log that parts from the leader',
    scenario: threeVoters,
    seenWithin: 10,
    apply: () => replaced(SimulatedLog.prototype, 'truncateTo', () => () => {}),
  },
  {
    name: 'takes every log for one that agrees',
    scenario: threeVoters,
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
    scenario: fiveVoters,
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
    name: 'takes who fetches for who has all',
    scenario: threeVoters,
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
]

/** How many seeds, from `firstSeed` on, it took until the checkers saw the mutant; null when `most` were not enough. */
export function seedsUntilSeen(mutant: RaftMutant, firstSeed: number, most: number): number | null {
  const undo = mutant.apply()
  try {
    for (let seed = firstSeed; seed < firstSeed + most; seed++) if (isSeen(mutant, seed)) return seed - firstSeed + 1
    return null
  } finally {
    undo()
  }
}

/** An assertion that stands in the way is sight, too. */
function isSeen({ scenario }: RaftMutant, seed: number): boolean {
  try {
    playRaft(scenario, seed)
    return false
  } catch (error) {
    if (error instanceof Violation || (error instanceof Error && error.name === 'InvariantError')) return true
    throw error
  }
}
