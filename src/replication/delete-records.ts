import { ErrorCode } from '../../protocol/error-codes.ts'
import { isInternalTopic } from '../../protocol/internal-topics.ts'
import { DelayedPartitions } from './delayed-partitions.ts'
import type { Partition } from './partition.ts'
import type { ReplicaManager } from './replica-manager.ts'

/** Asks for all that is committed to be deleted. Source: DeleteRecordsRequest.HIGH_WATERMARK. */
const HIGH_WATERMARK = -1

export interface RecordsDeletion {
  readonly topic: string
  readonly partition: number
  /** The first offset to keep, or -1 for the high watermark. */
  readonly offset: number
}

export interface DeletionResult {
  errorCode: ErrorCode
  /** Below it, records are gone from all replicas; -1 with an error. */
  lowWatermark: number
}

/** null: the connection is gone, nobody wants the answer. */
export type DeletionOutcome = readonly DeletionResult[] | null

/**
 * Deletes the records before an offset in several partitions, and answers when all replicas have done so.
 *
 * @param deletions each partition once
 * Errors: INVALID_TOPIC_EXCEPTION, POLICY_VIOLATION (compacted only), OFFSET_OUT_OF_RANGE, REQUEST_TIMED_OUT, and those of
 * the partition. Source: kafka.server.ReplicaManager.deleteRecords; KIP-107.
 */
export function deleteRecords(
  replicas: ReplicaManager,
  deletions: readonly RecordsDeletion[],
  options: { readonly timeoutMs: number; readonly closed: () => AbortSignal },
): DeletionOutcome | Promise<DeletionOutcome> {
  const pending = new Map<Partition, () => boolean>()
  const results = deletions.map((deletion) => {
    const { result, requestedOffset } = deleteLocally(replicas, deletion)
    const partition = replicas.partition(deletion.topic, deletion.partition)
    if (partition === undefined || result.errorCode !== ErrorCode.NONE || result.lowWatermark >= requestedOffset) return result
    result.errorCode = ErrorCode.REQUEST_TIMED_OUT
    pending.set(partition, () => settle(result, partition, requestedOffset))
    return result
  })
  if (pending.size === 0) return results
  return new Promise((resolve) => {
    new DelayedPartitions({
      pending,
      timeoutMs: options.timeoutMs,
      schedule: (delayMs, callback) => replicas.timers.schedule(delayMs, callback),
      closed: options.closed(),
      onEnd: (outcome) => resolve(outcome === 'closed' ? null : results),
    })
  })
}

function deleteLocally(replicas: ReplicaManager, deletion: RecordsDeletion): { readonly result: DeletionResult; readonly requestedOffset: number } {
  if (isInternalTopic(deletion.topic)) return failed(ErrorCode.INVALID_TOPIC_EXCEPTION)
  const partition = replicas.partition(deletion.topic, deletion.partition)
  if (partition === undefined || partition.isOffline) return failed(replicas.hostingError(deletion.topic, deletion.partition))
  const { log } = partition
  if (!partition.isLeader || log === null) return failed(ErrorCode.NOT_LEADER_OR_FOLLOWER)
  if (log.config.compact && !log.config.delete) return failed(ErrorCode.POLICY_VIOLATION)
  const requestedOffset = deletion.offset === HIGH_WATERMARK ? log.highWatermark : deletion.offset
  if (requestedOffset < 0) return failed(ErrorCode.OFFSET_OUT_OF_RANGE)
  try {
    if (log.incrementLogStartOffset(requestedOffset) === 'out-of-range') return failed(ErrorCode.OFFSET_OUT_OF_RANGE)
  } catch (error) {
    partition.logFailed(log, error)
    return failed(ErrorCode.KAFKA_STORAGE_ERROR)
  }
  return { result: { errorCode: ErrorCode.NONE, lowWatermark: partition.lowWatermark }, requestedOffset }
}

function settle(result: DeletionResult, partition: Partition, requestedOffset: number): boolean {
  if (partition.isOffline || !partition.isLeader) {
    result.errorCode = partition.isOffline ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NOT_LEADER_OR_FOLLOWER
    result.lowWatermark = -1
    return true
  }
  if (partition.lowWatermark < requestedOffset) return false
  result.errorCode = ErrorCode.NONE
  result.lowWatermark = partition.lowWatermark
  return true
}

function failed(errorCode: ErrorCode): { readonly result: DeletionResult; readonly requestedOffset: number } {
  return { result: { errorCode, lowWatermark: -1 }, requestedOffset: -1 }
}
