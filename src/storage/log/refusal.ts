import type { AppendRefused, RecordError } from './results.ts'

const NO_RECORD_ERRORS: readonly RecordError[] = []

/** A refusal with which Kafka sends the code alone. */
export function refused(errorCode: number, detail: string, logStartOffset = -1): AppendRefused {
  return { kind: 'refused', errorCode, message: null, recordErrors: NO_RECORD_ERRORS, logStartOffset, detail }
}
