import type { Clock, Timers } from '../base/ports.ts'
import type { ControllerRegistration, MetadataImage } from '../metadata/image.ts'
import type { MetadataRecord } from '../metadata/metadata-record.ts'
import type { AppendReceipt } from '../raft/metadata-writer.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ControllerRules } from './controller-rules.ts'

/** What the controller needs of the metadata log. */
export interface ControllerLog {
  readonly isLeader: boolean
  readonly epoch: number
  readonly logEndOffset: number
  /** Too much waits for its commit. */
  readonly isBusy: boolean
  /** The level of `kraft.version`. */
  readonly kraftVersion: number
  /** Below it a node has the log, and knows it to be committed as far as it says; -1 when it did not fetch from this leader. */
  knownOffsetOf(nodeId: number): number
  /** Whether the leader knows all voters with their directories, and they support this level. */
  votersSupport(kraftVersion: number): boolean
  append(epoch: number, records: readonly MetadataRecord[]): AppendReceipt
  /** Takes effect at once and is committed with what is appended next. The caller has asked `votersSupport` in the same turn. */
  upgradeKraftVersion(epoch: number, kraftVersion: number): void
}

/** What the controller needs of who follows the committed log on this node. */
export interface AppliedMetadata {
  image(): MetadataImage
  readonly hasOpenTransaction: boolean
  applied(offset: number): Promise<void>
  /** All that was handed over by now is applied, but for a transaction that is open. */
  caughtUp(): Promise<void>
}

export interface QuorumControllerOptions {
  readonly clusterId: string
  /** This controller as it registers in each epoch that it leads. */
  readonly registration: ControllerRegistration
  readonly rules: ControllerRules
  readonly log: ControllerLog
  readonly metadata: AppliedMetadata
  readonly bootstrapRecords: readonly MetadataRecord[]
  /** metadata.max.idle.interval.ms: an empty record is written as often, so that followers see how far they lag (KIP-835); 0 is never */
  readonly maxIdleIntervalMs: number
  /** broker.session.timeout.ms */
  readonly sessionTimeoutMs: number
  /** odradek.broker.connection.grace.ms */
  readonly connectionGraceMs: number
  /** How often leadership goes back to preferred replicas (`leader.imbalance.check.interval.seconds`); null: by itself never. */
  readonly leaderBalanceIntervalMs: number | null
  /** unclean.leader.election.interval.ms */
  readonly uncleanElectionIntervalMs: number
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>
  readonly timers: Pick<Timers, 'schedule'>
  readonly logger: Logger
  /** An activation that fails, or a broken invariant outside of any request: the node can not go on. */
  readonly onFailure: (error: Error) => void
}
