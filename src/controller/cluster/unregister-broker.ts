import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { ControllerError } from '../controller.ts'
import { failure, MAX_RECORDS_PER_REQUEST, NO_ERROR, TOO_LARGE_BATCH } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { leaderUpdates } from '../partitions/leader-updates.ts'

/**
 * Forgets a broker, whether it runs or not: it leads nothing and is in sync nowhere. A broker that runs is unknown until
 * it starts again. Source: ReplicationControlManager.unregisterBroker; KIP-631.
 */
export function unregisterBroker(state: ControllerState, brokerId: number, rules: ControllerRules): Decision<ControllerError> {
  const broker = state.image.cluster.brokers.get(brokerId)
  if (broker === undefined) {
    return { records: [], reply: failure(ErrorCode.BROKER_ID_NOT_REGISTERED, `Broker ID ${brokerId} is not currently registered`) }
  }
  const records = [
    ...leaderUpdates(state, { removed: brokerId }, ({ isr }) => isr.includes(brokerId), rules),
    ...leaderUpdates(state, { removed: brokerId }, ({ isr, eligibleLeaderReplicas: elr }) => !isr.includes(brokerId) && elr.includes(brokerId), rules),
  ]
  if (records.length >= MAX_RECORDS_PER_REQUEST) return { records: [], reply: TOO_LARGE_BATCH }
  return { records: [...records, { type: 'UnregisterBrokerRecord', version: 0, data: { brokerId, brokerEpoch: broker.epoch } }], reply: NO_ERROR }
}
