import { ErrorCode } from '../../protocol/error-codes.ts'
import { InitProducerIdApi, type InitProducerIdResponse } from '../../protocol/messages/init-producer-id.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import { defineHandler } from './define-handler.ts'

/**
 * InitProducerId (key 22), versions 0-5. Gives an idempotent producer its id.
 * Deviates: a transactional id is answered UNSUPPORTED_VERSION, since transactions are not served yet.
 * Source: Kafka protocol guide; KIP-98, KIP-360, KIP-730.
 */
export const initProducerIdHandler = defineHandler({
  api: InitProducerIdApi,
  listeners: ['broker'],
  async handle(context, request): Promise<Input<typeof InitProducerIdResponse>> {
    // Both or neither: an id without its epoch is no producer.
    if ((request.producerId === -1) !== (request.producerEpoch === -1)) return failed(ErrorCode.INVALID_REQUEST)
    if (request.transactionalId !== null) return failed(request.transactionalId === '' ? ErrorCode.INVALID_REQUEST : ErrorCode.UNSUPPORTED_VERSION)
    const { errorCode, producerId } = await context.services.producerIds.next()
    return errorCode === ErrorCode.NONE ? { throttleTimeMs: 0, errorCode, producerId, producerEpoch: 0 } : failed(errorCode)
  },
})

function failed(errorCode: number): Input<typeof InitProducerIdResponse> {
  return { throttleTimeMs: 0, errorCode, producerId: -1, producerEpoch: -1 }
}
