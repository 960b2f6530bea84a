import type { Compression } from '../compression/codecs.ts'
import { compress } from '../compression/codecs.ts'
import { EncodeError } from '../errors.ts'
import { varintBytes, varlongBytes, writeVarint, writeVarlong } from '../wire/varint.ts'
import {
  ATTRIBUTES_POSITION,
  BASE_SEQUENCE_POSITION,
  BASE_TIMESTAMP_POSITION,
  CURRENT_MAGIC,
  encodeAttributes,
  LAST_OFFSET_DELTA_POSITION,
  LENGTH_POSITION,
  LOG_OVERHEAD_BYTES,
  MAGIC_POSITION,
  MAX_TIMESTAMP_POSITION,
  NO_LEADER_EPOCH,
  NO_PRODUCER_EPOCH,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  NO_TIMESTAMP,
  PRODUCER_EPOCH_POSITION,
  PRODUCER_ID_POSITION,
  RECORD_COUNT_POSITION,
  RECORDS_POSITION,
  RecordBatch,
  setBaseOffset,
  setLeaderEpoch,
  type TimestampType,
  updateCrc,
} from './batch.ts'
import { writeInt64 } from './int64.ts'

/** What becomes one record; its offset follows from its place. */
export interface NewRecord {
  /** Milliseconds. */
  readonly timestamp: bigint | number
  readonly key?: Uint8Array | null
  readonly value?: Uint8Array | null
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | null }[]
}

export interface BatchOptions {
  readonly baseOffset?: number
  readonly leaderEpoch?: number
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly compression?: Compression
  /** As the topic's `compression.<codec>.level`; the codec's own default when absent. */
  readonly compressionLevel?: number | undefined
  readonly isTransactional?: boolean
  readonly isControl?: boolean
  /** Given: the batch is of log-append time and this is the time of all its records. */
  readonly logAppendTimeMs?: number
}

/**
 * One whole batch, with its CRC, of at least one record. The bytes are the caller's.
 * Source: Kafka protocol guide, "Record Batch" and "Record".
 */
export function buildBatch(options: BatchOptions, records: readonly NewRecord[]): Buffer {
  const first = records[0]
  if (first === undefined) throw new EncodeError('a record batch of no records')
  const compression = options.compression ?? 'none'
  const baseTimestamp = BigInt(first.timestamp)
  const bytes = compression === 'none' ? frame(records, baseTimestamp) : compressed(records, baseTimestamp, compression, options.compressionLevel)
  writeHeader(bytes, options, { count: records.length, baseTimestamp, maxTimestamp: maxTimestamp(options, records) })
  return bytes
}

/** Room for the header, then the records. */
function frame(records: readonly NewRecord[], baseTimestamp: bigint): Buffer {
  const bodies = records.map((record, index) => bodyBytes(record, index, BigInt(record.timestamp) - baseTimestamp))
  const sizeBytes = bodies.reduce((total, body) => total + varintBytes(body) + body, RECORDS_POSITION)
  const target = Buffer.allocUnsafe(sizeBytes)
  let at = RECORDS_POSITION
  records.forEach((record, index) => {
    at = writeVarint(target, at, bodies[index] as number)
    at = writeBody(target, at, record, index, BigInt(record.timestamp) - baseTimestamp)
  })
  return target
}

function compressed(records: readonly NewRecord[], baseTimestamp: bigint, compression: Compression, level: number | undefined): Buffer {
  const payload = compress(compression, frame(records, baseTimestamp).subarray(RECORDS_POSITION), level)
  return Buffer.concat([Buffer.allocUnsafe(RECORDS_POSITION), payload])
}

function bodyBytes(record: NewRecord, offsetDelta: number, timestampDelta: bigint): number {
  const headers = record.headers ?? []
  let bytes =
    1 + varlongBytes(timestampDelta) + varintBytes(offsetDelta) + nullableBytes(record.key) + nullableBytes(record.value) + varintBytes(headers.length)
  for (const { key, value } of headers) {
    const keyBytes = Buffer.byteLength(key)
    bytes += varintBytes(keyBytes) + keyBytes + nullableBytes(value)
  }
  return bytes
}

function nullableBytes(value: Uint8Array | null | undefined): number {
  return value == null ? 1 : varintBytes(value.length) + value.length
}

function writeBody(target: Buffer, start: number, record: NewRecord, offsetDelta: number, timestampDelta: bigint): number {
  const headers = record.headers ?? []
  let at = start
  target[at++] = 0 // attributes: none are defined
  at = writeVarlong(target, at, timestampDelta)
  at = writeVarint(target, at, offsetDelta)
  at = writeNullable(target, at, record.key)
  at = writeNullable(target, at, record.value)
  at = writeVarint(target, at, headers.length)
  for (const { key, value } of headers) at = writeNullable(target, writeNullable(target, at, Buffer.from(key)), value)
  return at
}

function writeNullable(target: Buffer, start: number, value: Uint8Array | null | undefined): number {
  if (value == null) return writeVarint(target, start, -1)
  const at = writeVarint(target, start, value.length)
  target.set(value, at)
  return at + value.length
}

function maxTimestamp(options: BatchOptions, records: readonly NewRecord[]): bigint {
  if (options.logAppendTimeMs !== undefined) return BigInt(options.logAppendTimeMs)
  let max = NO_TIMESTAMP
  for (const { timestamp } of records) if (timestamp > max) max = BigInt(timestamp)
  return max
}

interface RecordSummary {
  readonly count: number
  readonly baseTimestamp: bigint
  readonly maxTimestamp: bigint
}

function writeHeader(target: Buffer, options: BatchOptions, summary: RecordSummary): void {
  const timestampType: TimestampType = options.logAppendTimeMs === undefined ? 'CreateTime' : 'LogAppendTime'
  const { compression = 'none', isTransactional = false, isControl = false } = options
  target.writeInt32BE(target.length - LOG_OVERHEAD_BYTES, LENGTH_POSITION)
  target.writeInt8(CURRENT_MAGIC, MAGIC_POSITION)
  target.writeInt16BE(encodeAttributes({ compression, timestampType, isTransactional, isControl }), ATTRIBUTES_POSITION)
  target.writeInt32BE(summary.count - 1, LAST_OFFSET_DELTA_POSITION)
  target.writeBigInt64BE(summary.baseTimestamp, BASE_TIMESTAMP_POSITION)
  target.writeBigInt64BE(summary.maxTimestamp, MAX_TIMESTAMP_POSITION)
  writeInt64(target, PRODUCER_ID_POSITION, options.producerId ?? NO_PRODUCER_ID)
  target.writeInt16BE(options.producerEpoch ?? NO_PRODUCER_EPOCH, PRODUCER_EPOCH_POSITION)
  target.writeInt32BE(options.baseSequence ?? NO_SEQUENCE, BASE_SEQUENCE_POSITION)
  target.writeInt32BE(summary.count, RECORD_COUNT_POSITION)
  const batch = new RecordBatch(target)
  setBaseOffset(batch, options.baseOffset ?? 0)
  setLeaderEpoch(batch, options.leaderEpoch ?? NO_LEADER_EPOCH)
  updateCrc(batch)
}
