import { describe, expect, it } from 'vitest'
import { replicationMutants, seedsUntilSeen } from './replication-mutants.ts'

/** What takes more seeds takes minutes: it is played where ODRADEK_SIMULATION_SEEDS asks for as many. */
const MOST_SEEDS = Number(process.env.ODRADEK_SIMULATION_SEEDS ?? 50)

describe('the simulation of replication sees a broker that', () => {
  it.each(replicationMutants.filter(({ seenWithin }) => seenWithin <= MOST_SEEDS))('$name, within $seenWithin seeds', { timeout: 300_000 }, async (mutant) => {
    const seen = await seedsUntilSeen(mutant)
    if (process.env.ODRADEK_MUTANTS) console.log(mutant.name, seen)
    expect(seen).not.toBeNull()
  })
})
