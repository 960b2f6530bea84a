import { describe, expect, it } from 'vitest'
import { playQuorum, quorumStories } from './quorum-story.ts'
import { QuorumWorld } from './quorum-world.ts'

describe.each([
  ['static', false],
  ['dynamic', true],
])('three voters and an observer of a %s quorum', (_name, isDynamic) => {
  it('elect a leader, and all are told what it commits', async () => {
    const world = new QuorumWorld({ seed: 1, voters: 3, observers: 1, isDynamic })
    await world.runUntil(() => world.leader !== null, 5000)
    world.leader?.propose('a value')
    await world.runUntil(() => world.machines.every(({ values }) => values.includes('a value')), 1000)
    expect(world.isSettled()).toBe(true)
    expect(world.checker.acknowledgedCount).toBe(1)
  })
})

const FIRST_SEED = Number(process.env.ODRADEK_SEED ?? 1)
const SEEDS = Number(process.env.ODRADEK_SIMULATION_SEEDS ?? 4)

describe.each(quorumStories)('$name', (story) => {
  it('keep the rules of raft through crashes, cut wires, slow disks and stops, and recover', { timeout: 600_000 }, async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      const { faults, epochs, acknowledged } = await playQuorum(story, seed)
      expect(faults).toBeGreaterThanOrEqual(5)
      expect(epochs).toBeGreaterThan(0)
      expect(acknowledged).toBeGreaterThan(0)
    }
  })

  it('go the same way twice with the same seed', { timeout: 60_000 }, async () => {
    expect(await playQuorum(story, FIRST_SEED)).toEqual(await playQuorum(story, FIRST_SEED))
  })
})
