import type { Disk, TimestampMs } from '../../base/ports.ts'
import type { LogConfig } from './log-config.ts'
import type { Segment } from './segment.ts'

export interface RetentionInput {
  readonly disk: Disk
  readonly config: LogConfig
  /** All of the log, in order. */
  readonly segments: readonly Segment[]
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly highWatermark: number
  readonly nowMs: TimestampMs
}

export type RetentionReason = 'log-start' | 'size' | 'time'

/**
 * How many segments may go from the front, and why the last of them may. Nothing at or above the high watermark goes, and a
 * last segment that is empty stays. Source: `UnifiedLog.deleteOldSegments` of Kafka 4.3.1.
 */
export async function segmentsToDelete(input: RetentionInput): Promise<{ readonly count: number; readonly reason: RetentionReason | null }> {
  const belowLogStart = countFromFront(input, 0, (_, next) => next !== undefined && next.baseOffset <= input.logStartOffset)
  if (!input.config.delete) return { count: belowLogStart, reason: belowLogStart > 0 ? 'log-start' : null }
  const bySize = countBySize(input, belowLogStart)
  const byTime = await countByTime(input, bySize)
  if (byTime > bySize) return { count: byTime, reason: 'time' }
  if (bySize > belowLogStart) return { count: bySize, reason: 'size' }
  return { count: belowLogStart, reason: belowLogStart > 0 ? 'log-start' : null }
}

function countBySize(input: RetentionInput, from: number): number {
  const { retentionBytes } = input.config
  if (retentionBytes < 0) return from
  let excess = -retentionBytes
  for (const segment of input.segments.slice(from)) excess += segment.sizeBytes
  return countFromFront(input, from, (segment) => {
    if (excess - segment.sizeBytes < 0) return false
    excess -= segment.sizeBytes
    return true
  })
}

async function countByTime(input: RetentionInput, from: number): Promise<number> {
  const { retentionMs } = input.config
  let count = from
  if (retentionMs < 0) return count
  for (; mayGo(input, count); count++) {
    const youngest = await largestTimestamp(input.disk, input.segments[count] as Segment)
    if (input.nowMs - youngest <= retentionMs) break
  }
  return count
}

/** Where records have no timestamps, the age of the file stands in. */
async function largestTimestamp(disk: Disk, segment: Segment): Promise<TimestampMs> {
  const { timestampMs } = segment.maxTimestamp
  if (timestampMs >= 0) return timestampMs
  return (await disk.info(segment.log.path))?.modifiedMs ?? segment.createdMs
}

function countFromFront(input: RetentionInput, from: number, isToGo: (segment: Segment, next: Segment | undefined) => boolean): number {
  let count = from
  while (mayGo(input, count) && isToGo(input.segments[count] as Segment, input.segments[count + 1])) count++
  return count
}

function mayGo({ segments, logEndOffset, highWatermark }: RetentionInput, at: number): boolean {
  const segment = segments[at]
  if (segment === undefined) return false
  const next = segments[at + 1]
  if (highWatermark < (next?.baseOffset ?? logEndOffset)) return false
  return next !== undefined || segment.sizeBytes > 0
}
