import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { AbortedTransaction, EpochEndOffset, ReadBound } from '../../storage/log/results.ts'
import type { Partition } from '../partition.ts'

/** What a fetch asks of one partition. -1 stands for "not given". */
export interface PartitionFetch {
  /** null when the request names a topic by an id that nobody knows. */
  readonly topic: string | null
  /** The zero id when the request names topics (below version 13). */
  readonly topicId: Uuid
  readonly partition: number
  readonly fetchOffset: number
  readonly currentLeaderEpoch: number
  /** Of the last record that the fetcher has: to find out whether its log and ours have parted (KIP-595). */
  readonly lastFetchedEpoch: number
  /** Of a follower. */
  readonly logStartOffset: number
  readonly maxBytes: number
}

/** What holds for all partitions of one fetch. */
export interface FetchParams {
  /** -1 for a consumer, the id of a follower else. */
  readonly replicaId: number
  /** Of the follower's incarnation; -1 when it does not say. */
  readonly replicaEpoch: number
  /** The follower that fetches has been registered anew since: it is not this broker any more. Source: KIP-903. */
  readonly isStaleReplica: boolean
  /** Whether a follower that is not in sync gets nothing of this partition now, since more was copied than may be. */
  readonly isThrottled: (partition: Partition) => boolean
  readonly bound: ReadBound
  readonly leaderOnly: boolean
  /** Where replicas are chosen by rack: from which a consumer had better read, `NO_PREFERENCE` for this one (KIP-392). */
  readonly preferredReplica: ((partition: Partition, fetchOffset: number) => number) | null
  readonly maxWaitMs: number
  readonly minBytes: number
  /** Soft limit of all records together: the first batch goes out however large (KIP-74). */
  readonly maxBytes: number
  /** Gives memory of this size for records. */
  readonly allocate: (sizeBytes: number) => Buffer
  /** Milliseconds for which the fetch has waited for bytes to come. */
  waitedMs: number
}

/** What one partition answers: the fields of FetchResponse's PartitionData. */
export interface PartitionData {
  readonly partitionIndex: number
  readonly errorCode: number
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly logStartOffset: number
  readonly divergingEpoch: { readonly epoch: number; readonly endOffset: number } | undefined
  readonly currentLeader: { readonly leaderId: number; readonly leaderEpoch: number } | undefined
  readonly abortedTransactions: readonly AbortedTransaction[] | null
  readonly preferredReadReplica: number
  /** Valid until the response is sent, when the memory goes back to where it came from. */
  readonly records: Buffer
}

/** A partition of a fetch with its answer. */
export interface FetchedPartition {
  readonly fetch: PartitionFetch
  readonly data: PartitionData
}

export const NO_RECORDS = Buffer.alloc(0)

export function failedFetch(partitionIndex: number, errorCode: ErrorCode): PartitionData {
  return {
    partitionIndex,
    errorCode,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    divergingEpoch: undefined,
    currentLeader: undefined,
    abortedTransactions: null,
    preferredReadReplica: -1,
    records: NO_RECORDS,
  }
}

/** A partition that was never looked up has an empty list where the others have null, as Kafka answers. */
export function unknownPartition(partitionIndex: number, errorCode: ErrorCode): PartitionData {
  return { ...failedFetch(partitionIndex, errorCode), abortedTransactions: [] }
}

export function divergedAt(partitionIndex: number, end: EpochEndOffset, offsets: LogOffsets): PartitionData {
  return {
    partitionIndex,
    errorCode: ErrorCode.NONE,
    ...offsets,
    divergingEpoch: { epoch: end.leaderEpoch, endOffset: end.endOffset },
    currentLeader: undefined,
    abortedTransactions: null,
    preferredReadReplica: -1,
    records: NO_RECORDS,
  }
}

/** The fetcher had better ask another replica. */
export function preferring(partitionIndex: number, preferredReadReplica: number, offsets: LogOffsets): PartitionData {
  return { ...failedFetch(partitionIndex, ErrorCode.NONE), ...offsets, preferredReadReplica }
}

/** Where a log stood when a read began. */
export interface LogOffsets {
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly logStartOffset: number
}
