import { DecompressionError } from '../compression/byte-source.ts'
import { COMPRESSIONS, type Compression } from '../compression/codecs.ts'
import { crc32c } from '../crc32c.ts'
import { DecodeError } from '../errors.ts'
import { readInt64, writeInt64 } from './int64.ts'

/**
 * The header of a record batch (magic 2), where it lies: a view that reads fields when asked and the few writes that a
 * broker makes in place. Base offset, length, leader epoch and magic stand before the CRC and are not covered by it.
 *
 * Batches with magic 0 and 1 have the same first 17 bytes and a different rest; iteration yields them so that a caller can
 * refuse them by name, and only `sizeBytes`, `magic` and `baseOffset` mean anything there.
 *
 * Source: Kafka protocol guide, "Record Batch"; KIP-98, KIP-534 (delete horizon).
 */

export const BASE_OFFSET_POSITION = 0
export const LENGTH_POSITION = 8
export const LEADER_EPOCH_POSITION = 12
export const MAGIC_POSITION = 16
export const CRC_POSITION = 17
export const ATTRIBUTES_POSITION = 21
export const LAST_OFFSET_DELTA_POSITION = 23
export const BASE_TIMESTAMP_POSITION = 27
export const MAX_TIMESTAMP_POSITION = 35
export const PRODUCER_ID_POSITION = 43
export const PRODUCER_EPOCH_POSITION = 51
export const BASE_SEQUENCE_POSITION = 53
export const RECORD_COUNT_POSITION = 57
/** Where the records begin: the size of the header of magic 2. */
export const RECORDS_POSITION = 61

/** Base offset and length: what is not counted in the length. */
export const LOG_OVERHEAD_BYTES = 12
/** What must be there to know the size and the magic of a batch. */
export const HEADER_BYTES_TO_MAGIC = 17
/** The least length field of any magic (an empty message of magic 0). */
const MIN_LENGTH = 14

export const CURRENT_MAGIC = 2

const COMPRESSION_MASK = 0x07
const LOG_APPEND_TIME_FLAG = 0x08
const TRANSACTIONAL_FLAG = 0x10
export const CONTROL_FLAG = 0x20
const DELETE_HORIZON_FLAG = 0x40

export const NO_PRODUCER_ID = -1
export const NO_PRODUCER_EPOCH = -1
export const NO_SEQUENCE = -1
export const NO_LEADER_EPOCH = -1
export const NO_TIMESTAMP = -1n

const MAX_SEQUENCE = 0x7fff_ffff

/** By the names that `message.timestamp.type` uses. */
export type TimestampType = 'CreateTime' | 'LogAppendTime'

/**
 * A view of one batch. `sizeBytes` may reach beyond the buffer when the caller made the view of a header alone;
 * batches that `batches` yields are whole.
 */
export class RecordBatch {
  readonly buffer: Buffer
  readonly position: number
  /** Of the whole batch, header included. */
  readonly sizeBytes: number

  /** @param position where the batch begins; at least `RECORDS_POSITION` bytes must follow for all fields to be readable */
  constructor(buffer: Buffer, position = 0) {
    this.buffer = buffer
    this.position = position
    this.sizeBytes = LOG_OVERHEAD_BYTES + buffer.readInt32BE(position + LENGTH_POSITION)
  }

  get end(): number {
    return this.position + this.sizeBytes
  }

  /** The bytes of the whole batch; a view. */
  get bytes(): Buffer {
    return this.buffer.subarray(this.position, this.end)
  }

  get baseOffset(): number {
    return readInt64(this.buffer, this.position + BASE_OFFSET_POSITION)
  }

  get leaderEpoch(): number {
    return this.buffer.readInt32BE(this.position + LEADER_EPOCH_POSITION)
  }

  get magic(): number {
    return this.buffer.readInt8(this.position + MAGIC_POSITION)
  }

