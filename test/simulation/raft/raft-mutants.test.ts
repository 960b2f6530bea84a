import { describe, expect, it } from 'vitest'
import { raftMutants, seedsUntilSeen } from './raft-mutants.ts'

/** What takes more seeds is played where ODRADEK_SIMULATION_SEEDS asks for as many. */
const MOST_SEEDS = Number(process.env.ODRADEK_SIMULATION_SEEDS ?? 50)

describe('the checkers see a quorum that', () => {
  it.each(raftMutants.filter(({ seenWithin }) => seenWithin <= MOST_SEEDS))('$name, within $seenWithin seeds', { timeout: 300_000 }, (mutant) => {
    expect(seedsUntilSeen(mutant, 1, mutant.seenWithin)).not.toBeNull()
  })
})
