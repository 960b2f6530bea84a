import type { DiskError } from '../base/errors.ts'
import type { Clock } from '../base/ports.ts'
import type { PartitionLog } from '../storage/log/partition-log.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ExpectedFetches } from './fetch/expected-fetches.ts'
import type { IsrChanges } from './isr/isr-changes.ts'
import type { LagWatch } from './isr/lag-watch.ts'
import type { IsEligible } from './leader-state.ts'
import type { TurnEnd } from './turn-end.ts'

/** What a partition needs of the node around it. */
export interface PartitionEnvironment {
  readonly nodeId: number
  readonly clock: Clock
  readonly logger: Logger
  readonly turnEnd: TurnEnd
  readonly lagTimeMaxMs: () => number
  /** `min.insync.replicas` in force for a topic. */
  readonly minInsyncReplicas: (topic: string) => number
  /** Of this node; -1 before it is registered. */
  readonly brokerEpoch: () => number
  readonly isEligible: IsEligible
  readonly isrChanges: IsrChanges
  readonly lagWatch: LagWatch
  readonly expectedFetches: ExpectedFetches
  /** Calls `cut`, which takes the end of a replica's log away from `offset` on, while the replica is not copied to another directory. */
  readonly cutting: (topic: string, index: number, offset: number, cut: () => Promise<boolean>) => Promise<boolean>
  /** A log's disk failed: its directory goes offline, and this partition with it, before the call returns. */
  readonly diskFailed: (log: PartitionLog, error: DiskError) => void
  readonly highWatermarkChanged: () => void
  /** A broken invariant outside of any request. */
  readonly onFailure: (error: unknown) => void
}
