import { describe, expect, it } from 'vitest'
import { seedsUntilSeen } from '../mutants.ts'
import { clusterMutants } from './cluster-mutants.ts'

/** What takes more seeds takes minutes: it is played where ODRADEK_SIMULATION_SEEDS asks for as many. */
const MOST_SEEDS = Number(process.env.ODRADEK_SIMULATION_SEEDS ?? 20)

describe('the simulation of a cluster sees nodes of which each', () => {
  it.each(clusterMutants.filter(({ seenWithin }) => seenWithin <= MOST_SEEDS))('$name, within $seenWithin seeds', { timeout: 300_000 }, async (mutant) => {
    expect(await seedsUntilSeen(mutant, 1, mutant.seenWithin)).not.toBeNull()
  })
})
