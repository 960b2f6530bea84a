import { ErrorCode } from '../../protocol/error-codes.ts'
import type { OffsetAndTimestamp, ReadBound } from '../storage/log/results.ts'
import type { Partition } from './partition.ts'
import type { ReplicaManager } from './replica-manager.ts'

/** Timestamps with a meaning of their own. Source: ListOffsetsRequest. */
const LATEST = -1n
const EARLIEST = -2n
const EARLIEST_LOCAL = -4n

/** The first request version that may ask for each special timestamp. Source: ListOffsetsRequest. */
const FIRST_VERSIONS: ReadonlyMap<bigint, number> = new Map([
  [LATEST, 1],
  [EARLIEST, 1],
  [-3n, 7],
  [EARLIEST_LOCAL, 8],
  [-5n, 9],
  [-6n, 11],
])

export interface OffsetQuery {
  readonly topic: string
  readonly partition: number
  readonly currentLeaderEpoch: number
  readonly timestamp: bigint
}

export interface OffsetQueryParams {
  readonly version: number
  /** -1 consumer, -2 a debugging tool that may ask any replica, else a follower. */
  readonly replicaId: number
  readonly isReadCommitted: boolean
}

export interface OffsetAnswer {
  readonly errorCode: ErrorCode
  readonly timestamp: bigint
  readonly offset: number
  readonly leaderEpoch: number
}

const NOTHING_FOUND: OffsetAnswer = { errorCode: ErrorCode.NONE, timestamp: -1n, offset: -1, leaderEpoch: -1 }

/**
 * Finds the offset for a time or a special timestamp in one partition. A consumer is told of no offset that it could not fetch.
 *
 * @returns a promise only where the log must be searched
 * Errors: UNSUPPORTED_VERSION, OFFSET_NOT_AVAILABLE (LEADER_NOT_AVAILABLE below version 5), and those of the partition.
 * Source: kafka.server.ReplicaManager.fetchOffset; KIP-79, KIP-207, KIP-734, KIP-405, KIP-1005, KIP-1023.
 */
export function listOffset(replicas: ReplicaManager, params: OffsetQueryParams, query: OffsetQuery): OffsetAnswer | Promise<OffsetAnswer> {
  if (isUnsupported(query.timestamp, params.version)) return failed(ErrorCode.UNSUPPORTED_VERSION)
  const partition = replicas.partition(query.topic, query.partition)
  if (partition === undefined) return failed(replicas.hostingError(query.topic, query.partition))
  const error = partition.checkEpoch(query.currentLeaderEpoch, params.replicaId !== -2)
  if (error !== ErrorCode.NONE) return failed(error)
  if (query.timestamp !== LATEST) return searchLog(partition, params, query)
  if (mayBeStale(partition, params)) return notAvailable(params)
  return { errorCode: ErrorCode.NONE, timestamp: -1n, offset: fetchableEnd(partition, params), leaderEpoch: partition.leaderEpoch }
}

function isUnsupported(timestamp: bigint, version: number): boolean {
  return timestamp < 0n && version < (FIRST_VERSIONS.get(timestamp) ?? Number.POSITIVE_INFINITY)
}

async function searchLog(partition: Partition, params: OffsetQueryParams, query: OffsetQuery): Promise<OffsetAnswer> {
  const log = partition.log
  if (log === null) return failed(ErrorCode.NOT_LEADER_OR_FOLLOWER)
  const isEarliest = query.timestamp === EARLIEST || query.timestamp === EARLIEST_LOCAL
  const end = isEarliest ? Number.POSITIVE_INFINITY : fetchableEnd(partition, params)
  const isStale = !isEarliest && mayBeStale(partition, params)
  let found: OffsetAndTimestamp | null
  try {
    found = await log.offsetForTimestamp(query.timestamp)
  } catch (error) {
    // The log moved to another directory, and was closed in the middle of the search.
    if (partition.log !== log && partition.log !== null) return searchLog(partition, params, query)
    partition.logFailed(log, error)
    return failed(ErrorCode.KAFKA_STORAGE_ERROR)
  }
  // The partition may have changed hands while the log was searched.
  const error = partition.checkEpoch(query.currentLeaderEpoch, params.replicaId !== -2)
  if (error !== ErrorCode.NONE) return failed(error)
  if (found !== null && found.offset < end) {
    return { errorCode: ErrorCode.NONE, timestamp: found.timestamp, offset: found.offset, leaderEpoch: found.leaderEpoch ?? -1 }
  }
  return isStale ? notAvailable(params) : NOTHING_FOUND
}

/** A new leader that does not know the high watermark yet must not let a consumer's offsets go back. */
function mayBeStale(partition: Partition, params: OffsetQueryParams): boolean {
  return params.replicaId === -1 && partition.isLeader && !partition.isHighWatermarkKnown
}

function fetchableEnd(partition: Partition, params: OffsetQueryParams): number {
  const bound: ReadBound = params.replicaId !== -1 ? 'log-end' : params.isReadCommitted ? 'last-stable' : 'high-watermark'
  return partition.readableEnd(bound)
}

function notAvailable(params: OffsetQueryParams): OffsetAnswer {
  return failed(params.version >= 5 ? ErrorCode.OFFSET_NOT_AVAILABLE : ErrorCode.LEADER_NOT_AVAILABLE)
}

function failed(errorCode: ErrorCode): OffsetAnswer {
  return { ...NOTHING_FOUND, errorCode }
}
