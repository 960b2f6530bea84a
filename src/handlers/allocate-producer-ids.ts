import { AllocateProducerIdsApi } from '../../protocol/messages/allocate-producer-ids.ts'
import { answerOf } from '../controller/rejection.ts'
import { defineHandler } from './define-handler.ts'

/**
 * AllocateProducerIds (key 67), version 0. Gives a broker a block of producer ids that nobody else has.
 * Deviates: nowhere.  Source: KIP-730.
 */
export const allocateProducerIdsHandler = defineHandler({
  api: AllocateProducerIdsApi,
  listeners: ['controller'],
  async handle({ principal, services: { controller } }, { brokerId, brokerEpoch }) {
    const answer = await answerOf(controller.allocateProducerIds({ principal }, brokerId, brokerEpoch))
    const { errorCode } = answer.kind === 'refused' ? answer.error : answer.value
    const block = answer.kind === 'refused' ? null : answer.value.block
    return { throttleTimeMs: 0, errorCode, producerIdStart: block?.firstProducerId ?? 0, producerIdLen: block?.count ?? 0 }
  },
})
