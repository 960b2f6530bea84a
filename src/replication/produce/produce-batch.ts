import { ErrorCode } from '../../../protocol/error-codes.ts'
import {
  ATTRIBUTES_POSITION,
  CURRENT_MAGIC,
  HEADER_BYTES_TO_MAGIC,
  LENGTH_POSITION,
  LOG_OVERHEAD_BYTES,
  MAGIC_POSITION,
  PRODUCER_EPOCH_POSITION,
  PRODUCER_ID_POSITION,
  RECORDS_POSITION,
} from '../../../protocol/records/batch.ts'

/** The least length of any batch. Source: LegacyRecord.RECORD_OVERHEAD_V0. */
const MIN_LENGTH = 14
const TRANSACTIONAL_FLAG = 0x10
const COMPRESSION_MASK = 0x07
const ZSTD = 4
/** The first version whose clients may send zstd. Source: KIP-110. */
const FIRST_ZSTD_VERSION = 7

export interface ProduceBatch {
  /** NONE, or what the partition is answered. */
  readonly errorCode: ErrorCode
  /** The one batch, without what stands behind it; empty with an error. */
  readonly batch: Buffer
}

const EMPTY = Buffer.alloc(0)
const NO_BATCH = -1
const CORRUPT = -2

/**
 * Takes the one batch out of the records that a producer sent for a partition. What is inside is checked when it is appended.
 *
 * Errors: INVALID_RECORD (no whole batch, several, another magic), CORRUPT_MESSAGE (impossible length or magic),
 * UNSUPPORTED_COMPRESSION_TYPE (zstd below version 7). Source: ProduceRequest.validateRecords; ByteBufferLogInputStream.
 */
export function produceBatch(records: Buffer, version: number): ProduceBatch {
  const size = nextBatchBytes(records, 0)
  if (size === CORRUPT) return failed(ErrorCode.CORRUPT_MESSAGE)
  if (size === NO_BATCH || records[MAGIC_POSITION] !== CURRENT_MAGIC) return failed(ErrorCode.INVALID_RECORD)
  if (version < FIRST_ZSTD_VERSION && size >= RECORDS_POSITION && (records.readInt16BE(ATTRIBUTES_POSITION) & COMPRESSION_MASK) === ZSTD) {
    return failed(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE)
  }
  if (records.length === size) return { errorCode: ErrorCode.NONE, batch: records }
  const second = nextBatchBytes(records, size)
  if (second === CORRUPT) return failed(ErrorCode.CORRUPT_MESSAGE)
  if (second !== NO_BATCH) return failed(ErrorCode.INVALID_RECORD)
  return { errorCode: ErrorCode.NONE, batch: records.subarray(0, size) }
}

/** What Kafka says of records that do not even begin like a batch, or null. It refuses the whole request for them. */
export function corruptionOf(records: Buffer): string | null {
  if (nextBatchBytes(records, 0) !== CORRUPT) return null
  const length = records.readInt32BE(LENGTH_POSITION)
  if (length < MIN_LENGTH) return `Record size ${length} is less than the minimum record overhead (${MIN_LENGTH})`
  return `Invalid magic found in record: ${records.readInt8(MAGIC_POSITION)}`
}

/** Whether the records begin with a batch that is part of a transaction. */
export function isTransactional(records: Buffer): boolean {
  return records.length >= RECORDS_POSITION && nextBatchBytes(records, 0) > 0 && (records.readInt16BE(ATTRIBUTES_POSITION) & TRANSACTIONAL_FLAG) !== 0
}

export interface TransactionalProducer {
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** Who sent a transactional batch; null for any other. */
export function transactionalProducerOf(batch: Buffer): TransactionalProducer | null {
  if (batch.length < RECORDS_POSITION || (batch.readInt16BE(ATTRIBUTES_POSITION) & TRANSACTIONAL_FLAG) === 0) return null
  const producerId = batch.readBigInt64BE(PRODUCER_ID_POSITION)
  return producerId < 0n ? null : { producerId, producerEpoch: batch.readInt16BE(PRODUCER_EPOCH_POSITION) }
}

/** The size of the batch at `position`, or NO_BATCH when no whole one is there, or CORRUPT. */
function nextBatchBytes(records: Buffer, position: number): number {
  const remaining = records.length - position
  if (remaining < LOG_OVERHEAD_BYTES) return NO_BATCH
  const length = records.readInt32BE(position + LENGTH_POSITION)
  if (length < MIN_LENGTH) return CORRUPT
  if (remaining < HEADER_BYTES_TO_MAGIC) return NO_BATCH
  if ((records[position + MAGIC_POSITION] as number) > CURRENT_MAGIC) return CORRUPT
  const size = length + LOG_OVERHEAD_BYTES
  return size > remaining ? NO_BATCH : size
}

function failed(errorCode: ErrorCode): ProduceBatch {
  return { errorCode, batch: EMPTY }
}
