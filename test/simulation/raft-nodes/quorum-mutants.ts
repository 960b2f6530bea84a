/**
 * One rule of the shell around the core broken at a time, to show that the checkers would see it. A mutant replaces a method
 * while it is in force; nothing in `src/` knows of it.
 */
import { Delivery } from '../../../src/raft/delivery.ts'
import { EffectPerformer } from '../../../src/raft/shell/effect-performer.ts'
import { LogFlusher } from '../../../src/raft/shell/log-flusher.ts'
import { PartitionLog } from '../../../src/storage/log/partition-log.ts'
import { replaced } from '../replaced.ts'
import { playQuorum, type QuorumStory, quorumStories } from './quorum-story.ts'

export interface QuorumMutant {
  /** What it does wrong. */
  readonly name: string
  /** Seeds from 1 on of which one shows it. */
  readonly seenWithin: number
  /** Breaks the rule until the returned function is called. */
  apply(): () => void
}

export const quorumMutants: readonly QuorumMutant[] = [
  {
    name: 'says at once that everything is durable',
    seenWithin: 10,
    apply: () => replaced(PartitionLog.prototype, 'flush', () => () => Promise.resolve()),
  },
  {
    name: 'keeps what it is told to cut off',
    seenWithin: 10,
    apply: () => replaced(PartitionLog.prototype, 'truncateTo', () => () => Promise.resolve(true)),
  },
  {
    name: 'hands over what is not committed',
    seenWithin: 10,
    apply: () =>
      replaced(
        Delivery.prototype,
        'deliverTo',
        (original) =>
          function (this: Delivery<unknown>, highWatermark) {
            original.call(this, highWatermark + 1)
          },
      ),
  },
  {
    name: 'goes on from a snapshot without telling the state machine',
    seenWithin: 10,
    apply: () => replaced(EffectPerformer.prototype, 'deliverSnapshot', () => () => {}),
  },
  {
    name: 'believes a flush of what was cut meanwhile',
    seenWithin: 10,
    apply: () => replaced(LogFlusher.prototype, 'noteCut', () => () => {}),
  },
]

/** null when none of so many seeds shows it. */
export async function seedsUntilSeen(mutant: QuorumMutant, count: number): Promise<number | null> {
  const restore = mutant.apply()
  try {
    for (let seed = 1; seed <= count; seed++) if (await isSeen(seed)) return seed
    return null
  } finally {
    restore()
  }
}

async function isSeen(seed: number): Promise<boolean> {
  try {
    await playQuorum(quorumStories[0] as QuorumStory, seed)
    return false
  } catch {
    return true
  }
}
