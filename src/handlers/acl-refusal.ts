import { ErrorCode } from '../../protocol/error-codes.ts'
import type { RequestContext } from './request-context.ts'

/** What requests that change access rules are answered without an authorizer. */
export const NO_AUTHORIZER = { errorCode: ErrorCode.SECURITY_DISABLED, errorMessage: 'No Authorizer is configured.' }

/** Of resource types, pattern types, operations and permissions: nothing that a request may name. */
const UNKNOWN = 0

/**
 * Closes the connection when one of the codes is "unknown", as Kafka does, which takes such a request for undecodable.
 * @returns whether it did
 */
export function refusesUnknown(context: RequestContext, codes: readonly number[]): boolean {
  if (!codes.includes(UNKNOWN)) return false
  context.closeConnection('an access rule with an unknown element')
  return true
}
