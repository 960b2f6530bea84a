import type { AbortedTransactionEntry } from '../index/transaction-index.ts'
import type { BatchPlace } from './batch-scan.ts'
import type { AbortedTransaction, LogRead, ReadOptions } from './results.ts'
import type { Segment } from './segment.ts'
import type { SegmentList } from './segment-list.ts'

/**
 * Finding and reading batches. A read begins at the batch that holds the offset asked for, takes bytes of one segment up to
 * the limit, and never beyond the position of the bound (log end, high watermark, last stable offset), which is a batch
 * border. Source: `LocalLog.read`, `LogSegment.read` of Kafka.
 */
export interface ReadPlan {
  readonly segment: Segment
  readonly position: number
  readonly sizeBytes: number
  readonly startOffset: number
}

/** Where an upper bound lies: reads stop before `position` in the segment that begins at `baseOffset`. */
export interface BoundPosition {
  readonly baseOffset: number
  readonly position: number
}

const NOTHING = Buffer.alloc(0)

export function emptyRead(options: ReadOptions): LogRead {
  return { kind: 'read', records: NOTHING, abortedTransactions: options.upTo === 'last-stable' ? [] : null }
}

/** The batch to begin with, in the segment that would hold `offset` or a later one (compaction leaves gaps). */
export function findBatch(segments: SegmentList, offset: number): { readonly segment: Segment; readonly place: BatchPlace } | null {
  for (let at = Math.max(0, segments.indexOf(offset)); ; at++) {
    const segment = segments.at(at)
    if (segment === undefined) return null
    const place = segment.find(offset)
    if (place !== null) return { segment, place }
  }
}

export async function findBatchAsync(segments: SegmentList, offset: number): Promise<{ readonly segment: Segment; readonly place: BatchPlace } | null> {
  for (let at = Math.max(0, segments.indexOf(offset)); ; at++) {
    const segment = segments.at(at)
    if (segment === undefined) return null
    const place = await segment.findAsync(offset)
    if (place !== null) return { segment, place }
  }
}

/** How many bytes to read from `place` on; null when the bound leaves nothing, or the first batch does not fit and need not. */
export function planRead(segment: Segment, place: BatchPlace, bound: BoundPosition, options: ReadOptions): Omit<ReadPlan, 'startOffset'> | null {
  if (segment.baseOffset > bound.baseOffset) return null
  const end = segment.baseOffset === bound.baseOffset ? bound.position : segment.sizeBytes
  if (place.position >= end) return null
  if (place.sizeBytes > options.maxBytes && !options.minOneBatch) return null
  return { segment, position: place.position, sizeBytes: Math.min(Math.max(options.maxBytes, place.sizeBytes), end - place.position) }
}

export function readBytes(plan: Omit<ReadPlan, 'startOffset'>, allocate: (sizeBytes: number) => Buffer = Buffer.allocUnsafe): Buffer {
  const target = allocate(plan.sizeBytes)
  if (plan.segment.log.get().readAt(target, plan.position) < target.length) throw plan.segment.damagedAt(plan.position)
  return target
}

export async function readBytesAsync(plan: Omit<ReadPlan, 'startOffset'>, allocate: (sizeBytes: number) => Buffer = Buffer.allocUnsafe): Promise<Buffer> {
  const target = allocate(plan.sizeBytes)
  const bytes = await plan.segment.log.use((file) => file.readAtAsync(target, plan.position))
  if (bytes < target.length) throw plan.segment.damagedAt(plan.position)
  return target
}

/**
 * The transactions aborted in what a read may show: those of the segment read and of later ones, whose markers lie above.
 * The upper bound is the next index entry behind the bytes read, as Kafka takes it.
 */
export function abortedWithin(segments: SegmentList, plan: ReadPlan, logEndOffset: number): AbortedTransaction[] {
  const first = segments.indexOf(plan.segment.baseOffset)
  const nextBase = segments.at(first + 1)?.baseOffset ?? logEndOffset
  const toOffset = plan.segment.offsetIndex.offsetAtOrAbovePosition(plan.position + plan.sizeBytes) ?? nextBase
  const found: AbortedTransactionEntry[] = []
  for (let at = first; ; at++) {
    const segment = segments.at(at)
    if (segment === undefined || segment.transactionIndex.collect(plan.startOffset, toOffset, found)) break
  }
  return found.map(({ producerId, firstOffset }) => ({ producerId, firstOffset }))
}
