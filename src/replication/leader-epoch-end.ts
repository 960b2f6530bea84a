import { ErrorCode } from '../../protocol/error-codes.ts'
import type { ReplicaManager } from './replica-manager.ts'

export interface LeaderEpochQuery {
  readonly topic: string
  readonly partition: number
  /** -1: not given */
  readonly currentLeaderEpoch: number
  readonly leaderEpoch: number
}

export interface LeaderEpochEnd {
  readonly errorCode: ErrorCode
  /** The largest epoch in the log that is not above the one asked for; -1 when there is none. */
  readonly leaderEpoch: number
  /** Where the next epoch begins, or the log ends; -1 with no epoch. */
  readonly endOffset: number
}

/**
 * Where a leader epoch ends in the log of this leader, so that others can tell where theirs has parted from it.
 * Source: kafka.cluster.Partition.lastOffsetForLeaderEpoch; KIP-101, KIP-279, KIP-320.
 */
export function leaderEpochEnd(replicas: ReplicaManager, query: LeaderEpochQuery): LeaderEpochEnd {
  const partition = replicas.partition(query.topic, query.partition)
  if (partition === undefined) return failed(replicas.hostingError(query.topic, query.partition))
  const error = partition.checkEpoch(query.currentLeaderEpoch, true)
  const { log } = partition
  if (error !== ErrorCode.NONE || log === null) return failed(error)
  try {
    const end = log.endOffsetForEpoch(query.leaderEpoch)
    return { errorCode: ErrorCode.NONE, leaderEpoch: end?.leaderEpoch ?? -1, endOffset: end?.endOffset ?? -1 }
  } catch (thrown) {
    partition.logFailed(log, thrown)
    return failed(ErrorCode.KAFKA_STORAGE_ERROR)
  }
}

function failed(errorCode: ErrorCode): LeaderEpochEnd {
  return { errorCode, leaderEpoch: -1, endOffset: -1 }
}
