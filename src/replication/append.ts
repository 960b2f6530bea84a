/** Why records are appended; what is checked depends on it. Source: org.apache.kafka.storage.internals.log.AppendOrigin. */
export type AppendOrigin = 'client' | 'coordinator'

export interface AppendOptions {
  readonly origin: AppendOrigin
  readonly nowMs: number
  /** -1 checks `min.insync.replicas` and counts as written once the high watermark passes; 0 and 1 do not. */
  readonly requiredAcks: number
}

/** One record that validation refused. `message` is null where Kafka sends none. */
export interface RecordError {
  readonly batchIndex: number
  readonly message: string | null
}

/**
 * What became of an append. With `errorCode` 0, records [baseOffset, lastOffset] are in the log (or were before, when an
 * idempotent producer repeats itself); otherwise nothing was appended and the offsets are -1.
 */
export interface AppendOutcome {
  readonly errorCode: number
  readonly baseOffset: number
  readonly lastOffset: number
  /** The broker's time where the topic stamps records itself, else -1. */
  readonly logAppendTimeMs: number
  /** -1 when it is unknown. */
  readonly logStartOffset: number
  readonly recordErrors: readonly RecordError[]
  readonly errorMessage: string | null
}

export const NO_RECORD_ERRORS: readonly RecordError[] = []

export function appendFailed(errorCode: number, errorMessage: string | null = null, logStartOffset = -1): AppendOutcome {
  return { errorCode, baseOffset: -1, lastOffset: -1, logAppendTimeMs: -1, logStartOffset, recordErrors: NO_RECORD_ERRORS, errorMessage }
}
