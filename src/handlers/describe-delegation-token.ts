import { ErrorCode } from '../../protocol/error-codes.ts'
import { DescribeDelegationTokenApi } from '../../protocol/messages/describe-delegation-token.ts'
import { defineHandler } from './define-handler.ts'

/**
 * DescribeDelegationToken (key 41), versions 1-3. Refused: the listeners of this node are all PLAINTEXT, where Kafka tells of no
 * token. Kafka's controller advertises the API and answers that it does not know it.
 * Deviates: nowhere.  Source: KIP-48.
 */
export const describeDelegationTokenHandler = defineHandler({
  api: DescribeDelegationTokenApi,
  listeners: ['broker', 'controller'],
  handle: ({ listenerKind }) => ({
    errorCode: listenerKind === 'broker' ? ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED : ErrorCode.UNKNOWN_SERVER_ERROR,
    tokens: [],
    throttleTimeMs: 0,
  }),
})
