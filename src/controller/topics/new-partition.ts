import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { DirectoryId, type MetadataImage, type PartitionImage } from '../../metadata/image.ts'
import type { ControllerError } from '../controller.ts'
import { failure } from '../controller-error.ts'
import { isActive } from '../controller-state.ts'

/** A partition that begins: all live replicas in sync, the first of them leads. null when none of the replicas is live. */
export function newPartition(image: MetadataImage, replicas: readonly number[]): PartitionImage | null {
  const isr = replicas.filter((id) => isActive(image, id))
  const leader = isr[0]
  if (leader === undefined) return null
  return {
    replicas,
    directories: replicas.map((id) => defaultDirectory(image, id)),
    isr,
    removingReplicas: [],
    addingReplicas: [],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    leader,
    leaderEpoch: 0,
    partitionEpoch: 0,
    leaderRecoveryState: 'recovered',
  }
}

/** A broker of one directory needs not be asked; others choose and tell (KIP-858). */
export function defaultDirectory(image: MetadataImage, brokerId: number): Uuid {
  const directories = image.cluster.brokers.get(brokerId)?.logDirs
  if (directories === undefined) return DirectoryId.UNASSIGNED
  if (directories.length === 0) return DirectoryId.MIGRATING
  return directories.length === 1 ? (directories[0] as Uuid) : DirectoryId.UNASSIGNED
}

/**
 * What is wrong with replicas that a client chose for one partition; null when they will do.
 * @param replicationFactor what earlier partitions have; null for the first one
 */
export function assignmentRefusal(image: MetadataImage, replicas: readonly number[], replicationFactor: number | null): ControllerError | null {
  const refuse = (message: string) => failure(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message)
  if (replicas.length === 0) return refuse('The manual partition assignment includes an empty replica list.')
  const sorted = [...replicas].sort((a, b) => a - b)
  for (const [index, id] of sorted.entries()) {
    if (!image.cluster.brokers.has(id)) return refuse(`The manual partition assignment includes broker ${id}, but no such broker is registered.`)
    if (id === sorted[index - 1]) return refuse(`The manual partition assignment includes the broker ${id} more than once.`)
  }
  if (replicationFactor === null || replicas.length === replicationFactor) return null
  return refuse(
    `The manual partition assignment includes a partition with ${replicas.length} replica(s), but this is not consistent with previous ` +
      `partitions, which have ${replicationFactor} replica(s).`,
  )
}

/** An assignment by hand must leave one replica that can lead at once. */
export function allFencedAssignment(partitionId: number): ControllerError {
  const message = `All brokers specified in the manual partition assignment for partition ${partitionId} are fenced or in controlled shutdown.`
  return failure(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message)
}

/**
 * Partitions whose replicas the controller itself chose.
 * @param placed the replicas of each
 */
export function newPartitions(
  image: MetadataImage,
  placed: readonly (readonly number[])[],
  replicationFactor: number,
): readonly PartitionImage[] | ControllerError {
  const partitions: PartitionImage[] = []
  for (const replicas of placed) {
    const partition = newPartition(image, replicas)
    if (partition === null) return allFencedPlacement(replicationFactor)
    partitions.push(partition)
  }
  return partitions
}

function allFencedPlacement(replicationFactor: number): ControllerError {
  const message = `Unable to replicate the partition ${replicationFactor} time(s): All brokers are currently fenced or in controlled shutdown.`
  return failure(ErrorCode.INVALID_REPLICATION_FACTOR, message)
}
