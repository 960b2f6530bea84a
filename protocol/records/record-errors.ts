import { ErrorCode } from '../error-codes.ts'
import type { AppendRules, RecordError, Refused } from './append-rules.ts'
import { NO_TIMESTAMP, type RecordBatch } from './batch.ts'
import type { RecordScan, RecordSummary } from './scan-records.ts'

/**
 * What is wrong with single records of a sound batch: no key on a compacted topic, a timestamp out of range. A scan answers
 * for nearly all batches that nothing is; else the records are looked at one by one, with exact 64-bit timestamps.
 *
 * Source: KIP-467 (record errors), KIP-937 (timestamp bounds).
 */

/** A batch that is wrong throughout must not grow into a response of any size. Kafka has no bound. */
export const MAX_RECORD_ERRORS = 10_000

const MAX_LONG = 2n ** 63n - 1n
/** Base timestamps below this, with deltas below 2^48, are added exactly. */
const MAX_PLAIN_TIMESTAMP = 2n ** 52n

export interface CheckedRecords {
  readonly refused: Refused | null
  /** -1 when no record has a timestamp. */
  readonly maxTimestamp: bigint
}

/** @param summaries the records, read only when the scan leaves a doubt */
export function checkRecords(batch: RecordBatch, rules: AppendRules, scan: RecordScan, summaries: () => Iterable<RecordSummary>): CheckedRecords {
  return isPlain(batch, scan) && isFaultless(batch, rules, scan)
    ? { refused: null, maxTimestamp: atLeastNone(batch.baseTimestamp + BigInt(scan.maxTimestampDelta)) }
    : checkEach(batch, rules, summaries())
}

/** The timestamps are the records' own, and numbers that can be reckoned with. */
function isPlain(batch: RecordBatch, scan: RecordScan): boolean {
  const { baseTimestamp } = batch
  if (batch.timestampType === 'LogAppendTime' || scan.hasWideTimestamp || scan.maxTimestampDelta < scan.minTimestampDelta) return false
  return baseTimestamp < MAX_PLAIN_TIMESTAMP && baseTimestamp > -MAX_PLAIN_TIMESTAMP
}

/** True is certain; false means that some record may be at fault. */
function isFaultless(batch: RecordBatch, rules: AppendRules, scan: RecordScan): boolean {
  if (rules.isCompacted && scan.hasNullKey) return false
  if (rules.timestampType === 'LogAppendTime') return true
  const base = Number(batch.baseTimestamp)
  const oldest = rules.nowMs - (base + scan.minTimestampDelta)
  const newest = base + scan.maxTimestampDelta - rules.nowMs
  return oldest <= rules.timestampBeforeMaxMs && newest <= rules.timestampAfterMaxMs
}

function checkEach(batch: RecordBatch, rules: AppendRules, summaries: Iterable<RecordSummary>): CheckedRecords {
  const appendTime = batch.timestampType === 'LogAppendTime' ? batch.maxTimestamp : null
  const errors: RecordError[] = []
  let isTimestampAtFault = false
  let maxTimestamp = NO_TIMESTAMP
  let batchIndex = 0
  for (const summary of summaries) {
    const timestamp = appendTime ?? BigInt.asIntN(64, batch.baseTimestamp + summary.timestampDelta)
    if (timestamp > maxTimestamp) maxTimestamp = timestamp
    const keyless = keyFault(rules, summary)
    const fault = keyless ?? timestampFault(batch, rules, summary, timestamp)
    if (fault !== null && errors.length < MAX_RECORD_ERRORS) errors.push({ batchIndex, batchIndexErrorMessage: fault })
    if (fault !== null && keyless === null) isTimestampAtFault = true
    batchIndex++
  }
  return { refused: errors.length === 0 ? null : refuseRecords(errors, isTimestampAtFault), maxTimestamp }
}

function keyFault(rules: AppendRules, summary: RecordSummary): string | null {
  if (!rules.isCompacted || summary.keyBytes >= 0) return null
  return `Compacted topic cannot accept message without key in topic partition ${rules.topicPartition}`
}

function timestampFault(batch: RecordBatch, rules: AppendRules, summary: RecordSummary, timestamp: bigint): string | null {
  if (rules.timestampType === 'CreateTime' && timestamp !== NO_TIMESTAMP) return rangeFault(batch, rules, summary, timestamp)
  if (batch.timestampType !== 'LogAppendTime') return null
  return `Invalid timestamp type in message ${describe(batch, rules, summary, timestamp)}. Producer should not set timestamp type to LogAppendTime.`
}

/** In Kafka's arithmetic, where 64 bits wrap around. */
function rangeFault(batch: RecordBatch, rules: AppendRules, summary: RecordSummary, timestamp: bigint): string | null {
  const now = BigInt(rules.nowMs)
  const before = toLong(rules.timestampBeforeMaxMs)
  const after = toLong(rules.timestampAfterMaxMs)
  const age = BigInt.asIntN(64, now - timestamp)
  if (age <= before && BigInt.asIntN(64, -age) <= after) return null
  const range = `[${BigInt.asIntN(64, now - before)}, ${BigInt.asIntN(64, now + after)}]`
  const offset = batch.baseOffset + summary.offsetDelta
  return `Timestamp ${timestamp} of message with offset ${offset} is out of range. The timestamp should be within ${range}`
}

/** As Kafka prints a record: one that it only passes over, in a batch that stays compressed as it is, under another name and with -1 for null. */
function describe(batch: RecordBatch, rules: AppendRules, summary: RecordSummary, timestamp: bigint): string {
  const isPartial = batch.isCompressed && (rules.compression === 'producer' || rules.compression === batch.compression)
  const [name, least] = isPartial ? ['PartialDefaultRecord', -1] : ['DefaultRecord', 0]
  const offset = batch.baseOffset + summary.offsetDelta
  return `${name}(offset=${offset}, timestamp=${timestamp}, key=${Math.max(least, summary.keyBytes)} bytes, value=${Math.max(least, summary.valueBytes)} bytes)`
}

function refuseRecords(recordErrors: readonly RecordError[], isTimestampAtFault: boolean): Refused {
  const errorMessage = `One or more records have been rejected due to ${isTimestampAtFault ? 'invalid timestamp' : countAndFirst(recordErrors)}`
  const errorCode = isTimestampAtFault ? ErrorCode.INVALID_TIMESTAMP : ErrorCode.INVALID_RECORD
  return { ok: false, errorCode, reason: errorMessage, errorMessage, recordErrors }
}

function countAndFirst(errors: readonly RecordError[]): string {
  const shown = errors.slice(0, 3).map((error) => `RecordError(batchIndex=${error.batchIndex}, message='${error.batchIndexErrorMessage}')`)
  return `${errors.length} record errors in total, and only showing the first three errors at most: [${shown.join(', ')}]`
}

function atLeastNone(timestamp: bigint): bigint {
  return timestamp > NO_TIMESTAMP ? timestamp : NO_TIMESTAMP
}

function toLong(milliseconds: number): bigint {
  return Number.isSafeInteger(milliseconds) ? BigInt(milliseconds) : MAX_LONG
}
