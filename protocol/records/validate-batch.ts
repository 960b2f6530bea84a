import { DecompressionError, DecompressionLimitError } from '../compression/byte-source.ts'
import { type Compression, openDecompressor } from '../compression/codecs.ts'
import { ErrorCode } from '../error-codes.ts'
import { DecodeError } from '../errors.ts'
import { VarintReader } from '../wire/varint.ts'
import { type Accepted, type AppendRules, type Refused, refuse, type Validation } from './append-rules.ts'
import { batchAt, CURRENT_MAGIC, isCrcValid, RECORDS_POSITION, type RecordBatch, setMaxTimestamp } from './batch.ts'
import { ByteStream } from './byte-stream.ts'
import { rebuildBatch } from './rebuild-batch.ts'
import { records } from './record.ts'
import { checkRecords } from './record-errors.ts'
import { type RecordScan, type RecordSummary, scanRecords, scanStream, summarizeRecords } from './scan-records.ts'

/**
 * What a broker asks of a batch before it appends it as the leader. The batch is changed in place where only its timestamps
 * have to change, and built anew where the topic wants another codec. What a produce request may carry at all was checked
 * before (`src/replication/produce/`); offsets, producers' sequences and epochs are the log's.
 *
 * Every outcome is a value. Codes and messages are those of Apache Kafka 4.3.1, from
 * UnifiedLog.analyzeAndValidateRecords and LogValidator, compared with them case by case.
 */

/**
 * What a compressed batch may inflate to in one validation. Memory needs no such limit (records are read in chunks), the event loop does: a
 * megabyte of zstd can stand for many gigabytes of zeros. Kafka has no limit, since its threads may be busy for long.
 */
export const MAX_INFLATED_BYTES = 1024 * 1024 * 1024

/**
 * @param records one batch; bytes behind it that are less than another one are left out, as by Kafka. Changed in place.
 */
export function validateBatch(records: Buffer, rules: AppendRules): Validation {
  return guarded(ErrorCode.CORRUPT_MESSAGE, () => {
    const batch = batchAt(records, 0)
    if (batch === null) return refuse(ErrorCode.INVALID_RECORD, 'no record batch')
    const isSingle = batchAt(records, batch.end) === null
    return guarded(ErrorCode.INVALID_RECORD, () => checkBatch(batch, rules) ?? checkHeader(batch, isSingle, rules) ?? accept(batch, rules))
  })
}

/** The batch as bytes. */
function checkBatch(batch: RecordBatch, rules: AppendRules): Refused | null {
  const where = `in topic partition ${rules.topicPartition}`
  if (batch.magic !== CURRENT_MAGIC) return refuse(ErrorCode.INVALID_RECORD, `record batch of magic ${batch.magic} ${where}`)
  if (rules.origin === 'client' && batch.baseOffset !== 0)
    return refuse(ErrorCode.INVALID_RECORD, `base offset ${batch.baseOffset} of a new batch is not 0 ${where}`)
  if (batch.sizeBytes > rules.maxMessageBytes) {
    return refuse(ErrorCode.MESSAGE_TOO_LARGE, `record batch of ${batch.sizeBytes} bytes exceeds the configured ${rules.maxMessageBytes} ${where}`)
  }
  return isCrcValid(batch) ? null : refuse(ErrorCode.CORRUPT_MESSAGE, `record batch has a wrong size or CRC (stored: ${batch.crc}) ${where}`)
}

/** The header, which the CRC has shown to be what the sender wrote. */
function checkHeader(batch: RecordBatch, isSingle: boolean, rules: AppendRules): Refused | null {
  const invalid = (what: string): Refused => refuse(ErrorCode.INVALID_RECORD, `${what} in topic partition ${rules.topicPartition}`)
  const { compression, recordCount, lastOffsetDelta, baseSequence } = batch
  if (!isSingle) return invalid(`a second batch behind one of compression ${compression}`)
  if (recordCount < 0) return invalid(`record count ${recordCount}`)
  if (rules.origin !== 'client') return null
  if (recordCount === 0 || recordCount !== lastOffsetDelta + 1) return invalid(`record count ${recordCount} and last offset delta ${lastOffsetDelta}`)
  if (batch.isControl) return invalid('control records of a client')
  return batch.hasProducerId && baseSequence < 0 ? invalid(`sequence ${baseSequence} of producer ${batch.producerId}`) : null
}

