import { LOG_OVERHEAD_BYTES, RECORDS_POSITION, type RecordBatch } from '../../../protocol/records/batch.ts'

/** What a transaction coordinator writes to end a transaction. Source: KIP-98, `EndTransactionMarker` of Kafka. */
export interface EndMarker {
  readonly isAbort: boolean
  readonly coordinatorEpoch: number
}

const ABORT = 0
const COMMIT = 1
/** Key: version and type. Value: version and coordinator epoch. */
const KEY_BYTES = 4
const VALUE_BYTES = 6

/**
 * The marker in a control batch of a producer; null when the batch holds no record (compaction took it) or a control record
 * of another kind. Markers are never compressed, and always a batch of their own.
 */
export function endMarkerOf(batch: RecordBatch): EndMarker | null {
  if (batch.recordCount < 1) return null
  const cursor = { buffer: batch.buffer, at: batch.position + RECORDS_POSITION, end: batch.position + Math.max(batch.sizeBytes, LOG_OVERHEAD_BYTES) }
  skipVarint(cursor) // length of the record
  cursor.at += 1 // attributes
  skipVarint(cursor) // timestamp delta
  skipVarint(cursor) // offset delta
  if (readVarint(cursor) < KEY_BYTES || cursor.at + KEY_BYTES > cursor.end) return null
  const type = cursor.buffer.readInt16BE(cursor.at + 2)
  cursor.at += KEY_BYTES
  if (readVarint(cursor) < VALUE_BYTES || cursor.at + VALUE_BYTES > cursor.end) return null
  if (type !== ABORT && type !== COMMIT) return null
  return { isAbort: type === ABORT, coordinatorEpoch: cursor.buffer.readInt32BE(cursor.at + 2) }
}

interface Cursor {
  readonly buffer: Buffer
  at: number
  readonly end: number
}

function skipVarint(cursor: Cursor): void {
  while (cursor.at < cursor.end && (cursor.buffer[cursor.at] as number) >= 0x80) cursor.at++
  cursor.at++
}

/** A zigzag varint of at most five bytes; -1 when it runs over the end. */
function readVarint(cursor: Cursor): number {
  let value = 0
  for (let shift = 0; shift < 35 && cursor.at < cursor.end; shift += 7) {
    const byte = cursor.buffer[cursor.at++] as number
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
  }
  return -1
}
