import { ErrorCode, errorMessage } from '../../protocol/error-codes.ts'
import type { ControllerError } from './controller.ts'

export const NO_ERROR: ControllerError = { errorCode: ErrorCode.NONE, errorMessage: null }

/** Bytes of a text on the wire. */
const MAX_MESSAGE_BYTES = 0x7fff

/**
 * @param message null where Kafka sends none. One that quotes so much of the request that no answer can hold it makes
 * Kafka's controller fail over it: its client is told UNKNOWN_SERVER_ERROR.
 */
export function failure(errorCode: number, message: string | null): ControllerError {
  if (message !== null && Buffer.byteLength(message) > MAX_MESSAGE_BYTES) return { errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, errorMessage: null }
  return { errorCode, errorMessage: message }
}

/** With the text that Kafka has for the code. */
export function plainFailure(errorCode: number): ControllerError {
  return { errorCode, errorMessage: errorMessage(errorCode) }
}

export function isFailure(error: ControllerError): boolean {
  return error.errorCode !== ErrorCode.NONE
}

/** What a request that would write more than `MAX_RECORDS_PER_REQUEST` records is answered. */
export const TOO_LARGE_BATCH = failure(ErrorCode.POLICY_VIOLATION, 'Unable to perform excessively large batch operation.')

/** Kafka's bound of the records of one decision. */
export const MAX_RECORDS_PER_REQUEST = 10_000
