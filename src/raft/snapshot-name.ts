/** Names a snapshot: all records below `offset`, the last of which was written in `epoch`. */
export interface SnapshotId {
  readonly offset: number
  readonly epoch: number
}

export type SnapshotFile =
  | { readonly state: 'complete'; readonly id: SnapshotId }
  /** Left by a crash while it was written, or on its way out: to be removed. */
  | { readonly state: 'partial' | 'deleted'; readonly id: SnapshotId }

/** `00000000000000000000-0000000000.checkpoint`: offset with 20 digits, epoch with 10. */
export function snapshotFileName(id: SnapshotId): string {
  return `${String(id.offset).padStart(20, '0')}-${String(id.epoch).padStart(10, '0')}.checkpoint`
}

/** null for a file that is no snapshot. Partial ones have a random part before `.checkpoint.part`. */
export function parseSnapshotFileName(name: string): SnapshotFile | null {
  const match = /^(\d{20})-(\d{10})(\.checkpoint|\.checkpoint\.deleted|-.*\.checkpoint\.part|\.checkpoint\.part)$/.exec(name)
  if (match === null) return null
  const id = { offset: Number(match[1]), epoch: Number(match[2]) }
  if (!Number.isSafeInteger(id.offset)) return null
  if (name.endsWith('.part')) return { state: 'partial', id }
  return { state: name.endsWith('.deleted') ? 'deleted' : 'complete', id }
}

/** Older ones first. */
export function compareSnapshots(a: SnapshotId, b: SnapshotId): number {
  return a.epoch - b.epoch || a.offset - b.offset
}
