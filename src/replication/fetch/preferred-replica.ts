import { endpointOf, type MetadataImage } from '../../metadata/image.ts'
import type { FollowerProgress } from '../leader-state.ts'
import type { Partition } from '../partition.ts'

/** A consumer that may be sent to a replica of its own rack. */
export interface RackClient {
  readonly rackId: string
  /** By which it reaches brokers. */
  readonly listenerName: string
}

/** The leader itself. */
export const NO_PREFERENCE = -1

/**
 * The replica from which a consumer had better read than from this leader: one of its rack, in sync, that holds the offset; the
 * most caught up of them. `NO_PREFERENCE` where the leader is of that rack itself, or none of it will do.
 * Source: kafka.server.ReplicaManager.findPreferredReadReplica, RackAwareReplicaSelector; KIP-392.
 */
export function preferredReplica(image: MetadataImage, nodeId: number, partition: Partition, fetchOffset: number, client: RackClient): number {
  const { leader } = partition
  if (leader === null || leader.isAlone || isInRack(image, nodeId, client)) return NO_PREFERENCE
  let best: FollowerProgress | null = null
  for (const follower of leader.followers()) {
    const holds = follower.logEndOffset >= fetchOffset && follower.logStartOffset <= fetchOffset
    if (!holds || !partition.isr.includes(follower.replicaId) || !isInRack(image, follower.replicaId, client)) continue
    if (best === null || isBetter(follower, best)) best = follower
  }
  return best?.replicaId ?? NO_PREFERENCE
}

function isInRack({ cluster }: MetadataImage, brokerId: number, { rackId, listenerName }: RackClient): boolean {
  const broker = cluster.brokers.get(brokerId)
  return broker !== undefined && !broker.fenced && broker.rack === rackId && endpointOf(broker, listenerName) !== undefined
}

function isBetter(one: FollowerProgress, other: FollowerProgress): boolean {
  if (one.logEndOffset !== other.logEndOffset) return one.logEndOffset > other.logEndOffset
  if (one.lastCaughtUpMs !== other.lastCaughtUpMs) return one.lastCaughtUpMs > other.lastCaughtUpMs
  return one.replicaId > other.replicaId
}
