import { ErrorCode } from '../../protocol/error-codes.ts'
import { CreateDelegationTokenApi } from '../../protocol/messages/create-delegation-token.ts'
import { defineHandler } from './define-handler.ts'

const NO_TIME = -1

/**
 * CreateDelegationToken (key 38), versions 1-3. Refused: the listeners of this node are all PLAINTEXT, where Kafka gives no token.
 * Deviates: nowhere.  Source: KIP-48, KIP-373 (tokens for other owners).
 */
export const createDelegationTokenHandler = defineHandler({
  api: CreateDelegationTokenApi,
  listeners: ['broker', 'controller'],
  handle({ apiVersion, principal }, { ownerPrincipalType, ownerPrincipalName }) {
    const requester = principalOf(principal)
    const owner = ownerPrincipalName ? { type: ownerPrincipalType ?? '', name: ownerPrincipalName } : requester
    return {
      errorCode: ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
      principalType: owner.type,
      principalName: owner.name,
      ...(apiVersion < 3 ? {} : { tokenRequesterPrincipalType: requester.type, tokenRequesterPrincipalName: requester.name }),
      issueTimestampMs: NO_TIME,
      expiryTimestampMs: NO_TIME,
      maxTimestampMs: NO_TIME,
      tokenId: '',
      hmac: Buffer.alloc(0),
      throttleTimeMs: 0,
    }
  },
})

/** Of `User:name`. */
function principalOf(principal: string): { readonly type: string; readonly name: string } {
  const colon = principal.indexOf(':')
  return { type: principal.slice(0, colon), name: principal.slice(colon + 1) }
}
