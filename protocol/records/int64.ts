import { DecodeError } from '../errors.ts'

const MAX_SAFE_HIGH = 0x1fffff
const MIN_SAFE_HIGH = -0x200000

/** The int64 at byte `at`. Outside ±2^53, where no offset or producer id lies, a `DecodeError`. The caller has checked the bounds. */
export function readInt64(buffer: Buffer, at: number): number {
  const high = buffer.readInt32BE(at)
  if (high > MAX_SAFE_HIGH || high < MIN_SAFE_HIGH) throw new DecodeError(`int64 at byte ${at} is outside of ±2^53`)
  return high * 0x1_0000_0000 + buffer.readUInt32BE(at + 4)
}

/** @param value a safe integer */
export function writeInt64(buffer: Buffer, at: number, value: number): void {
  const high = Math.floor(value / 0x1_0000_0000)
  buffer.writeInt32BE(high, at)
  buffer.writeUInt32BE(value - high * 0x1_0000_0000, at + 4)
}
