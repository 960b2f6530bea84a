import { ErrorCode } from '../../../protocol/error-codes.ts'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import type { PartitionLog } from '../../storage/log/partition-log.ts'
import type { AbortedTransaction, ReadOptions, ReadResult } from '../../storage/log/results.ts'
import type { Partition } from '../partition.ts'
import { type ReadFailed, readLog, readLogLater } from '../partition-reads.ts'
import {
  divergedAt,
  type FetchParams,
  failedFetch,
  type LogOffsets,
  NO_RECORDS,
  type PartitionData,
  type PartitionFetch,
  preferring,
} from './partition-fetch.ts'
import { NO_PREFERENCE } from './preferred-replica.ts'

/** What is left for this partition of the limits of its fetch. */
export interface ReadLimit {
  readonly maxBytes: number
  /** No partition before gave a record, so this one gives a whole batch, however large. */
  readonly minOneBatch: boolean
}

/** Bytes of a batch before its length field's end, and where that field stands. */
const BATCH_OVERHEAD_BYTES = 12
const BATCH_LENGTH_POSITION = 8

/**
 * Reads one partition for a fetch.
 *
 * @returns null when the bytes must be waited for: then `readPartitionLater`
 * Errors in the answer: FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, NOT_LEADER_OR_FOLLOWER, OFFSET_OUT_OF_RANGE,
 * INCONSISTENT_TOPIC_ID, KAFKA_STORAGE_ERROR. Source: kafka.cluster.Partition.fetchRecords.
 */
export function readPartition(partition: Partition, fetch: PartitionFetch, params: FetchParams, limit: ReadLimit): PartitionData | null {
  const settled = settleWithoutReading(partition, fetch, params, limit)
  if (settled !== null) return settled
  const offsets = offsetsOf(partition)
  const result = readLog(partition, fetch.fetchOffset, readOptions(fetch, params, limit))
  return result === null ? null : toPartitionData(fetch, offsets, result, limit)
}

/** As `readPartition`, waiting for the disk. */
export async function readPartitionLater(partition: Partition, fetch: PartitionFetch, params: FetchParams, limit: ReadLimit): Promise<PartitionData> {
  const settled = settleWithoutReading(partition, fetch, params, limit)
  if (settled !== null) return settled
  const offsets = offsetsOf(partition)
  const result = await readLogLater(partition, fetch.fetchOffset, readOptions(fetch, params, limit))
  // The partition may have another leader by now, and what was read may have been cut off its log.
  const error = partition.checkEpoch(fetch.currentLeaderEpoch, params.leaderOnly)
  return error === ErrorCode.NONE ? toPartitionData(fetch, offsets, result, limit) : failedFetch(fetch.partition, error)
}

/** The answer where no byte of a log is needed for it; null where records are to be read. */
function settleWithoutReading(partition: Partition, fetch: PartitionFetch, params: FetchParams, limit: ReadLimit): PartitionData | null {
  if (fetch.topicId !== ZERO_UUID && fetch.topicId !== partition.topicId) return failedFetch(fetch.partition, ErrorCode.INCONSISTENT_TOPIC_ID)
  const error = partition.checkEpoch(fetch.currentLeaderEpoch, params.leaderOnly)
  if (error !== ErrorCode.NONE) return failedFetch(fetch.partition, error)
  if (params.replicaId >= 0 && !partition.leader?.hasFollower(params.replicaId)) return failedFetch(fetch.partition, unknownFollowerError(fetch))
  if (params.isStaleReplica) return failedFetch(fetch.partition, ErrorCode.NOT_LEADER_OR_FOLLOWER)
  const preferred = params.preferredReplica?.(partition, fetch.fetchOffset) ?? NO_PREFERENCE
  if (preferred !== NO_PREFERENCE) return preferring(fetch.partition, preferred, offsetsOf(partition))
  const log = partition.log as PartitionLog
  const diverged = fetch.lastFetchedEpoch === -1 ? null : divergence(log, partition, fetch)
  if (diverged !== null) return diverged
  if (fetch.fetchOffset < log.logStartOffset || fetch.fetchOffset > log.logEndOffset) return failedFetch(fetch.partition, ErrorCode.OFFSET_OUT_OF_RANGE)
  if (fetch.fetchOffset >= partition.readableEnd(params.bound) || params.isThrottled(partition)) return empty(fetch, partition, params)
  if (fetch.maxBytes < 0) return failedFetch(fetch.partition, ErrorCode.UNKNOWN_SERVER_ERROR)
  if (!limit.minOneBatch && Math.min(fetch.maxBytes, limit.maxBytes) === 0) return empty(fetch, partition, params)
  return null
}

