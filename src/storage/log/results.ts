import type { TimestampMs } from '../../base/ports.ts'

/** Who appends as leader: it decides which checks a batch must pass. Source: `AppendOrigin` of Kafka. */
export type AppendOrigin = 'client' | 'coordinator' | 'raft'

export interface AppendAsLeaderOptions {
  readonly leaderEpoch: number
  readonly origin: AppendOrigin
  readonly nowMs: TimestampMs
  /**
   * Of the coordinator's end markers and of clients with transaction version 2, whose epochs rise with every transaction (KIP-890).
   * 0 when the request does not say (Produce below v12).
   */
  readonly transactionVersion?: 0 | 1 | 2
}

/** The batch is in the log, or was before (`duplicate`). */
export interface Appended {
  readonly kind: 'appended'
  readonly firstOffset: number
  readonly lastOffset: number
  /** Wall time of the append for topics with LogAppendTime, else -1: what Produce answers. */
  readonly logAppendTimeMs: TimestampMs
  readonly logStartOffset: number
  /** The producer sent this batch before: nothing was written, the offsets are those of the first time. */
  readonly duplicate: boolean
  /** `flush.messages` is reached: call `flush` and wait for it before the append is acknowledged. */
  readonly mustFlush: boolean
}

/** Nothing was written. The values, but `detail`, go into the Produce response as they are. */
export interface AppendRefused {
  readonly kind: 'refused'
  readonly errorCode: number
  /** null where Kafka sends none: for all but refused records */
  readonly message: string | null
  readonly recordErrors: readonly RecordError[]
  /** -1 for refusals with which Kafka sends none */
  readonly logStartOffset: number
  /** What was wrong, for our log. */
  readonly detail: string
}

export interface RecordError {
  /** index of the record in its batch */
  readonly batchIndex: number
  readonly message: string | null
}

export type AppendResult = Appended | AppendRefused

export interface AppendAsFollowerOptions {
  /** Of the leader that sent the batches. Those of a higher epoch, and all behind them, are left out (KAFKA-18723). */
  readonly leaderEpoch: number
  readonly nowMs: TimestampMs
}

/** How far a read may see. Source: `FetchIsolation` of Kafka. */
export type ReadBound = 'log-end' | 'high-watermark' | 'last-stable'

export interface ReadOptions {
  /** soft limit in bytes */
  readonly maxBytes: number
  /** give the first batch whole, even when it is larger than `maxBytes` (KIP-74) */
  readonly minOneBatch: boolean
  readonly upTo: ReadBound
  /** Gives memory of this size for what is read; ordinary memory when absent. */
  readonly allocate?: (sizeBytes: number) => Buffer
}

export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

export interface LogRead {
  readonly kind: 'read'
  /** Starts at a batch border, maybe before the offset asked for, and may end inside a batch, as Kafka's answers do. A copy that belongs to the caller, in memory from `allocate`. */
  readonly records: Buffer
  /** Transactions aborted within what was read; null unless `upTo` was 'last-stable'. */
  readonly abortedTransactions: readonly AbortedTransaction[] | null
}

/** The offset is below the log start or above the log end. */
export interface ReadOutOfRange {
  readonly kind: 'out-of-range'
  readonly logStartOffset: number
  readonly logEndOffset: number
}

export type ReadResult = LogRead | ReadOutOfRange

export interface OffsetAndTimestamp {
  readonly offset: number
  /** -1n when the answer is a position and not a record */
  readonly timestamp: bigint
  /** null when the log knows no epoch for the offset */
  readonly leaderEpoch: number | null
}

export interface EpochEndOffset {
  /** the largest epoch that the log knows and that is not above the one asked for */
  readonly leaderEpoch: number
  /** where the next epoch starts, or the log end */
  readonly endOffset: number
}

/** One producer as DescribeProducers shows it. */
export interface ActiveProducer {
  readonly producerId: number
  readonly producerEpoch: number
  /** -1 when it is not known */
  readonly lastSequence: number
  readonly lastTimestampMs: TimestampMs
  readonly coordinatorEpoch: number
  /** null when no transaction is open */
  readonly currentTransactionStartOffset: number | null
}
