import { describe, expect, it } from 'vitest'
import { mutants, seedsUntilSeen } from './mutants.ts'

/** What takes more seeds takes minutes: it is played where ODRADEK_SIMULATION_SEEDS asks for as many. */
const MOST_SEEDS = Number(process.env.ODRADEK_SIMULATION_SEEDS ?? 50)

describe('the scenarios see a node that', () => {
  it.each(mutants.filter(({ seenWithin }) => seenWithin <= MOST_SEEDS))('$name, within $seenWithin seeds', { timeout: 300_000 }, async (mutant) => {
    expect(await seedsUntilSeen(mutant, 1, mutant.seenWithin)).not.toBeNull()
  })
})
