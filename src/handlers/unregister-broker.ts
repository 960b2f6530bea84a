import { ErrorCode } from '../../protocol/error-codes.ts'
import { UnregisterBrokerApi } from '../../protocol/messages/unregister-broker.ts'
import { answerOf } from '../controller/rejection.ts'
import { defineHandler } from './define-handler.ts'

/**
 * UnregisterBroker (key 64), version 0. The cluster forgets a broker; one that runs is unknown until it starts again.
 * Deviates: nowhere.  Source: KIP-631.
 */
export const unregisterBrokerHandler = defineHandler({
  api: UnregisterBrokerApi,
  listeners: ['broker', 'controller'],
  async handle({ principal, services: { clusterController } }, { brokerId }) {
    const answer = await answerOf(clusterController.unregisterBroker({ principal }, brokerId))
    const { errorCode, errorMessage } = answer.kind === 'refused' ? answer.error : answer.value
    return { throttleTimeMs: 0, errorCode, errorMessage: errorCode === ErrorCode.NONE ? '' : errorMessage }
  },
})
