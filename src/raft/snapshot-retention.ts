import type { RaftLog } from './raft-log.ts'
import type { SnapshotId } from './snapshot-name.ts'
import type { StoredSnapshot } from './snapshot-store.ts'

export interface SnapshotRetention {
  /** metadata.max.retention.bytes: of log and snapshots together; -1 is without bound */
  readonly maxBytes: number
  /** metadata.max.retention.ms: since the newest record in a snapshot was appended; -1 is without bound */
  readonly maxMs: number
}

export interface CleanSnapshotsOptions {
  readonly log: Pick<RaftLog, 'logStartOffset' | 'sizeBytes' | 'incrementLogStartOffset' | 'deleteOldSegments'>
  readonly snapshots: {
    readonly all: readonly StoredSnapshot[]
    /** When the newest record in the snapshot was appended. */
    appendedMsOf(id: SnapshotId): Promise<number>
    removeBefore(id: SnapshotId): Promise<void>
  }
  readonly retention: SnapshotRetention
  readonly nowMs: number
}

/**
 * Removes old snapshots, oldest first, with the log below the next one, while there is too much or it is too old.
 * The newest snapshot always stays. Source: KIP-630; KafkaRaftLog.maybeClean.
 */
export async function cleanSnapshots(options: CleanSnapshotsOptions): Promise<void> {
  while (await isOldestSuperfluous(options)) {
    const next = options.snapshots.all[1] as StoredSnapshot
    await deleteBefore(next.id, options)
  }
}

async function isOldestSuperfluous({ log, snapshots, retention, nowMs }: CleanSnapshotsOptions): Promise<boolean> {
  const [oldest, next] = snapshots.all
  if (oldest === undefined || next === undefined) return false
  const snapshotBytes = snapshots.all.reduce((sum, snapshot) => sum + snapshot.sizeBytes, 0)
  if (retention.maxBytes >= 0 && log.sizeBytes + snapshotBytes > retention.maxBytes) return true
  return retention.maxMs >= 0 && nowMs - (await snapshots.appendedMsOf(oldest.id)) > retention.maxMs
}

async function deleteBefore(id: SnapshotId, { log, snapshots, nowMs }: CleanSnapshotsOptions): Promise<void> {
  log.incrementLogStartOffset(id.offset)
  await log.deleteOldSegments(nowMs)
  await snapshots.removeBefore(id)
}
