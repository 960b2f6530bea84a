import { describe, expect, it } from 'vitest'

/**
 * One rule of the program broken, to show that a simulation would see it. A mutant replaces a method of a class while it is
 * in force; nothing in `src/` knows of it.
 */
export interface Mutant {
  /** What it does wrong. */
  readonly name: string
  /** What shows it: throws, or rejects, where it does. */
  play(seed: number): unknown
  /** Seeds from 1 on of which one shows it. */
  readonly seenWithin: number
  /** Breaks the rule until the returned function is called. */
  apply(): () => void
}

export interface MutantTests {
  /** As in "… sees a node that forgets". */
  readonly who: string
  /** What takes more seeds takes minutes: it is played where ODRADEK_SIMULATION_SEEDS asks for as many. */
  readonly mostSeeds: number
  /** Whether this error shows a mutant; any does where not given. Others fail the test. */
  readonly isSight?: (error: unknown) => boolean
}

/** A test for each mutant: one of its seeds shows it. */
export function testMutants(mutants: readonly Mutant[], { who, mostSeeds, isSight = () => true }: MutantTests): void {
  const most = Number(process.env.ODRADEK_SIMULATION_SEEDS ?? mostSeeds)
  const played = mutants.filter(({ seenWithin }) => seenWithin <= most)
  describe(who, () => {
    it.each(played)('$name, within $seenWithin seeds', { timeout: 300_000 }, async (mutant) => {
      expect(await seedsUntilSeen(mutant, isSight)).not.toBeNull()
    })
  })
}

/** null when none of its seeds shows it. */
async function seedsUntilSeen(mutant: Mutant, isSight: (error: unknown) => boolean): Promise<number | null> {
  const undo = mutant.apply()
  try {
    for (let seed = 1; seed <= mutant.seenWithin; seed++) if (await isSeen(mutant, seed, isSight)) return seed
    return null
  } finally {
    undo()
  }
}

async function isSeen(mutant: Mutant, seed: number, isSight: (error: unknown) => boolean): Promise<boolean> {
  try {
    await mutant.play(seed)
    return false
  } catch (error) {
    if (isSight(error)) return true
    throw error
  }
}
