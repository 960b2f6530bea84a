import { DecodeError } from '../../../protocol/errors.ts'
import { batchAt, CURRENT_MAGIC, isCrcValid, type RecordBatch } from '../../../protocol/records/batch.ts'
import { controlRecords } from '../log-batches.ts'

/** Where a log ends, and how far its leader may be. */
export interface LogPlace {
  readonly offset: number
  /** Of the last record. */
  readonly lastEpoch: number
  /** Of the leader: it has no records of later epochs. */
  readonly leaderEpoch: number
}

/**
 * The batches at the front of what a leader sent that continue a log: whole ones, in order, without a gap, of epochs that do
 * not go back. What comes behind them is left for the next fetch. Source: KafkaRaftLog.appendAsFollower; KAFKA-19221.
 *
 * @returns a view; null when there is something, and not even the first batch is good
 */
export function whatFollows(bytes: Buffer, place: LogPlace): Buffer | null {
  let end = 0
  let next = place
  try {
    for (let batch = batchAt(bytes, end); batch !== null && continues(batch, next); batch = batchAt(bytes, end)) {
      end = batch.end
      next = { ...next, offset: batch.nextOffset, lastEpoch: batch.leaderEpoch }
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
  }
  return end === 0 && bytes.length > 0 ? null : bytes.subarray(0, end)
}

function continues(batch: RecordBatch, { offset, lastEpoch, leaderEpoch }: LogPlace): boolean {
  const isInPlace = batch.magic === CURRENT_MAGIC && batch.baseOffset === offset && batch.lastOffsetDelta >= 0
  if (!isInPlace || batch.leaderEpoch < lastEpoch || batch.leaderEpoch > leaderEpoch || !isCrcValid(batch)) return false
  if (batch.isControl) controlRecords(batch)
  return true
}
