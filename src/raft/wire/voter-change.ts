import { ErrorCode } from '../../../protocol/error-codes.ts'
import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import type { VoterChangeAnswer } from '../core/messages.ts'
import type { VoterEndpoint } from '../voter-set.ts'
import { answered, type PeerReply } from './exchange.ts'
import { UNKNOWN } from './metadata-log.ts'

/** What AddRaftVoter and RemoveRaftVoter have in common: an error with a sentence, and nothing of leader and epoch. */

interface ErrorFields {
  readonly errorCode: number
  readonly errorMessage: string | null
}

export function clusterRefusal(clusterId: string | null, ownClusterId: string): ErrorFields | null {
  if (clusterId === null || clusterId === ownClusterId) return null
  return { errorCode: ErrorCode.INCONSISTENT_CLUSTER_ID, errorMessage: `The given id "${clusterId}" doesn't match the cluster id "${ownClusterId}"` }
}

/** A refusal of who does not lead has the empty sentence, as in Kafka. */
export function changeFields({ errorCode, message }: VoterChangeAnswer): ErrorFields {
  return { errorCode, errorMessage: message }
}

export function readChangeResponse(response: { readonly errorCode: number; readonly errorMessage: string | null }): PeerReply<VoterChangeAnswer> {
  const { errorCode, errorMessage: message } = response
  return answered({ type: 'voter-change', errorCode, epoch: UNKNOWN, leaderId: null, message }, [])
}

/** Voters are said with their directory: that is what tells a replaced disk from the one before. */
export function isVoterKey(id: number, directoryId: Uuid): boolean {
  return id >= 0 && directoryId !== ZERO_UUID
}

/** As Kafka prints end points: where `host` is the name that was given. */
export function endpointsText(endpoints: readonly VoterEndpoint[]): string {
  const entries = endpoints.map(({ name, host, port }) => `ListenerName(${name.toUpperCase()})=${host}/<unresolved>:${port}`)
  return `Endpoints(endpoints={${entries.join(', ')}})`
}
