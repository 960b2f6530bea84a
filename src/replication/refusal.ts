import type { ErrorCode } from '../../protocol/error-codes.ts'
import { errorName } from '../../protocol/error-codes.ts'
import type { AppendRefused, RecordError } from '../storage/log/results.ts'

export const NO_RECORD_ERRORS: readonly RecordError[] = []

/** An append that did not come as far as the log. */
export function appendRefused(errorCode: ErrorCode, logStartOffset = -1): AppendRefused {
  return { kind: 'refused', errorCode, message: null, recordErrors: NO_RECORD_ERRORS, logStartOffset, detail: errorName(errorCode) }
}
