import { ErrorCode } from '../../protocol/error-codes.ts'
import type { ReadOptions, ReadResult } from '../storage/log/results.ts'
import type { Partition } from './partition.ts'

/** The disk failed; the partition is offline or about to be. */
export interface ReadFailed {
  readonly kind: 'failed'
  readonly errorCode: ErrorCode
}

const READ_FAILED: ReadFailed = { kind: 'failed', errorCode: ErrorCode.KAFKA_STORAGE_ERROR }

/**
 * Reads as the log does; see `PartitionLog.read`. null when the bytes are not near at hand: then `readLogLater`.
 * Does not throw for the disk: KAFKA_STORAGE_ERROR.
 */
export function readLog(partition: Partition, startOffset: number, options: ReadOptions): ReadResult | ReadFailed | null {
  const { log } = partition
  if (log === null) return READ_FAILED
  try {
    return log.read(startOffset, options)
  } catch (error) {
    partition.logFailed(log, error)
    return READ_FAILED
  }
}

/** As `readLog`, wherever the bytes are. */
export async function readLogLater(partition: Partition, startOffset: number, options: ReadOptions): Promise<ReadResult | ReadFailed> {
  const { log } = partition
  if (log === null) return READ_FAILED
  try {
    const result = await log.readAsync(startOffset, options)
    if (log === partition.log || partition.log === null) return result
  } catch (error) {
    if (log === partition.log || partition.log === null) {
      partition.logFailed(log, error)
      return READ_FAILED
    }
  }
  // The log moved to another directory meanwhile, and was closed in the middle of the read.
  return readLogLater(partition, startOffset, options)
}
