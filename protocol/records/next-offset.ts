import {
  BASE_OFFSET_POSITION,
  CURRENT_MAGIC,
  LAST_OFFSET_DELTA_POSITION,
  LENGTH_POSITION,
  LOG_OVERHEAD_BYTES,
  MAGIC_POSITION,
  RECORDS_POSITION,
} from './batch.ts'

/**
 * The offset behind the last whole batch in `buffer`, where who reads it goes on; null where there is none of magic 2. Reads
 * a field or two of each batch and makes no objects. Stops where no batch can be; never throws.
 */
export function nextOffsetAfter(buffer: Buffer): number | null {
  let last = -1
  let position = 0
  while (buffer.length - position >= RECORDS_POSITION) {
    const sizeBytes = LOG_OVERHEAD_BYTES + buffer.readInt32BE(position + LENGTH_POSITION)
    if (sizeBytes < RECORDS_POSITION || sizeBytes > buffer.length - position) break
    last = position
    position += sizeBytes
  }
  if (last === -1 || buffer[last + MAGIC_POSITION] !== CURRENT_MAGIC) return null
  const baseOffset = buffer.readInt32BE(last + BASE_OFFSET_POSITION) * 0x1_0000_0000 + buffer.readUInt32BE(last + BASE_OFFSET_POSITION + 4)
  return baseOffset + buffer.readInt32BE(last + LAST_OFFSET_DELTA_POSITION) + 1
}
