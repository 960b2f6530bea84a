import { describe, expect, it } from 'vitest'
import type { RaftMachine } from './raft-machine.ts'
import { playRaft, raftScenarios } from './raft-scenario.ts'
import { raftStories } from './raft-stories.ts'
import { RaftWorld } from './raft-world.ts'

const FIRST_SEED = Number(process.env.ODRADEK_SEED ?? 1)
const SEEDS = Number(process.env.ODRADEK_SIMULATION_SEEDS ?? 20)

describe.each(raftScenarios)('a quorum of $name', (scenario) => {
  it('keeps the rules of raft through crashes, cut wires, slow disks and lost words, and recovers', { timeout: 600_000 }, () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      const { faults, epochs, acknowledged } = playRaft(scenario, seed)
      expect(faults).toBeGreaterThanOrEqual(5)
      expect(epochs).toBeGreaterThan(0)
      expect(acknowledged).toBeGreaterThan(0)
    }
  })

  it('goes the same way twice with the same seed', () => {
    expect(playRaft(scenario, FIRST_SEED)).toEqual(playRaft(scenario, FIRST_SEED))
  })
})

describe.each(Object.values(raftStories))('$name', ({ tell }) => {
  it('is lost by nobody', () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) expect(() => tell(seed), `seed ${seed}`).not.toThrow()
  })
})

describe('a voter that is cut off', () => {
  const cuts: readonly (readonly [string, (world: RaftWorld, id: number) => void])[] = [
    ['in both ways', (world, id) => world.isolate(id)],
    [
      'so that it is heard and hears nothing',
      (world, id) =>
        world.machines.forEach((other) => {
          world.cut(other.id, id)
        }),
    ],
    [
      'so that it hears and is not heard',
      (world, id) =>
        world.machines.forEach((other) => {
          world.cut(id, other.id)
        }),
    ],
  ]

  it.each(cuts)('%s disturbs nobody, nor when it comes back', (_name, cut) => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 10; seed++) {
      const world = new RaftWorld({ seed, voters: 3 })
      const before = leaderOf(world)
      const other = world.machines.find((machine) => machine !== before.leader) as RaftMachine
      cut(world, other.id)
      world.run(30_000)
      before.leader.propose('while it is away')
      world.heal()
      world.run(5_000)
      expect(leaderOf(world)).toEqual(before)
      expect(other.core.highWatermark).toBe(before.leader.core.highWatermark)
    }
  })

  it('and leads gives up, and another leads', () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + 10; seed++) {
      const world = new RaftWorld({ seed, voters: 3 })
      const { leader, epoch } = leaderOf(world)
      world.isolate(leader.id)
      expect(world.runUntil(() => !leader.isLeading, 4_000)).toBe(true)
      expect(world.runUntil(() => world.leader !== null, 10_000)).toBe(true)
      expect(leaderOf(world).epoch).toBeGreaterThan(epoch)
    }
  })
})

function leaderOf(world: RaftWorld): { readonly leader: RaftMachine; readonly epoch: number } {
  expect(world.runUntil(() => world.leader !== null, 10_000)).toBe(true)
  const leader = world.leader as RaftMachine
  return { leader, epoch: leader.epoch }
}
