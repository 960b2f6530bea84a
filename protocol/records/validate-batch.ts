import type { Compression } from '../compression/codecs.ts'
import type { RecordBatch, TimestampType } from './batch.ts'

/** Who appends: what clients may not write (control batches, sequence gaps in offsets) coordinators may. */
export type AppendOrigin = 'client' | 'coordinator'

export interface AppendRules {
  readonly origin: AppendOrigin
  /** As Kafka prints it in messages: `topic-partition`. */
  readonly topicPartition: string
  /** Milliseconds, wall time. */
  readonly nowMs: number
  /** `max.message.bytes` */
  readonly maxMessageBytes: number
  /** `compression.type`: `producer` keeps what came. */
  readonly compression: Compression | 'producer'
  readonly compressionLevel?: number | undefined
  /** `message.timestamp.type` */
  readonly timestampType: TimestampType
  /** `message.timestamp.before.max.ms`; what is not a safe integer (Infinity, 2^63-1) stands for no limit. */
  readonly timestampBeforeMaxMs: number
  /** `message.timestamp.after.max.ms`; as above. */
  readonly timestampAfterMaxMs: number
  /** The topic's `cleanup.policy` contains `compact`. */
  readonly isCompacted: boolean
}

export interface RecordError {
  readonly batchIndex: number
  readonly batchIndexErrorMessage: string | null
}

export interface Accepted {
  readonly ok: true
  /** To be appended: base offset and leader epoch are still to be set. In the given buffer unless `rebuilt`. */
  readonly batch: RecordBatch
  readonly recordCount: number
  /** -1 when no record has a timestamp. */
  readonly maxTimestamp: bigint
  /** The records were compressed anew: the size has changed. */
  readonly rebuilt: boolean
}

export interface Refused {
  readonly ok: false
  readonly errorCode: number
  /** Why, for the log. */
  readonly reason: string
  /** What Kafka tells the client beside the code: null for most. */
  readonly errorMessage: string | null
  readonly recordErrors: readonly RecordError[]
}

export type Validation = Accepted | Refused
