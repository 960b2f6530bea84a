import type { VotersRecord } from '../../protocol/data/voters-record.ts'
import type { Uuid } from '../../protocol/uuid.ts'
import { isNamedBy } from './core/replica-key.ts'

/** A node of the quorum. A voter is its id and its directory: a replaced disk is another voter (KIP-853). */
export interface Voter {
  readonly id: number
  /** The zero id in a static quorum. */
  readonly directoryId: Uuid
  readonly endpoints: readonly VoterEndpoint[]
  readonly minKraftVersion: number
  readonly maxKraftVersion: number
}

export interface VoterEndpoint {
  /** Listener name. */
  readonly name: string
  readonly host: string
  readonly port: number
}

export type VoterSet = readonly Voter[]

export function votersOfRecord(record: VotersRecord): VoterSet {
  return record.voters.map((voter) => ({
    id: voter.voterId,
    directoryId: voter.voterDirectoryId,
    endpoints: voter.endpoints.map(({ name, host, port }) => ({ name, host, port })),
    minKraftVersion: voter.kRaftVersionFeature.minSupportedVersion,
    maxKraftVersion: voter.kRaftVersionFeature.maxSupportedVersion,
  }))
}

export function recordOfVoters(voters: VoterSet): VotersRecord {
  return {
    version: 0,
    voters: voters.map((voter) => ({
      voterId: voter.id,
      voterDirectoryId: voter.directoryId,
      endpoints: voter.endpoints,
      kRaftVersionFeature: { minSupportedVersion: voter.minKraftVersion, maxSupportedVersion: voter.maxKraftVersion },
    })),
  }
}

/** In a static quorum the directory is not known, and any matches. */
export function isVoter(voters: VoterSet, id: number, directoryId: Uuid): boolean {
  return voters.some((voter) => isNamedBy({ id, directoryId }, voter))
}

/** Whether two say the same of one voter; the order of end points says nothing. */
export function sameVoter(a: Voter, b: Voter): boolean {
  const isSame = a.id === b.id && a.directoryId === b.directoryId && a.minKraftVersion === b.minKraftVersion && a.maxKraftVersion === b.maxKraftVersion
  const isListed = ({ name, host, port }: VoterEndpoint) => b.endpoints.some((other) => other.name === name && other.host === host && other.port === port)
  return isSame && a.endpoints.length === b.endpoints.length && a.endpoints.every(isListed)
}