  /** As stored; see `isCrcValid`. */
  get crc(): number {
    return this.buffer.readUInt32BE(this.position + CRC_POSITION)
  }

  get attributes(): number {
    return this.buffer.readUInt16BE(this.position + ATTRIBUTES_POSITION)
  }

  get isCompressed(): boolean {
    return (this.attributes & COMPRESSION_MASK) !== 0
  }

  /** Throws a `DecompressionError` for an id that names no codec. */
  get compression(): Compression {
    const id = this.attributes & COMPRESSION_MASK
    const compression = COMPRESSIONS[id]
    if (compression === undefined) throw new DecompressionError(`no codec has the id ${id}`)
    return compression
  }

  get timestampType(): TimestampType {
    return (this.attributes & LOG_APPEND_TIME_FLAG) === 0 ? 'CreateTime' : 'LogAppendTime'
  }

  get isTransactional(): boolean {
    return (this.attributes & TRANSACTIONAL_FLAG) !== 0
  }

  get isControl(): boolean {
    return (this.attributes & CONTROL_FLAG) !== 0
  }

  get hasDeleteHorizon(): boolean {
    return (this.attributes & DELETE_HORIZON_FLAG) !== 0
  }

  /** The time from which tombstones and markers of this batch may go; compaction keeps it in place of the base timestamp. Source: KIP-534. */
  get deleteHorizonMs(): bigint | null {
    return this.hasDeleteHorizon ? this.baseTimestamp : null
  }

  get lastOffsetDelta(): number {
    return this.buffer.readInt32BE(this.position + LAST_OFFSET_DELTA_POSITION)
  }

  get lastOffset(): number {
    return this.baseOffset + this.lastOffsetDelta
  }

  get nextOffset(): number {
    return this.lastOffset + 1
  }

  get baseTimestamp(): bigint {
    return this.buffer.readBigInt64BE(this.position + BASE_TIMESTAMP_POSITION)
  }

  get maxTimestamp(): bigint {
    return this.buffer.readBigInt64BE(this.position + MAX_TIMESTAMP_POSITION)
  }

  get producerId(): number {
    return readInt64(this.buffer, this.position + PRODUCER_ID_POSITION)
  }

  get hasProducerId(): boolean {
    return this.producerId > NO_PRODUCER_ID
  }

  get producerEpoch(): number {
    return this.buffer.readInt16BE(this.position + PRODUCER_EPOCH_POSITION)
  }

  get baseSequence(): number {
    return this.buffer.readInt32BE(this.position + BASE_SEQUENCE_POSITION)
  }

  get lastSequence(): number {
    return this.baseSequence === NO_SEQUENCE ? NO_SEQUENCE : incrementSequence(this.baseSequence, this.lastOffsetDelta)
  }

  get recordCount(): number {
    return this.buffer.readInt32BE(this.position + RECORD_COUNT_POSITION)
  }
}

/** Sequence numbers run from 0 to 2^31-1 and then from 0 again. Source: KIP-98. */
export function incrementSequence(sequence: number, increment: number): number {
  const next = sequence + increment
  return next > MAX_SEQUENCE ? next - MAX_SEQUENCE - 1 : next
}

/** The reverse of `incrementSequence`: below 0 sequences go on from the largest. */
export function decrementSequence(sequence: number, decrement: number): number {
  const previous = sequence - decrement
  return previous < 0 ? previous + MAX_SEQUENCE + 1 : previous
}

/**
 * The batches in `buffer` from byte `start`, in order. Stops before one that is cut off, as the last of a fetch response may be.
 * Throws a `DecodeError` where no batch can begin: a length below the least possible, an unknown magic.
 */
export function* batches(buffer: Buffer, start = 0, end = buffer.length): Generator<RecordBatch, void, undefined> {
  for (let position = start; ; ) {
    const batch = batchAt(buffer, position, end)
    if (batch === null) return
    yield batch
    position = batch.end
  }
}