/** The records, and what becomes of the batch. */
function accept(batch: RecordBatch, rules: AppendRules): Validation {
  const compression = rules.compression === 'producer' || batch.isControl ? batch.compression : rules.compression
  return compression === batch.compression ? acceptInPlace(batch, rules) : acceptRebuilt(batch, rules, compression)
}

function acceptInPlace(batch: RecordBatch, rules: AppendRules): Validation {
  const scan = scanBatch(batch, rules)
  const { refused, maxTimestamp } = checkRecords(batch, rules, scan, () => summaries(batch, rules))
  if (refused !== null) return refused
  // Kafka means to number such records anew and fails over it.
  if (batch.isCompressed && !scan.isSequential) return refuse(ErrorCode.UNKNOWN_SERVER_ERROR, 'offsets of compressed records are not 0, 1, 2, …')
  return stamp(batch, rules, maxTimestamp)
}

function acceptRebuilt(batch: RecordBatch, rules: AppendRules, compression: Compression): Validation {
  const all = [...records(batch, { maxDecompressedBytes: rules.maxInflatedWholeBytes })]
  const { refused } = checkRecords(batch, rules, scanBatch(batch, rules), () => summaries(batch, rules))
  return refused ?? rebuildBatch(batch, all, rules, compression)
}

function scanBatch(batch: RecordBatch, rules: AppendRules): RecordScan {
  if (!batch.isCompressed) return scanRecords(batch.buffer, batch.position + RECORDS_POSITION, batch.end, batch.recordCount)
  const stream = openStream(batch, rules)
  try {
    return scanStream(stream, batch.recordCount)
  } finally {
    stream.close()
  }
}

function* summaries(batch: RecordBatch, rules: AppendRules): Generator<RecordSummary, void, undefined> {
  if (!batch.isCompressed) return yield* summarizeRecords(new VarintReader(batch.buffer, batch.position + RECORDS_POSITION, batch.end), batch.recordCount)
  const stream = openStream(batch, rules)
  try {
    yield* summarizeRecords(stream, batch.recordCount)
  } finally {
    stream.close()
  }
}

function openStream(batch: RecordBatch, rules: AppendRules): ByteStream {
  const compressed = batch.buffer.subarray(batch.position + RECORDS_POSITION, batch.end)
  return new ByteStream(openDecompressor(batch.compression, compressed, rules.maxInflatedWholeBytes), MAX_INFLATED_BYTES)
}

/** Sets what the broker knows better: the time of the append, or the true maximum of the timestamps. */
function stamp(batch: RecordBatch, rules: AppendRules, maxCreateTimestamp: bigint): Accepted {
  const maxTimestamp = rules.timestampType === 'LogAppendTime' ? BigInt(rules.nowMs) : maxCreateTimestamp
  setMaxTimestamp(batch, rules.timestampType, maxTimestamp)
  return { ok: true, batch, recordCount: batch.recordCount, maxTimestamp, isRebuilt: false }
}

/** Errors that reading throws, as Kafka answers them. `structureCode` is for whatever is not about compression. */
function guarded<T>(structureCode: ErrorCode, run: () => T): T | Refused {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    if (error instanceof DecompressionLimitError) return refuse(ErrorCode.MESSAGE_TOO_LARGE, error.message)
    if (error instanceof DecompressionError) return refuse(ErrorCode.UNKNOWN_SERVER_ERROR, error.message)
    return refuse(structureCode, error.message)
  }
}
