import type { LogView } from '../core/log-view.ts'
import type { RaftLog } from '../raft-log.ts'
import type { SnapshotStore } from '../snapshot-store.ts'

/** Log and snapshots as the core sees them, whatever becomes of them. */
export function viewOf(log: RaftLog, snapshots: Pick<SnapshotStore<unknown>, 'all'>): LogView {
  return {
    get logStartOffset() {
      return log.logStartOffset
    },
    get logEndOffset() {
      return log.logEndOffset
    },
    get latestEpoch() {
      return latestEpochOf(log)
    },
    get snapshots() {
      return snapshots.all
    },
    endOffsetForEpoch: (leaderEpoch) => log.endOffsetForEpoch(leaderEpoch),
  }
}

/** Of the last record; null when there is none, whatever the log remembers of records that were there. */
export function latestEpochOf({ logStartOffset, logEndOffset, latestEpoch }: Pick<RaftLog, 'logStartOffset' | 'logEndOffset' | 'latestEpoch'>): number | null {
  return logEndOffset > logStartOffset ? latestEpoch : null
}
