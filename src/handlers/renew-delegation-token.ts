import { ErrorCode } from '../../protocol/error-codes.ts'
import { RenewDelegationTokenApi } from '../../protocol/messages/renew-delegation-token.ts'
import { defineHandler } from './define-handler.ts'

const NO_TIME = -1

/**
 * RenewDelegationToken (key 39), versions 1-2. Refused: the listeners of this node are all PLAINTEXT, where Kafka knows no token.
 * Deviates: nowhere.  Source: KIP-48.
 */
export const renewDelegationTokenHandler = defineHandler({
  api: RenewDelegationTokenApi,
  listeners: ['broker', 'controller'],
  handle: () => ({ errorCode: ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, expiryTimestampMs: NO_TIME, throttleTimeMs: 0 }),
})
