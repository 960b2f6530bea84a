import { describe, expect, it } from 'vitest'
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
