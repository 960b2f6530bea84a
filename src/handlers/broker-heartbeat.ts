import { BrokerHeartbeatApi } from '../../protocol/messages/broker-heartbeat.ts'
import { answerOf } from '../controller/rejection.ts'
import { defineHandler } from './define-handler.ts'

/**
 * BrokerHeartbeat (key 63), versions 0-2. A broker says that it is alive and what it wants, and learns whether it serves.
 * Deviates: nowhere.  Source: KIP-631, KIP-858 (failed directories), KIP-1066 (cordoned ones).
 */
export const brokerHeartbeatHandler = defineHandler({
  api: BrokerHeartbeatApi,
  listeners: ['controller'],
  async handle(context, request) {
    const answer = await answerOf(context.services.nodeController.brokerHeartbeat(request, context))
    if (answer.kind === 'refused') return { throttleTimeMs: 0, errorCode: answer.error.errorCode, shouldShutDown: false }
    const { errorCode, isCaughtUp, isFenced, shouldShutDown } = answer.value
    return { throttleTimeMs: 0, errorCode, isCaughtUp, isFenced, shouldShutDown }
  },
})
