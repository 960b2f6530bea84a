import { type Fault, pickRunning } from './fault.ts'

/** To either side: records of clients whose clock is right are not refused for it. */
const MOST_CLOCK_JUMP_MS = 1_200_000
export const GOOD_FLUSH_MS = 4

export const machineFaults: readonly Fault[] = [
  {
    name: 'a clock jumps',
    begin: ({ cluster, random }) => {
      const { machine } = random.pick(cluster.nodes)
      const byMs = random.below(2 * MOST_CLOCK_JUMP_MS) - MOST_CLOCK_JUMP_MS
      machine.jumpClock(byMs)
      return () => machine.jumpClock(-byMs)
    },
  },
  {
    name: 'a disk is slow',
    begin: ({ cluster, random }) => {
      const { faults } = random.pick(cluster.nodes).machine
      faults.flushMaxMs = random.pick([50, 300, 1500])
      faults.slowCallProbability = 0.01
      return () => {
        faults.flushMaxMs = GOOD_FLUSH_MS
        faults.slowCallProbability = 0
      }
    },
  },
  {
    name: 'a node is paused',
    begin: (context) => {
      const node = pickRunning(context)
      if (node === null) return null
      node.machine.process.spend(context.random.between(500, 12_000))
      return () => {}
    },
  },
]
