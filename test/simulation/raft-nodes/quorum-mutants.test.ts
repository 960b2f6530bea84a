import { describe, expect, it } from 'vitest'
import { quorumMutants, seedsUntilSeen } from './quorum-mutants.ts'

describe('the checkers see a raft node that', () => {
  it.each(quorumMutants)('$name, within $seenWithin seeds', { timeout: 300_000 }, async (mutant) => {
    expect(await seedsUntilSeen(mutant, mutant.seenWithin)).not.toBeNull()
  })
})
