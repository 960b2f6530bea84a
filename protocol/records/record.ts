import { decompress } from '../compression/codecs.ts'
import { DecodeError } from '../errors.ts'
import { VarintReader } from '../wire/varint.ts'
import { CURRENT_MAGIC, RECORDS_POSITION, type RecordBatch } from './batch.ts'

export interface RecordHeader {
  readonly key: string
  readonly value: Buffer | null
}

/** One record. Key and value are views: of the batch's buffer, or of what it inflated to. Source: Kafka protocol guide, "Record". */
export interface Record {
  readonly offset: number
  /** Milliseconds; for a batch of log-append time, the batch's. */
  readonly timestamp: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

export interface ReadOptions {
  /** What a compressed batch may inflate to; beyond it a `DecompressionLimitError`. */
  readonly maxDecompressedBytes?: number
}

const NO_HEADERS: readonly RecordHeader[] = []

/** Far above what a batch within `message.max.bytes` holds, far below what would stop a node. */
export const DEFAULT_MAX_DECOMPRESSED_BYTES = 64 * 1024 * 1024

/**
 * The records of a batch, in order. Throws a `DecodeError` for anything that is not a well-formed record, for a count that does
 * not match, and for a magic other than 2. The CRC is the caller's business.
 */
export function* records(batch: RecordBatch, options: ReadOptions = {}): Generator<Record, void, undefined> {
  const count = batch.recordCount
  if (batch.magic !== CURRENT_MAGIC) throw new DecodeError(`records of magic ${batch.magic} are not read`)
  if (count < 0) throw new DecodeError(`record count ${count} is negative`)
  if (count === 0) return
  const reader = new VarintReader(recordBytes(batch, options.maxDecompressedBytes ?? DEFAULT_MAX_DECOMPRESSED_BYTES))
  const { baseOffset, baseTimestamp } = batch
  const appendTime = batch.timestampType === 'LogAppendTime' ? batch.maxTimestamp : null
  for (let index = 0; index < count; index++) {
    const record = readRecord(reader, baseOffset, baseTimestamp, appendTime)
    if (index === count - 1 && reader.remaining > 0) throw new DecodeError(`${reader.remaining} bytes remain after the ${count} records of the batch`)
    yield record
  }
}

/** The bytes of the records as they are before compression. */
function recordBytes(batch: RecordBatch, maxBytes: number): Buffer {
  if (batch.sizeBytes < RECORDS_POSITION) throw new DecodeError(`a batch of ${batch.sizeBytes} bytes has no room for its header`)
  const stored = batch.buffer.subarray(batch.position + RECORDS_POSITION, batch.end)
  return batch.isCompressed ? decompress(batch.compression, stored, maxBytes) : stored
}

function readRecord(reader: VarintReader, baseOffset: number, baseTimestamp: bigint, appendTime: bigint | null): Record {
  const sizeBytes = reader.varint()
  if (sizeBytes > reader.remaining) throw new DecodeError(`record of ${sizeBytes} bytes at byte ${reader.position}, ${reader.remaining} left`)
  const end = reader.position + sizeBytes
  reader.skip(1) // attributes: none are defined
  const timestampDelta = reader.varlong()
  const offsetDelta = reader.varint()
  const key = reader.nullableBytes()
  const value = reader.nullableBytes()
  const headers = readHeaders(reader)
  if (reader.position !== end) throw new DecodeError(`record ends at byte ${reader.position}, its size says ${end}`)
  const timestamp = appendTime ?? BigInt.asIntN(64, baseTimestamp + timestampDelta)
  return { offset: baseOffset + offsetDelta, timestamp, key, value, headers }
}

function readHeaders(reader: VarintReader): readonly RecordHeader[] {
  const count = reader.varint()
  if (count === 0) return NO_HEADERS
  if (count < 0 || count > reader.remaining) throw new DecodeError(`${count} record headers, ${reader.remaining} bytes left`)
  const headers: RecordHeader[] = []
  for (let index = 0; index < count; index++) headers.push({ key: reader.take(reader.varint()).toString(), value: reader.nullableBytes() })
  return headers
}
