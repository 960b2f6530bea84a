/** One rule of the shell around the core broken at a time, to show that the checkers would see it. See `Mutant`. */
import { Delivery } from '../../../src/raft/delivery.ts'
import { EffectPerformer } from '../../../src/raft/shell/effect-performer.ts'
import { LogFlusher } from '../../../src/raft/shell/log-flusher.ts'
import { PartitionLog } from '../../../src/storage/log/partition-log.ts'
import type { Mutant } from '../mutants/mutant.ts'
import { replaced } from '../mutants/replaced.ts'
import { playQuorum, type QuorumStory, quorumStories } from './quorum-story.ts'

const playFirstStory = (seed: number) => playQuorum(quorumStories[0] as QuorumStory, seed)

export const quorumMutants: readonly Mutant[] = [
  {
    name: 'says at once that everything is durable',
    play: playFirstStory,
    seenWithin: 10,
    apply: () => replaced(PartitionLog.prototype, 'flush', () => () => Promise.resolve()),
  },
  {
    name: 'keeps what it is told to cut off',
    play: playFirstStory,
    seenWithin: 10,
    apply: () => replaced(PartitionLog.prototype, 'truncateTo', () => () => Promise.resolve(true)),
  },
  {
    name: 'hands over what is not committed',
    play: playFirstStory,
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
    play: playFirstStory,
    seenWithin: 10,
    apply: () => replaced(EffectPerformer.prototype, 'deliverSnapshot', () => () => {}),
  },
  {
    name: 'believes a flush of what was cut meanwhile',
    play: playFirstStory,
    seenWithin: 10,
    apply: () => replaced(LogFlusher.prototype, 'noteCut', () => () => {}),
  },
]
