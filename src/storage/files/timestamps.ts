import type { TimestampMs } from '../../base/ports.ts'

const TWO_TO_32 = 0x1_0000_0000
/** The largest number below 2^63 that a double holds. */
const MAX = 2 ** 63 - 1024

/**
 * The int64 at byte `at` as a number, without a bigint in between. Exact within ±2^53 ms (285,000 years); users may choose
 * timestamps beyond, which are then rounded here, in indexes and comparisons, and never in the records.
 */
export function readTimestamp(buffer: Buffer, at: number): TimestampMs {
  return buffer.readInt32BE(at) * TWO_TO_32 + buffer.readUInt32BE(at + 4)
}

export function writeTimestamp(buffer: Buffer, at: number, timestampMs: TimestampMs): void {
  const value = Math.max(-MAX, Math.min(MAX, timestampMs))
  const high = Math.floor(value / TWO_TO_32)
  buffer.writeInt32BE(high, at)
  buffer.writeUInt32BE(value - high * TWO_TO_32, at + 4)
}
