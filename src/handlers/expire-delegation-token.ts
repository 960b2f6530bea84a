import { ErrorCode } from '../../protocol/error-codes.ts'
import { ExpireDelegationTokenApi } from '../../protocol/messages/expire-delegation-token.ts'
import { defineHandler } from './define-handler.ts'

const NO_TIME = -1

/**
 * ExpireDelegationToken (key 40), versions 1-2. Refused: the listeners of this node are all PLAINTEXT, where Kafka knows no token.
 * Deviates: nowhere.  Source: KIP-48.
 */
export const expireDelegationTokenHandler = defineHandler({
  api: ExpireDelegationTokenApi,
  listeners: ['broker', 'controller'],
  handle: () => ({ errorCode: ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, expiryTimestampMs: NO_TIME, throttleTimeMs: 0 }),
})
