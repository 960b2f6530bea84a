import { DecodeError } from '../../protocol/errors.ts'
import { parseUuid, type Uuid, ZERO_UUID } from '../../protocol/uuid.ts'

/**
 * What a node must remember of elections over a restart: in which epoch it is, whom it follows and for whom it voted.
 * Durable before anything that relies on it leaves the node.
 */
export interface ElectionState {
  readonly epoch: number
  /** null while no leader of this epoch is known. */
  readonly leaderId: number | null
  /** null when no vote was given in this epoch. Who follows the leader of the epoch keeps its vote (KIP-996); who leads does not. */
  readonly voted: { readonly id: number; readonly directoryId: Uuid } | null
}

export function isSameElection(a: ElectionState, b: ElectionState): boolean {
  return a.epoch === b.epoch && a.leaderId === b.leaderId && a.voted?.id === b.voted?.id && a.voted?.directoryId === b.voted?.directoryId
}

export const QUORUM_STATE_FILE = 'quorum-state'

const NOBODY = -1

/**
 * The content of the file `quorum-state`: one line of JSON.
 *
 * @param kraftVersion 1 writes data version 1 (KIP-853); 0, a static quorum, data version 0 with its voters
 */
export function encodeElectionState(state: ElectionState, kraftVersion: number, voterIds: readonly number[]): Buffer {
  const common = { leaderId: state.leaderId ?? NOBODY, leaderEpoch: state.epoch, votedId: state.voted?.id ?? NOBODY }
  const content =
    kraftVersion > 0
      ? { ...common, votedDirectoryId: state.voted?.directoryId ?? ZERO_UUID, data_version: 1 }
      : { clusterId: '', ...common, appliedOffset: 0, currentVoters: voterIds.map((voterId) => ({ voterId })), data_version: 0 }
  return Buffer.from(JSON.stringify(content))
}

/** The ids of the static voters with which the file was written; null where it does not say. Errors: `DecodeError` for what is no JSON object. */
export function formerVoters(content: Buffer): readonly number[] | null {
  const { currentVoters } = parseObject(content)
  if (!Array.isArray(currentVoters)) return null
  return currentVoters.map((voter: { readonly voterId?: unknown } | null) => Number(voter?.voterId))
}

/** Errors: `DecodeError` for whatever is not such a file of data version 0 or 1. */
export function decodeElectionState(content: Buffer): ElectionState {
  const fields = parseObject(content)
  const version = fields.data_version
  if (version !== 0 && version !== 1) throw new DecodeError(`quorum-state has data_version ${JSON.stringify(version)}, known are 0 and 1`)
  const leaderId = int32(fields, 'leaderId')
  const votedId = int32(fields, 'votedId')
  return {
    epoch: int32(fields, 'leaderEpoch'),
    leaderId: leaderId === NOBODY ? null : leaderId,
    voted: votedId === NOBODY ? null : { id: votedId, directoryId: version === 1 ? directoryId(fields) : ZERO_UUID },
  }
}

function parseObject(content: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(content.toString('utf8'))
  } catch (cause) {
    throw new DecodeError('quorum-state is not JSON', { cause })
  }
  if (typeof value !== 'object' || value === null) throw new DecodeError('quorum-state is not a JSON object')
  return value as Record<string, unknown>
}

function int32(fields: Readonly<Record<string, unknown>>, name: string): number {
  const value = fields[name]
  if (typeof value !== 'number' || !Number.isInteger(value) || value < NOBODY || value > 0x7fffffff) {
    throw new DecodeError(`quorum-state has ${name} ${JSON.stringify(value)}`)
  }
  return value
}

function directoryId(fields: Readonly<Record<string, unknown>>): Uuid {
  const value = fields.votedDirectoryId
  const uuid = typeof value === 'string' ? parseUuid(value) : null
  if (uuid === null) throw new DecodeError(`quorum-state has votedDirectoryId ${JSON.stringify(value)}`)
  return uuid
}
