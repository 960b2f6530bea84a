import { DecodeError } from '../../../protocol/errors.ts'
import {
  BASE_OFFSET_POSITION,
  LAST_OFFSET_DELTA_POSITION,
  LENGTH_POSITION,
  LOG_OVERHEAD_BYTES,
  MAGIC_POSITION,
  MAX_TIMESTAMP_POSITION,
  RECORDS_POSITION,
} from '../../../protocol/records/batch.ts'
import { readInt64 } from '../../../protocol/records/int64.ts'
import type { DiskFile, TimestampMs } from '../../base/ports.ts'
import { readTimestamp } from '../files/timestamps.ts'

/**
 * Going from header to header through a log file, without the records between. Headers are read in windows; a large batch
 * is stepped over. Each search has a synchronous and an asynchronous form over one step function.
 */

/** Holds the batches between two index entries at the default interval, mostly. */
const WINDOW_BYTES = 8 * 1024
/** The least length field of any magic. */
const MIN_LENGTH = 14
const FIRST_MAGIC_WITH_FULL_HEADER = 2

export interface BatchPlace {
  readonly position: number
  readonly sizeBytes: number
  readonly baseOffset: number
  readonly lastOffset: number
  /** -1 when its records have none */
  readonly maxTimestampMs: TimestampMs
}

/** The header at byte `at` of `window`, which stands at `position` in its file; null when it is not one. At least `RECORDS_POSITION` bytes must be there. */
export function placeAt(window: Buffer, at: number, position: number): BatchPlace | null {
  const length = window.readInt32BE(at + LENGTH_POSITION)
  const magic = window.readInt8(at + MAGIC_POSITION)
  if (length < MIN_LENGTH || magic < 0 || magic > FIRST_MAGIC_WITH_FULL_HEADER) return null
  const hasFullHeader = magic === FIRST_MAGIC_WITH_FULL_HEADER
  if (hasFullHeader && length + LOG_OVERHEAD_BYTES < RECORDS_POSITION) return null
  const baseOffset = offsetAt(window, at + BASE_OFFSET_POSITION)
  if (baseOffset === null) return null
  const delta = hasFullHeader ? window.readInt32BE(at + LAST_OFFSET_DELTA_POSITION) : 0
  if (delta < 0) return null
  const maxTimestampMs = hasFullHeader ? readTimestamp(window, at + MAX_TIMESTAMP_POSITION) : -1
  return { position, sizeBytes: length + LOG_OVERHEAD_BYTES, baseOffset, lastOffset: baseOffset + delta, maxTimestampMs }
}

function offsetAt(window: Buffer, at: number): number | null {
  try {
    const offset = readInt64(window, at)
    return offset < 0 ? null : offset
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

/**
 * What to do at a batch: true stops there. The header stands at byte `at` of `window`, which holds more of the batch by luck
 * alone, and is used again for the next ones.
 */
export type Visit = (place: BatchPlace, window: Buffer, at: number) => boolean

export interface ScanRange {
  readonly file: DiskFile
  /** where a batch begins */
  readonly position: number
  readonly end: number
}

/** How a scan ended: `visit` stopped it at `stoppedAt`; or it reached `position`, where the range ends or no batch can begin. */
export interface ScanResult {
  readonly stoppedAt: BatchPlace | null
  readonly position: number
}

/** Visits batches in order until `visit` returns true. Stops where the range ends, and where there is no whole batch. */
export function scan(range: ScanRange, visit: Visit): ScanResult {
  const window = spareWindow ?? Buffer.allocUnsafeSlow(WINDOW_BYTES)
  spareWindow = null
  try {
    return scanThrough(window, range, visit)
  } finally {
    spareWindow = window
  }
}

/** Used again by the next synchronous scan; taken while one runs. */
let spareWindow: Buffer | null = null

function scanThrough(window: Buffer, range: ScanRange, visit: Visit): ScanResult {
  for (let position = range.position; ; ) {
    const bytes = range.file.readAt(windowFor(window, position, range.end), position)
    const result = scanWindow({ window, bytes, position, end: range.end }, visit)
    if (result.isDone) return result
    position = result.position
  }
}

export async function scanAsync(range: ScanRange, visit: Visit): Promise<ScanResult> {
  const window = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, Math.max(range.end - range.position, 0)))
  for (let position = range.position; ; ) {
    const bytes = await range.file.readAtAsync(windowFor(window, position, range.end), position)
    const result = scanWindow({ window, bytes, position, end: range.end }, visit)
    if (result.isDone) return result
    position = result.position
  }
}

function windowFor(window: Buffer, position: number, end: number): Buffer {
  const bytes = Math.max(0, end - position)
  return bytes < window.length ? window.subarray(0, bytes) : window
}

interface WindowRead {
  readonly window: Buffer
  /** bytes read into `window` */
  readonly bytes: number
  readonly position: number
  readonly end: number
}

function scanWindow(read: WindowRead, visit: Visit): ScanResult & { readonly isDone: boolean } {
  let at = 0
  while (at + RECORDS_POSITION <= read.bytes) {
    const position = read.position + at
    const place = placeAt(read.window, at, position)
    if (place === null || position + place.sizeBytes > read.end) return { isDone: true, stoppedAt: null, position }
    if (visit(place, read.window, at)) return { isDone: true, stoppedAt: place, position }
    at += place.sizeBytes
  }
  // Not one header in what is left of the range: the end, or bytes that are no batch.
  return { isDone: at === 0 || read.position + at >= read.end, stoppedAt: null, position: read.position + at }
}
