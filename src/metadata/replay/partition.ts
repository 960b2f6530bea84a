import type { PartitionChangeRecord } from '../../../protocol/metadata/partition-change-record.ts'
import type { PartitionRecord } from '../../../protocol/metadata/partition-record.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { DirectoryId, type PartitionImage } from '../image.ts'
import { replayError } from '../replay-error.ts'

/** What the leader field of a change record says when the leader stays. */
export const NO_LEADER_CHANGE = -2
/** What the recovery field of a change record says when the state stays. */
export const NO_RECOVERY_CHANGE = -1

const NOBODY: readonly number[] = []
const recoveryStates = ['recovered', 'recovering'] as const

export function partitionOfRecord(record: PartitionRecord): PartitionImage {
  return shared({
    replicas: record.replicas,
    directories: directoriesFor(record.replicas, record.directories),
    isr: record.isr,
    removingReplicas: record.removingReplicas,
    addingReplicas: record.addingReplicas,
    eligibleLeaderReplicas: record.eligibleLeaderReplicas ?? NOBODY,
    lastKnownElr: record.lastKnownElr ?? NOBODY,
    leader: record.leader,
    leaderEpoch: record.leaderEpoch,
    partitionEpoch: record.partitionEpoch,
    leaderRecoveryState: recoveryState(record.leaderRecoveryState),
  })
}

/** The partition epoch rises with every change, the leader epoch when the record names a leader, be it the same one. */
export function mergePartition(before: PartitionImage, change: PartitionChangeRecord): PartitionImage {
  const replicas = change.replicas ?? before.replicas
  const keepsLeader = change.leader === NO_LEADER_CHANGE
  return shared({
    replicas,
    directories: directoriesFor(replicas, change.directories ?? before.directories),
    isr: change.isr ?? before.isr,
    removingReplicas: change.removingReplicas ?? before.removingReplicas,
    addingReplicas: change.addingReplicas ?? before.addingReplicas,
    eligibleLeaderReplicas: change.eligibleLeaderReplicas ?? before.eligibleLeaderReplicas,
    lastKnownElr: change.lastKnownElr ?? before.lastKnownElr,
    leader: keepsLeader ? before.leader : change.leader,
    leaderEpoch: keepsLeader ? before.leaderEpoch : before.leaderEpoch + 1,
    partitionEpoch: before.partitionEpoch + 1,
    leaderRecoveryState: change.leaderRecoveryState === NO_RECOVERY_CHANGE ? before.leaderRecoveryState : recoveryState(change.leaderRecoveryState),
  })
}

export function clearElr(partition: PartitionImage): PartitionImage {
  return { ...partition, eligibleLeaderReplicas: NOBODY, lastKnownElr: NOBODY, partitionEpoch: partition.partitionEpoch + 1 }
}

/** Records from before KIP-858 name no directories: then each replica's is still to be told. */
function directoriesFor(replicas: readonly number[], directories: readonly Uuid[]): readonly Uuid[] {
  if (directories.every((directory) => directory === DirectoryId.MIGRATING)) return replicas.map(() => DirectoryId.MIGRATING)
  if (directories.length !== replicas.length) throw replayError(`${directories.length} directories for ${replicas.length} replicas`)
  return directories
}

function recoveryState(code: number): PartitionImage['leaderRecoveryState'] {
  const state = recoveryStates[code]
  if (state === undefined) throw replayError(`unknown leader recovery state ${code}`)
  return state
}

/** Most partitions are in sync everywhere and move nowhere: their lists are the same few arrays. */
function shared(partition: PartitionImage): PartitionImage {
  return {
    ...partition,
    isr: sameNumbers(partition.isr, partition.replicas) ? partition.replicas : partition.isr,
    removingReplicas: partition.removingReplicas.length === 0 ? NOBODY : partition.removingReplicas,
    addingReplicas: partition.addingReplicas.length === 0 ? NOBODY : partition.addingReplicas,
    eligibleLeaderReplicas: partition.eligibleLeaderReplicas.length === 0 ? NOBODY : partition.eligibleLeaderReplicas,
    lastKnownElr: partition.lastKnownElr.length === 0 ? NOBODY : partition.lastKnownElr,
  }
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index])
}
