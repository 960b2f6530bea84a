import { sameVoter, type Voter, type VoterSet } from '../voter-set.ts'

/** Whether the voters name this node as it was, and not as it is. */
export function isNamedOtherwise(voters: VoterSet, own: Voter | null): boolean {
  if (own === null) return false
  const named = voters.find(({ id, directoryId }) => id === own.id && directoryId === own.directoryId)
  return named !== undefined && !sameVoter(named, own)
}

/** The voters with this node as it is. */
export function withOwn(voters: VoterSet, own: Voter | null): VoterSet {
  return own === null ? voters : voters.map((voter) => (isNamedOtherwise([voter], own) ? own : voter))
}
