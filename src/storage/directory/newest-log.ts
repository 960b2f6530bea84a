import type { PartitionLog } from '../log/partition-log.ts'

/**
 * Whether `log` goes on where `other`, a log of the same partition, ended. While one is copied into the other, the one that
 * is appended to is ahead; it stays ahead over a crash, since what either has lost was in both or never promised.
 */
export function isNewer(log: PartitionLog, other: PartitionLog): boolean {
  const epoch = log.latestEpoch ?? -1
  const otherEpoch = other.latestEpoch ?? -1
  return epoch === otherEpoch ? log.logEndOffset > other.logEndOffset : epoch > otherEpoch
}
