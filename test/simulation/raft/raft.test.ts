import { describe, expect, it } from 'vitest'
import { playRaft, raftScenarios } from './raft-scenario.ts'

const FIRST_SEED = Number(process.env.ODRADEK_SEED ?? 1)
const SEEDS = Number(process.env.ODRADEK_SIMULATION_SEEDS ?? 50)

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
