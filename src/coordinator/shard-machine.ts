import type { SnapshotRegistry } from '../base/timeline/snapshot-registry.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ShardTimers } from './shard-timers.ts'

/** The bytes of one record of an internal topic. A null value deletes the key. */
export interface EncodedRecord {
  readonly key: Buffer
  readonly value: Buffer | null
}

/** Between a coordinator's records and their bytes. */
export interface RecordCodec<Rec> {
  encode(record: Rec): EncodedRecord
  /**
   * null for a type that this coordinator does not know: such records stay in the log and are skipped.
   * The bytes belong to the caller and change: what is kept is copied. Errors: `DecodeError`.
   */
  decode(key: Buffer | null, value: Buffer | null): Rec | null
}

/** Where a replayed record stands. Outside of transactions `producerId` is -1. */
export interface ReplayPosition {
  readonly offset: number
  readonly producerId: number
}

/**
 * The state of one partition of an internal topic, which a coordinator supplies and the runtime drives. `replay` alone
 * changes durable state: at once when a record is written, and again when the partition is loaded.
 */
export interface ShardMachine<Rec> {
  replay(record: Rec, at: ReplayPosition): void
  /** The transaction of `producerId` ended: its records count, or never did. */
  replayTransactionEnd(producerId: number, committed: boolean): void
  /** All records were replayed; requests follow. Starts timers. */
  onLoaded(): void
  /** No call follows: whoever still waits is told NOT_COORDINATOR. */
  onUnloaded(): void
}

/** What a machine is built with. */
export interface ShardContext<Rec> {
  readonly partition: number
  /** For the machine's timeline structures: its snapshots are the runtime's. */
  readonly snapshots: SnapshotRegistry
  readonly timers: ShardTimers<Rec>
  readonly logger: Logger
}

/** What came of a read or a write. An error code is one of those with which the coordinator's APIs answer. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errorCode: number }
