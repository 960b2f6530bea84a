import {
  ATTRIBUTES_POSITION,
  CONTROL_FLAG,
  CURRENT_MAGIC,
  LENGTH_POSITION,
  LOG_OVERHEAD_BYTES,
  MAGIC_POSITION,
  RECORD_COUNT_POSITION,
  RECORDS_POSITION,
} from './batch.ts'

/**
 * How many records the batches in `buffer` say they hold; markers of transactions are not counted, nor is a batch that is
 * cut off. Reads four fields of each batch and makes no objects, so that every fetch can be counted. Entries of magic 0
 * and 1 count as one. Stops where no batch can be; never throws.
 */
export function countRecords(buffer: Buffer): number {
  let count = 0
  let position = 0
  while (buffer.length - position >= RECORDS_POSITION) {
    const sizeBytes = LOG_OVERHEAD_BYTES + buffer.readInt32BE(position + LENGTH_POSITION)
    if (sizeBytes <= MAGIC_POSITION || sizeBytes > buffer.length - position) break
    if (buffer[position + MAGIC_POSITION] !== CURRENT_MAGIC) count++
    // The control bit stands in the second of the two bytes of attributes.
    else if (((buffer[position + ATTRIBUTES_POSITION + 1] as number) & CONTROL_FLAG) === 0) count += buffer.readInt32BE(position + RECORD_COUNT_POSITION)
    position += sizeBytes
  }
  return count
}
