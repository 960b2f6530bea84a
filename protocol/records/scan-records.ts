import { DecodeError } from '../errors.ts'
import { VarintReader } from '../wire/varint.ts'
import type { ByteStream } from './byte-stream.ts'

/**
 * Passes over the records of a batch as a broker makes them to accept it: only what validation asks is looked at, and no
 * record is ever in memory as such. Kafka looks closer at uncompressed records than at compressed ones, and so do we.
 */

/** What a pass over all records of a batch tells, without an object for any of them. */
export interface RecordScan {
  /** The smallest and largest timestamp, relative to the base timestamp; infinite when there are no records. */
  readonly minTimestampDelta: number
  readonly maxTimestampDelta: number
  /** Some timestamp may be beyond ±2^48 from the base: it is not counted in the two above. */
  readonly hasWideTimestamp: boolean
  readonly hasNullKey: boolean
  /** The records' offsets are 0, 1, 2, … relative to the base offset. */
  readonly isSequential: boolean
}

/**
 * Checks the structure of the `count` uncompressed records that must fill `[start, end)` exactly.
 * Throws a `DecodeError` where they do not. This runs over every record that is produced: nothing is allocated or called back.
 * Source: Kafka protocol guide, "Record".
 */
export function scanRecords(buffer: Buffer, start: number, end: number, count: number): RecordScan {
  const reader = new VarintReader(buffer, start, end)
  let minTimestampDelta = Number.POSITIVE_INFINITY
  let maxTimestampDelta = Number.NEGATIVE_INFINITY
  let hasWideTimestamp = false
  let hasNullKey = false
  let isSequential = true
  for (let index = 0; index < count; index++) {
    const sizeBytes = reader.varint()
    if (sizeBytes > reader.remaining) throw new DecodeError(`record of ${sizeBytes} bytes at byte ${reader.position}, ${reader.remaining} left`)
    const recordEnd = reader.position + sizeBytes
    reader.skip(1) // attributes: none are defined
    const timestampDelta = reader.smallVarlong()
    if (timestampDelta < minTimestampDelta) minTimestampDelta = timestampDelta
    if (timestampDelta > maxTimestampDelta) maxTimestampDelta = timestampDelta
    if (Number.isNaN(timestampDelta)) hasWideTimestamp = true
    if (reader.varint() !== index) isSequential = false
    const keyBytes = reader.varint()
    if (keyBytes < 0) hasNullKey = true
    else reader.skip(keyBytes)
    const valueBytes = reader.varint()
    if (valueBytes > 0) reader.skip(valueBytes)
    const headerCount = reader.varint()
    if (headerCount !== 0) skipHeaders(reader, headerCount)
    if (reader.position !== recordEnd) throw new DecodeError(`record ends at byte ${reader.position}, its size says ${recordEnd}`)
  }
  if (count > 0 && reader.remaining > 0) throw new DecodeError(`${reader.remaining} bytes remain after the ${count} records of the batch`)
  return { minTimestampDelta, maxTimestampDelta, hasWideTimestamp, hasNullKey, isSequential }
}

function skipHeaders(reader: VarintReader, count: number): void {
  if (count < 0 || count > reader.remaining) throw new DecodeError(`${count} record headers at byte ${reader.position}, ${reader.remaining} bytes left`)
  for (let index = 0; index < count; index++) {
    const keyBytes = reader.varint()
    if (keyBytes < 0) throw new DecodeError(`record header with a key of ${keyBytes} bytes at byte ${reader.position}`)
    reader.skip(keyBytes)
    const valueBytes = reader.varint()
    if (valueBytes > 0) reader.skip(valueBytes)
  }
}

/**
 * As `scanRecords`, for the records that a compressed batch inflates to. Sizes of records are not compared with what they hold,
 * as Kafka does not; a record may be larger than any chunk.
 */
export function scanStream(stream: ByteStream, count: number): RecordScan {
  let minTimestampDelta = Number.POSITIVE_INFINITY
  let maxTimestampDelta = Number.NEGATIVE_INFINITY
  let hasWideTimestamp = false
  let hasNullKey = false
  let isSequential = true
  for (let index = 0; index < count; index++) {
    stream.varint() // size
    stream.skip(1) // attributes
    const timestampDelta = stream.smallVarlong()
    if (timestampDelta < minTimestampDelta) minTimestampDelta = timestampDelta
    if (timestampDelta > maxTimestampDelta) maxTimestampDelta = timestampDelta
    if (Number.isNaN(timestampDelta)) hasWideTimestamp = true
    if (stream.varint() !== index) isSequential = false
    const keyBytes = stream.varint()
    if (keyBytes < 0) hasNullKey = true
    else stream.skip(keyBytes)
    const valueBytes = stream.varint()
    if (valueBytes > 0) stream.skip(valueBytes)
    skipStreamHeaders(stream, stream.varint())
  }
  if (count > 0 && !stream.isAtEnd) throw new DecodeError(`bytes remain after the ${count} compressed records of the batch`)
  return { minTimestampDelta, maxTimestampDelta, hasWideTimestamp, hasNullKey, isSequential }
}

function skipStreamHeaders(stream: ByteStream, count: number): void {
  if (count < 0) throw new DecodeError(`${count} record headers`)
  for (let index = 0; index < count; index++) {
    const keyBytes = stream.varint()
    if (keyBytes < 0) throw new DecodeError(`record header with a key of ${keyBytes} bytes`)
    stream.skip(keyBytes)
    const valueBytes = stream.varint()
    if (valueBytes > 0) stream.skip(valueBytes)
  }
}

/** What a complaint about one record is made of. */
export interface RecordSummary {
  readonly offsetDelta: number
  readonly timestampDelta: bigint
  /** -1 for null. */
  readonly keyBytes: number
  readonly valueBytes: number
}

/** The records one by one, for a batch that has passed a scan and was found to be at fault in some of them. */
export function* summarizeRecords(source: VarintReader | ByteStream, count: number): Generator<RecordSummary, void, undefined> {
  for (let index = 0; index < count; index++) {
    source.varint() // size
    source.skip(1) // attributes
    const timestampDelta = source.varlong()
    const offsetDelta = source.varint()
    const keyBytes = source.varint()
    source.skip(Math.max(0, keyBytes))
    const valueBytes = source.varint()
    source.skip(Math.max(0, valueBytes))
    for (let fields = 2 * source.varint(); fields > 0; fields--) source.skip(Math.max(0, source.varint()))
    yield { offsetDelta, timestampDelta, keyBytes, valueBytes }
  }
}
