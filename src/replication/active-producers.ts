import { ErrorCode } from '../../protocol/error-codes.ts'
import type { ActiveProducer } from '../storage/log/results.ts'
import type { ReplicaManager } from './replica-manager.ts'

export interface ActiveProducers {
  readonly errorCode: ErrorCode
  /** Empty with an error. */
  readonly producers: readonly ActiveProducer[]
}

/**
 * The producers that a partition's leader remembers: idempotent and transactional ones that wrote to it lately.
 * Source: kafka.cluster.Partition.activeProducerState; KIP-664.
 */
export function activeProducers(replicas: ReplicaManager, topic: string, index: number): ActiveProducers {
  const partition = replicas.partition(topic, index)
  if (partition === undefined || partition.isOffline) return failed(replicas.hostingError(topic, index))
  const { log } = partition
  if (!partition.isLeader || log === null) return failed(ErrorCode.NOT_LEADER_OR_FOLLOWER)
  try {
    return { errorCode: ErrorCode.NONE, producers: log.activeProducers() }
  } catch (error) {
    // A log that was opened after a clean stop reads its producers when they are first asked for.
    partition.logFailed(log, error)
    return failed(ErrorCode.KAFKA_STORAGE_ERROR)
  }
}

function failed(errorCode: ErrorCode): ActiveProducers {
  return { errorCode, producers: [] }
}
