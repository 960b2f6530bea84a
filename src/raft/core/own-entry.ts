import { sameVoter, type Voter, type VoterSet } from '../voter-set.ts'
import type { VoterEntry } from './effects.ts'
import type { VoterHistory } from './voter-history.ts'

/**
 * What a leader that begins writes of the voters, where the log does not name them as they are: a dynamic quorum's first
 * leader copies what formatting wrote, and each says how it is itself. null where there is nothing to say.
 * Source: KIP-853.
 */
export function votersToName({ kraftVersion, latestOffset, voters }: VoterHistory, own: Voter | null): Omit<VoterEntry, 'offset'> | null {
  const isDue = kraftVersion > 0 && (latestOffset === null || isNamedOtherwise(voters, own))
  return isDue ? { kraftVersion, voters: withOwn(voters, own) } : null
}

/** Whether the voters name this node as it was, and not as it is. */
export function isNamedOtherwise(voters: VoterSet, own: Voter | null): boolean {
  if (own === null) return false
  const named = voters.find(({ id, directoryId }) => id === own.id && directoryId === own.directoryId)
  return named !== undefined && !sameVoter(named, own)
}

/** The voters with this node as it is. */
function withOwn(voters: VoterSet, own: Voter | null): VoterSet {
  return own === null ? voters : voters.map((voter) => (isNamedOtherwise([voter], own) ? own : voter))
}
