import type { Compression } from '../compression/codecs.ts'
import type { ErrorCode } from '../error-codes.ts'
import type { RecordBatch, TimestampType } from './batch.ts'

/** Who appends. Clients are held to more: no control records, offsets from 0 that match the count, a sequence with a producer id. */
export type AppendOrigin = 'client' | 'coordinator'

/** What a batch is held against when a leader appends it. */
export interface AppendRules {
  readonly origin: AppendOrigin
  /** `topic-partition`, for messages. */
  readonly topicPartition: string
  /** Milliseconds, wall time. */
  readonly nowMs: number
  /** `max.message.bytes` */
  readonly maxMessageBytes: number
  /** `compression.type`: `producer` keeps what came. */
  readonly compression: Compression | 'producer'
  /** `compression.<codec>.level` of that codec. */
  readonly compressionLevel?: number | undefined
  /** `message.timestamp.type` */
  readonly timestampType: TimestampType
  /** `message.timestamp.before.max.ms`; any number beyond the safe integers stands for no limit. */
  readonly timestampBeforeMaxMs: number
  /** `message.timestamp.after.max.ms`; as above. */
  readonly timestampAfterMaxMs: number
  /** To what a snappy block, or records that have to be compressed anew, may inflate: they do as a whole. */
  readonly maxInflatedWholeBytes: number
  /** The topic's `cleanup.policy` contains `compact`: every record needs a key. */
  readonly isCompacted: boolean
}

/** As in a produce response: which record of the batch, and what is wrong with it. */
export interface RecordError {
  readonly batchIndex: number
  readonly batchIndexErrorMessage: string
}

export interface Accepted {
  readonly ok: true
  /** What to append, timestamps set; base offset and leader epoch are still the sender's. Lies in the given buffer unless `isRebuilt`. */
  readonly batch: RecordBatch
  readonly recordCount: number
  /** Of the records as they will be read; -1 when none has a timestamp. */
  readonly maxTimestamp: bigint
  /** The records were compressed anew; the size is checked. */
  readonly isRebuilt: boolean
}

export interface Refused {
  readonly ok: false
  readonly errorCode: ErrorCode
  /** Why, for our log. */
  readonly reason: string
  /** What Kafka tells the client besides the code: null but where single records are at fault. */
  readonly errorMessage: string | null
  readonly recordErrors: readonly RecordError[]
}

export type Validation = Accepted | Refused

/** Refuses the batch as a whole; `reason` is for the log, clients get the code alone. */
export function refuse(errorCode: ErrorCode, reason: string): Refused {
  return { ok: false, errorCode, reason, errorMessage: null, recordErrors: [] }
}
