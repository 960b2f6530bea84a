import type { DiskError } from '../base/errors.ts'
import type { Clock } from '../base/ports.ts'
import type { PartitionLog } from '../storage/log/partition-log.ts'
import type { TurnEnd } from './turn-end.ts'

/** What a partition needs of the node around it. */
export interface PartitionEnvironment {
  readonly nodeId: number
  readonly clock: Clock
  readonly turnEnd: TurnEnd
  readonly lagTimeMaxMs: () => number
  /** `min.insync.replicas` in force for a topic. */
  readonly minInsyncReplicas: (topic: string) => number
  /** A log's disk failed: its directory goes offline, and this partition with it, before the call returns. */
  readonly diskFailed: (log: PartitionLog, error: DiskError) => void
  readonly highWatermarkChanged: () => void
  /** A broken invariant outside of any request. */
  readonly onFailure: (error: unknown) => void
}
