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
      return log.latestEpoch
    },
    get snapshots() {
      return snapshots.all
    },
    endOffsetForEpoch: (leaderEpoch) => log.endOffsetForEpoch(leaderEpoch),
  }
}
