import type { PartitionLog } from '../../storage/log/partition-log.ts'

/**
 * Cuts `follower` where it parts from `leader`, by their leader epochs: behind that point it has records that the leader lost
 * or never had. Rejects with the follower's `DiskError`. Source: KIP-101, KIP-279; AbstractFetcherThread.truncateToEpochEndOffsets.
 */
export async function truncateToCommon(follower: PartitionLog, leader: PartitionLog): Promise<void> {
  for (;;) {
    const epoch = follower.latestEpoch
    const found = epoch === null ? null : leader.endOffsetForEpoch(epoch)
    // Nothing that was written in an epoch that the leader never had can be trusted, nor told from the rest.
    if (epoch !== null && found === null) return follower.truncateFullyAndStartAt(0)
    const end = found?.endOffset ?? leader.logEndOffset
    if (epoch === null || found === null || found.leaderEpoch === epoch) return cut(follower, end)
    const own = follower.endOffsetForEpoch(found.leaderEpoch)
    await cut(follower, Math.min(end, own?.endOffset ?? end))
    if (follower.latestEpoch === epoch) return
  }
}

async function cut(log: PartitionLog, offset: number): Promise<void> {
  if (offset < log.logEndOffset) await log.truncateTo(offset)
}
