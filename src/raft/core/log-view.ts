import type { EpochEndOffset } from '../../storage/log/results.ts'
import { compareSnapshots, type SnapshotId } from '../snapshot-name.ts'

/** What the core sees of the log: as it is, with all that the effects so far did to it. */
export interface LogView {
  readonly logStartOffset: number
  readonly logEndOffset: number
  /** null for a log without records. */
  readonly latestEpoch: number | null
  endOffsetForEpoch(leaderEpoch: number): EpochEndOffset | null
  /** Complete snapshots, oldest first. */
  readonly snapshots: readonly { readonly id: SnapshotId; readonly sizeBytes: number }[]
}

/** Where a log ends, for comparing two: first by epoch, then by offset (Raft, section 5.4.1). */
export interface LogEnd {
  readonly offset: number
  readonly epoch: number
}

export type FetchPosition =
  | { readonly type: 'valid' }
  | { readonly type: 'diverging'; readonly end: LogEnd }
  | { readonly type: 'snapshot'; readonly id: SnapshotId }

/** The snapshot that formatting writes: it stands for no records of the log. */
export const BOOTSTRAP: SnapshotId = { offset: 0, epoch: 0 }

export function endOf(log: LogView): LogEnd {
  return { offset: log.logEndOffset, epoch: log.latestEpoch ?? log.snapshots.at(-1)?.id.epoch ?? 0 }
}

export function isAtLeast(a: LogEnd, b: LogEnd): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.offset >= b.offset)
}

/**
 * Whether a replica whose log ends at `offset`, with a last record of `epoch`, agrees with this log so far.
 * Source: KIP-595 and KIP-630; a replica without any record is sent to the snapshot if there is one, KIP-853.
 */
export function checkFetchPosition(log: LogView, offset: number, epoch: number): FetchPosition {
  const latest = log.snapshots.at(-1)?.id ?? BOOTSTRAP
  const earliest = log.snapshots[0]?.id ?? BOOTSTRAP
  const hasSnapshot = compareSnapshots(latest, BOOTSTRAP) > 0
  if (hasSnapshot && (offset === 0 || isBelowStart(log, earliest, { offset, epoch }))) return { type: 'snapshot', id: latest }
  if (offset === 0 && epoch === 0) return { type: 'valid' }
  const end = endOfEpoch(log, epoch)
  return end.epoch === epoch && offset <= end.offset ? { type: 'valid' } : { type: 'diverging', end }
}

/** Where to cut a log that parts from the leader's, which says where it ends at the latest. Source: KIP-595. */
export function truncationOffset(log: LogView, leader: LogEnd): number {
  if (leader.epoch === 0) return Math.min(leader.offset, log.logEndOffset)
  const own = endOfEpoch(log, leader.epoch)
  return own.epoch === leader.epoch ? Math.min(own.offset, leader.offset) : own.offset
}

function isBelowStart(log: LogView, earliest: SnapshotId, { offset, epoch }: LogEnd): boolean {
  if (offset < log.logStartOffset || epoch < earliest.epoch) return true
  return offset === log.logStartOffset && epoch !== earliest.epoch
}

/** Where `epoch`, or the latest before it that the log knows, ends. Source: KafkaRaftLog.endOffsetForEpoch. */
function endOfEpoch(log: LogView, epoch: number): LogEnd {
  const found = log.endOffsetForEpoch(epoch)
  if (found === null) return endOf(log)
  const end = { offset: found.endOffset, epoch: found.leaderEpoch }
  // Older than all records: what agrees is what the snapshot before them holds.
  return end.offset <= log.logStartOffset ? (log.snapshots.find(({ id }) => id.offset === end.offset)?.id ?? end) : end
}
