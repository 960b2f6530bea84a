import { ErrorCode } from '../../../protocol/error-codes.ts'
import { DecodeError } from '../../../protocol/errors.ts'
import { batchAt, isCrcValid, NO_LEADER_EPOCH, type RecordBatch } from '../../../protocol/records/batch.ts'
import { refused } from './refusal.ts'
import type { AppendRefused } from './results.ts'

export interface NumberedBatchesOptions {
  readonly bytes: Buffer
  readonly origin: 'raft' | 'replication'
  readonly leaderEpoch: number
  readonly logEndOffset: number
  readonly maxMessageBytes: number
  /** For messages: `topic-partition`. */
  readonly partition: string
}

export interface NumberedBatches {
  readonly kind: 'valid'
  readonly batches: readonly RecordBatch[]
  /** Of the batches, from the front of the bytes given. */
  readonly sizeBytes: number
}

/**
 * Checks batches whose offsets and epochs the leader has set. One that is cut short at the end is left out, and from a
 * leader those of an epoch above `leaderEpoch`. Source: `UnifiedLog.analyzeAndValidateRecords` of Kafka 4.3.1.
 */
export function checkNumberedBatches(options: NumberedBatchesOptions): NumberedBatches | AppendRefused {
  const batches: RecordBatch[] = []
  let position = 0
  let nextOffset = options.logEndOffset
  try {
    for (;;) {
      const batch = batchAt(options.bytes, position)
      if (batch === null || isOfLaterLeader(batch, options)) return { kind: 'valid', batches, sizeBytes: position }
      const refusal = checkBatch(batch, nextOffset, options)
      if (refusal !== null) return refusal
      batches.push(batch)
      position = batch.end
      nextOffset = batch.nextOffset
    }
  } catch (error) {
    if (error instanceof DecodeError) return refused(ErrorCode.CORRUPT_MESSAGE, error.message)
    throw error
  }
}

function isOfLaterLeader(batch: RecordBatch, { origin, leaderEpoch }: NumberedBatchesOptions): boolean {
  return origin === 'replication' && batch.leaderEpoch !== NO_LEADER_EPOCH && batch.leaderEpoch > leaderEpoch
}

function checkBatch(batch: RecordBatch, nextOffset: number, options: NumberedBatchesOptions): AppendRefused | null {
  const { origin, partition } = options
  if (batch.magic < 2) return refused(ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT, `A batch of magic ${batch.magic} for ${partition}`)
  if (origin === 'raft' && batch.leaderEpoch !== options.leaderEpoch) {
    const detail = `Append from Raft leader did not set the batch epoch correctly, expected ${options.leaderEpoch} but the batch has ${batch.leaderEpoch}`
    return refused(ErrorCode.INVALID_RECORD, detail)
  }
  if (origin === 'raft' && batch.sizeBytes > options.maxMessageBytes) {
    return refused(ErrorCode.MESSAGE_TOO_LARGE, `A batch of ${batch.sizeBytes} bytes for ${partition}, ${options.maxMessageBytes} are allowed`)
  }
  if (!isCrcValid(batch)) return refused(ErrorCode.CORRUPT_MESSAGE, `Record is corrupt (stored crc = ${batch.crc}) in topic partition ${partition}.`)
  if (batch.baseOffset >= nextOffset && batch.lastOffsetDelta >= 0 && batch.producerId >= -1) return null
  return refused(ErrorCode.INVALID_RECORD, `Unexpected offset ${batch.baseOffset} in append to ${partition}, the next offset is ${nextOffset}`)
}
