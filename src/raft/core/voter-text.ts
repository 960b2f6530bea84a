import { ZERO_UUID } from '../../../protocol/uuid.ts'
import type { VoterSet } from '../voter-set.ts'
import type { ReplicaKey } from './messages.ts'

/** As Kafka's sentences print a replica. */
export function replicaText({ id, directoryId }: ReplicaKey): string {
  return `ReplicaKey(id=${id}, directoryId=${directoryId === ZERO_UUID ? '<undefined>' : directoryId})`
}

export function votersText(voters: VoterSet): string {
  return `[${voters.map(replicaText).join(', ')}]`
}