/** The follower is not among the replicas that this leader knows: one of the two lacks the newest metadata. */
function unknownFollowerError(fetch: PartitionFetch): ErrorCode {
  return fetch.currentLeaderEpoch === -1 ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.UNKNOWN_LEADER_EPOCH
}

/** What tells a fetcher that its log has parted from ours before its offset; null when it has not. Source: KIP-595, KIP-320. */
function divergence(log: PartitionLog, partition: Partition, fetch: PartitionFetch): PartitionData | null {
  const end = log.endOffsetForEpoch(fetch.lastFetchedEpoch)
  if (end === null || fetch.fetchOffset < log.logStartOffset) return failedFetch(fetch.partition, ErrorCode.OFFSET_OUT_OF_RANGE)
  const isSame = end.leaderEpoch >= fetch.lastFetchedEpoch && end.endOffset >= fetch.fetchOffset
  return isSame ? null : divergedAt(fetch.partition, end, offsetsOf(partition))
}

function offsetsOf(partition: Partition): LogOffsets {
  return { highWatermark: partition.highWatermark, lastStableOffset: partition.lastStableOffset, logStartOffset: partition.logStartOffset }
}

function readOptions(fetch: PartitionFetch, params: FetchParams, limit: ReadLimit): ReadOptions {
  return { maxBytes: Math.min(fetch.maxBytes, limit.maxBytes), minOneBatch: limit.minOneBatch, upTo: params.bound, allocate: params.allocate }
}

function empty(fetch: PartitionFetch, partition: Partition, params: FetchParams): PartitionData {
  return withRecords(fetch, offsetsOf(partition), NO_RECORDS, params.bound === 'last-stable' ? [] : null)
}

function toPartitionData(fetch: PartitionFetch, offsets: LogOffsets, result: ReadResult | ReadFailed, limit: ReadLimit): PartitionData {
  switch (result.kind) {
    case 'read': {
      const isCutShort = !limit.minOneBatch && !holdsWholeBatch(result.records)
      return withRecords(fetch, offsets, isCutShort ? NO_RECORDS : result.records, result.abortedTransactions)
    }
    case 'out-of-range':
      return failedFetch(fetch.partition, ErrorCode.OFFSET_OUT_OF_RANGE)
    case 'failed':
      return failedFetch(fetch.partition, result.errorCode)
  }
}

/** Less than one batch is of no use to the fetcher; the space is left to other partitions. */
function holdsWholeBatch(records: Buffer): boolean {
  return records.length >= BATCH_OVERHEAD_BYTES && records.length - BATCH_OVERHEAD_BYTES >= records.readInt32BE(BATCH_LENGTH_POSITION)
}

function withRecords(fetch: PartitionFetch, offsets: LogOffsets, records: Buffer, abortedTransactions: readonly AbortedTransaction[] | null): PartitionData {
  return {
    partitionIndex: fetch.partition,
    errorCode: ErrorCode.NONE,
    highWatermark: offsets.highWatermark,
    lastStableOffset: offsets.lastStableOffset,
    logStartOffset: offsets.logStartOffset,
    divergingEpoch: undefined,
    currentLeader: undefined,
    abortedTransactions,
    preferredReadReplica: -1,
    records,
  }
}
