import { ErrorCode } from '../../../protocol/error-codes.ts'
import { brokerEpochRefusal } from '../brokers/broker-registration.ts'
import type { ControllerError, ProducerIdBlock } from '../controller.ts'
import { failure, NO_ERROR } from '../controller-error.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'

/** Source: ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE. */
const BLOCK_SIZE = 1000

/** The next block of producer ids for a broker. Source: KIP-730. */
export function allocateProducerIds(
  state: ControllerState,
  brokerId: number,
  brokerEpoch: number,
): Decision<ControllerError & { readonly block: ProducerIdBlock | null }> {
  const refusal = brokerEpochRefusal(state.image, brokerId, brokerEpoch)
  if (refusal !== null) return { records: [], reply: { ...refusal, block: null } }
  const firstProducerId = state.image.nextProducerId
  const nextProducerId = firstProducerId + BLOCK_SIZE
  if (!Number.isSafeInteger(nextProducerId)) {
    const message = "Exhausted all producerIds as the next block's end producerId has exceeded the int64 type limit"
    return { records: [], reply: { ...failure(ErrorCode.UNKNOWN_SERVER_ERROR, message), block: null } }
  }
  return {
    records: [{ type: 'ProducerIdsRecord', version: 0, data: { brokerId, brokerEpoch, nextProducerId } }],
    reply: { ...NO_ERROR, block: { firstProducerId, count: BLOCK_SIZE } },
  }
}
