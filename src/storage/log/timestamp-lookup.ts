import { RecordBatch } from '../../../protocol/records/batch.ts'
import { records } from '../../../protocol/records/record.ts'
import type { BatchPlace } from './batch-scan.ts'
import type { OffsetAndTimestamp } from './results.ts'
import type { Segment } from './segment.ts'

/**
 * ListOffsets by time. The time index gives the point of a segment from which on batches have to be looked at, the batch
 * headers the batch, its records the answer. Source: `UnifiedLog.fetchOffsetByTimestamp`, KIP-79, KIP-734.
 */

/** The first record from `startOffset` on whose timestamp is not below `timestamp`; null when there is none. */
export async function findByTimestamp(segments: readonly Segment[], timestamp: bigint, startOffset: number): Promise<OffsetAndTimestamp | null> {
  const target = Number(timestamp)
  for (const segment of segments) {
    if (segment.sizeBytes === 0 || segment.maxTimestamp.timestampMs < target) continue
    const entry = segment.timeIndex.lookup(target)
    const { position } = segment.offsetIndex.lookup(Math.max(entry.offset, startOffset))
    return findFrom({ segment, position, timestamp, startOffset })
  }
  return null
}

interface Search {
  readonly segment: Segment
  readonly position: number
  readonly timestamp: bigint
  readonly startOffset: number
}

async function findFrom({ segment, position, timestamp, startOffset }: Search): Promise<OffsetAndTimestamp | null> {
  const target = Number(timestamp)
  for (let from = position; ; ) {
    const place = await segment.scanAsync(from, (batch) => batch.maxTimestampMs >= target && batch.lastOffset >= startOffset)
    if (place === null) return null
    const found = await findInBatch(segment, place, (record) => record.timestamp >= timestamp && record.offset >= startOffset)
    if (found !== null) return found
    from = place.position + place.sizeBytes
  }
}

/** The first record with the largest timestamp of the log; null when no record has a timestamp. */
export async function findMaxTimestamp(segments: readonly Segment[]): Promise<OffsetAndTimestamp | null> {
  const nonEmpty = segments.filter((segment) => segment.sizeBytes > 0)
  if (nonEmpty.length === 0) return null
  const segment = nonEmpty.reduce((best, other) => (other.maxTimestamp.timestampMs > best.maxTimestamp.timestampMs ? other : best))
  const { timestampMs, offset } = segment.maxTimestamp
  if (timestampMs < 0) return null
  const { position } = segment.offsetIndex.lookup(offset)
  const place = await segment.scanAsync(position, (batch) => batch.maxTimestampMs === timestampMs)
  return place === null ? null : findInBatch(segment, place, (record, batch) => record.timestamp === batch.maxTimestamp)
}

type IsMatch = (record: { readonly offset: number; readonly timestamp: bigint }, batch: RecordBatch) => boolean

async function findInBatch(segment: Segment, place: BatchPlace, isMatch: IsMatch): Promise<OffsetAndTimestamp | null> {
  const bytes = Buffer.allocUnsafe(place.sizeBytes)
  const filled = await segment.log.use((file) => file.readAtAsync(bytes, place.position))
  if (filled < bytes.length) throw segment.damagedAt(place.position)
  const batch = new RecordBatch(bytes)
  for (const record of records(batch)) {
    if (!isMatch(record, batch)) continue
    return { offset: record.offset, timestamp: record.timestamp, leaderEpoch: batch.leaderEpoch < 0 ? null : batch.leaderEpoch }
  }
  return null
}
