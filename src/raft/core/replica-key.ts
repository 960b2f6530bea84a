import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'

/** One log directory of one node. A replaced disk is another replica. */
export interface ReplicaKey {
  readonly id: number
  /** The zero id where it is not known. */
  readonly directoryId: Uuid
}

export function sameReplica(a: ReplicaKey, b: ReplicaKey): boolean {
  return a.id === b.id && a.directoryId === b.directoryId
}

/** Whether `named` is this replica. Without its directory, as in a static quorum, any that the node has is meant. */
export function isNamedBy(replica: ReplicaKey, named: ReplicaKey): boolean {
  return named.id === replica.id && (named.directoryId === ZERO_UUID || named.directoryId === replica.directoryId)
}

/** As Kafka's sentences print it. */
export function replicaText({ id, directoryId }: ReplicaKey): string {
  return `ReplicaKey(id=${id}, directoryId=${directoryId === ZERO_UUID ? '<undefined>' : directoryId})`
}

export function replicasText(replicas: readonly ReplicaKey[]): string {
  return `[${replicas.map(replicaText).join(', ')}]`
}
