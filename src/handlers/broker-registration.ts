import { ErrorCode } from '../../protocol/error-codes.ts'
import { BrokerRegistrationApi, type BrokerRegistrationRequest, type BrokerRegistrationResponse } from '../../protocol/messages/broker-registration.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import { answerOf } from '../controller/rejection.ts'
import { defineHandler } from './define-handler.ts'

/**
 * BrokerRegistration (key 62), versions 0-4. A broker that starts gets its epoch.
 * Deviates: nowhere.  Source: KIP-631, KIP-858 (directories), KIP-966 (previous epoch).
 */
export const brokerRegistrationHandler = defineHandler({
  api: BrokerRegistrationApi,
  listeners: ['controller'],
  async handle({ services: { nodeController } }, request) {
    const answer = await answerOf(nodeController.registerBroker(commandOf(request), 'anywhere'))
    return answer.kind === 'refused' ? answered(answer.error.errorCode, -1) : answered(answer.value.errorCode, answer.value.brokerEpoch)
  },
})

function commandOf({ listeners, ...request }: BrokerRegistrationRequest) {
  return { ...request, endpoints: listeners }
}

function answered(errorCode: number, brokerEpoch: number): Input<typeof BrokerRegistrationResponse> {
  return { throttleTimeMs: 0, errorCode, brokerEpoch: errorCode === ErrorCode.NONE ? brokerEpoch : -1 }
}
