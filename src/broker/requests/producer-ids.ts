import { ErrorCode } from '../../../protocol/error-codes.ts'
import { AllocateProducerIdsApi } from '../../../protocol/messages/allocate-producer-ids.ts'
import type { PeerClient } from '../../client/peer-client.ts'
import type { ControllerError, ProducerIdBlock } from '../../controller/controller.ts'
import { plainFailure } from '../../controller/controller-error.ts'
import { checkController } from './not-controller.ts'

export type ProducerIdsReply = ControllerError & { readonly block: ProducerIdBlock | null }

/** Source: KIP-730. */
export async function askProducerIds(controller: PeerClient, broker: { readonly brokerId: number; readonly brokerEpoch: number }): Promise<ProducerIdsReply> {
  const { errorCode, producerIdStart: firstProducerId, producerIdLen: count } = checkController(await controller.send(AllocateProducerIdsApi, broker))
  return { ...plainFailure(errorCode), block: errorCode === ErrorCode.NONE ? { firstProducerId, count } : null }
}