/** As `batches`, and a batch that is cut off is a `DecodeError` too. */
export function* wholeBatches(buffer: Buffer, start = 0, end = buffer.length): Generator<RecordBatch, void, undefined> {
  let position = start
  for (const batch of batches(buffer, start, end)) {
    yield batch
    position = batch.end
  }
  if (position !== end) throw new DecodeError(`${end - position} bytes at byte ${position} are less than a batch`)
}

/** The batch that begins at `position`, or null when it does not end before `end`. Throws a `DecodeError` as `batches` does. */
export function batchAt(buffer: Buffer, position: number, end = buffer.length): RecordBatch | null {
  const left = end - position
  if (left < LOG_OVERHEAD_BYTES) return null
  const length = buffer.readInt32BE(position + LENGTH_POSITION)
  if (length < MIN_LENGTH) throw new DecodeError(`record batch at byte ${position} has length ${length}, the least possible is ${MIN_LENGTH}`)
  if (left < HEADER_BYTES_TO_MAGIC) return null
  const magic = buffer.readInt8(position + MAGIC_POSITION)
  if (magic < 0 || magic > CURRENT_MAGIC) throw new DecodeError(`record batch at byte ${position} has unknown magic ${magic}`)
  return length + LOG_OVERHEAD_BYTES > left ? null : new RecordBatch(buffer, position)
}

/** Whether the size has room for a header and the bytes have the CRC that they carry. Of a whole batch with magic 2. */
export function isCrcValid(batch: RecordBatch): boolean {
  return batch.sizeBytes >= RECORDS_POSITION && batch.crc === computeCrc(batch)
}

function computeCrc(batch: RecordBatch): number {
  return crc32c(batch.buffer.subarray(batch.position + ATTRIBUTES_POSITION, batch.end))
}

/** Writes the CRC of the bytes as they are now. */
export function updateCrc(batch: RecordBatch): void {
  batch.buffer.writeUInt32BE(computeCrc(batch), batch.position + CRC_POSITION)
}

/** In place; not under the CRC. */
export function setBaseOffset(batch: RecordBatch, baseOffset: number): void {
  writeInt64(batch.buffer, batch.position + BASE_OFFSET_POSITION, baseOffset)
}

/** In place; not under the CRC. */
export function setLeaderEpoch(batch: RecordBatch, leaderEpoch: number): void {
  batch.buffer.writeInt32BE(leaderEpoch, batch.position + LEADER_EPOCH_POSITION)
}

/** In place, with the CRC, unless both are so already. Attribute bits that have no meaning are cleared then. */
export function setMaxTimestamp(batch: RecordBatch, timestampType: TimestampType, maxTimestamp: bigint): void {
  if (batch.timestampType === timestampType && batch.maxTimestamp === maxTimestamp) return
  const kept = batch.attributes & (COMPRESSION_MASK | TRANSACTIONAL_FLAG | CONTROL_FLAG | DELETE_HORIZON_FLAG)
  batch.buffer.writeInt16BE(kept | (timestampType === 'LogAppendTime' ? LOG_APPEND_TIME_FLAG : 0), batch.position + ATTRIBUTES_POSITION)
  batch.buffer.writeBigInt64BE(maxTimestamp, batch.position + MAX_TIMESTAMP_POSITION)
  updateCrc(batch)
}

export interface BatchAttributes {
  readonly compression: Compression
  readonly timestampType: TimestampType
  readonly isTransactional: boolean
  readonly isControl: boolean
}

/** The attributes field of a batch without a delete horizon. */
export function encodeAttributes(attributes: BatchAttributes): number {
  return (
    COMPRESSIONS.indexOf(attributes.compression) |
    (attributes.timestampType === 'LogAppendTime' ? LOG_APPEND_TIME_FLAG : 0) |
    (attributes.isTransactional ? TRANSACTIONAL_FLAG : 0) |
    (attributes.isControl ? CONTROL_FLAG : 0)
  )
}
