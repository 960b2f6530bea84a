import { type BrokerRegistration, NO_LEADER } from '../../metadata/image.ts'
import type { MetadataRecord, MetadataRecordOf } from '../../metadata/metadata-record.ts'
import type { ControllerRules } from '../controller-rules.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { leaderUpdates } from '../partitions/leader-updates.ts'

/** A broker as one incarnation registered it. */
export interface BrokerIncarnation {
  readonly brokerId: number
  readonly brokerEpoch: number
}

/** Fences a broker that is not heard any more, unless it is gone or came back as another incarnation. The reply says whether it did. */
export function fenceSilentBroker(state: ControllerState, { brokerId, brokerEpoch }: BrokerIncarnation, rules: ControllerRules): Decision<boolean> {
  const broker = state.image.cluster.brokers.get(brokerId)
  // One that is fenced already was heard until lately, so that it could shut down or come back.
  if (broker === undefined || broker.epoch !== brokerEpoch || broker.fenced) return { records: [], reply: false }
  return { records: fencing(state, broker, rules), reply: true }
}

/** It leaves all ISRs and leads nothing. Source: ReplicationControlManager.handleBrokerFenced. */
export function fencing(state: ControllerState, broker: BrokerRegistration, rules: ControllerRules): readonly MetadataRecord[] {
  return [...leavingIsrs(state, broker, rules), brokerChange(broker, { version: 0, fenced: 1 })]
}

/** It may lead again, and leads what nobody else could. Source: ReplicationControlManager.handleBrokerUnfenced. */
export function unfencing(state: ControllerState, broker: BrokerRegistration, rules: ControllerRules): readonly MetadataRecord[] {
  const leaderless = (partition: { readonly leader: number }) => partition.leader === NO_LEADER
  return [brokerChange(broker, { version: 0, fenced: -1 }), ...leaderUpdates(state, { added: broker.id }, leaderless, rules)]
}

/** It hands over what it leads, and is still there. Source: ReplicationControlManager.handleBrokerInControlledShutdown. */
export function shuttingDown(state: ControllerState, broker: BrokerRegistration, rules: ControllerRules): readonly MetadataRecord[] {
  return [brokerChange(broker, { version: 1, inControlledShutdown: 1 }), ...leavingIsrs(state, broker, rules)]
}

function leavingIsrs(state: ControllerState, { id }: BrokerRegistration, rules: ControllerRules): readonly MetadataRecord[] {
  return leaderUpdates(state, { removed: id }, (partition) => partition.isr.includes(id), rules)
}

/** In the version that is the first to have the field that changes, as Kafka writes it. */
export function brokerChange(
  broker: BrokerRegistration,
  { version, ...change }: { readonly version: number } & Partial<MetadataRecordOf<'BrokerRegistrationChangeRecord'>['data']>,
): MetadataRecord {
  const unchanged = { fenced: 0, inControlledShutdown: 0, logDirs: [], cordonedLogDirs: null }
  return { type: 'BrokerRegistrationChangeRecord', version, data: { brokerId: broker.id, brokerEpoch: broker.epoch, ...unchanged, ...change } }
}
