import type { PartitionImage } from '../../metadata/image.ts'

/**
 * Where the replicas of a partition are to be. While a reassignment is under way `replicas` holds the new ones and, behind
 * them, those that leave. Pure arithmetic of lists; what it decides is in `reassign-partitions.ts` and `partition-change.ts`.
 *
 * Source: KIP-455; PartitionReassignmentReplicas, PartitionReassignmentRevert of Kafka's controller.
 */
export interface ReplicaTarget {
  readonly replicas: readonly number[]
  readonly removingReplicas: readonly number[]
  readonly addingReplicas: readonly number[]
}

export function isReassigning({ removingReplicas, addingReplicas }: ReplicaTarget): boolean {
  return removingReplicas.length > 0 || addingReplicas.length > 0
}

/** What `partition` is to be on its way to the replicas `wanted`. */
export function reassignmentTo(partition: ReplicaTarget, wanted: readonly number[]): ReplicaTarget {
  const removing = difference(partition.replicas, wanted)
  const adding = difference(wanted, partition.replicas)
  return {
    replicas: [...wanted, ...removing],
    // An earlier reassignment that the new one neither continues nor undoes goes on.
    removingReplicas: removing.length > 0 ? removing : partition.removingReplicas,
    addingReplicas: adding.length > 0 ? adding : partition.addingReplicas,
  }
}

export interface Settled {
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
}

/**
 * The end of a reassignment: who leaves has left. null while it is not there yet: until all who come are in sync, until one
 * stays in sync, and, when more leave than come, until all who stay are in sync.
 */
export function completedReassignment(target: ReplicaTarget, isr: readonly number[]): Settled | null {
  if (!isReassigning(target)) return null
  const { removingReplicas, addingReplicas } = target
  const staying = (ids: readonly number[]) => ids.filter((id) => !removingReplicas.includes(id))
  const settled = { replicas: staying(target.replicas), isr: staying(isr) }
  if (removingReplicas.length > 0 && (settled.isr.length === 0 || settled.replicas.length === 0)) return null
  if (!addingReplicas.every((id) => settled.isr.includes(id))) return null
  const shrinks = addingReplicas.length < removingReplicas.length
  return shrinks && !settled.replicas.every((id) => settled.isr.includes(id)) ? null : settled
}

/** A reassignment taken back: who was to come is gone. `isUnclean` when nobody of those who were there before is in sync. */
export interface Reverted extends Settled {
  readonly isUnclean: boolean
}

/** null when all replicas were to come: there is nothing to go back to. */
export function revertedReassignment(partition: PartitionImage): Reverted | null {
  const { addingReplicas } = partition
  const replicas = partition.replicas.filter((id) => !addingReplicas.includes(id))
  const isr = partition.isr.filter((id) => !addingReplicas.includes(id))
  if (isr.length > 0) return { replicas, isr, isUnclean: false }
  const [first] = replicas
  return first === undefined ? null : { replicas, isr: [first], isUnclean: true }
}

/** How many replicas there are when a reassignment that may be under way is done. */
export function settledReplicaCount({ replicas, removingReplicas, addingReplicas }: ReplicaTarget): number {
  const settled = new Set([...replicas, ...addingReplicas])
  for (const id of removingReplicas) settled.delete(id)
  return settled.size
}

function difference(ids: readonly number[], others: readonly number[]): readonly number[] {
  return ids.filter((id) => !others.includes(id)).sort((a, b) => a - b)
}
