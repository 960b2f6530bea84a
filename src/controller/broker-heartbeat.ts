import type { Uuid } from '../../protocol/uuid.ts'
import { recordLevels } from '../metadata/features.ts'
import { type BrokerRegistration, NO_LEADER, type PartitionImage } from '../metadata/image.ts'
import type { MetadataRecord, MetadataRecordOf } from '../metadata/metadata-record.ts'
import { brokerEpochRefusal } from './broker-registration.ts'
import type { ControllerError } from './controller.ts'
import { NO_ERROR } from './controller-error.ts'
import type { ControllerRules } from './controller-rules.ts'
import { type ControllerState, partitionsWhere } from './controller-state.ts'
import type { Decision } from './decision.ts'
import { leaderUpdates } from './leader-updates.ts'

/** What a broker reports and asks for. Source: BrokerHeartbeatRequest; KIP-631, KIP-858, KIP-1066. */
export interface HeartbeatCommand {
  readonly brokerId: number
  readonly brokerEpoch: number
  /** The last metadata record that it has applied. */
  readonly currentMetadataOffset: number
  readonly wantFence: boolean
  readonly wantShutDown: boolean
  /** Directories that failed since the broker registered. */
  readonly offlineLogDirs: readonly Uuid[]
  /** Directories that take no new partitions; null to leave what is known. */
  readonly cordonedLogDirs: readonly Uuid[] | null
}

export interface HeartbeatReply extends ControllerError {
  readonly isCaughtUp: boolean
  readonly isFenced: boolean
  readonly shouldShutDown: boolean
}

type BrokerState = 'fenced' | 'unfenced' | 'controlled-shutdown' | 'shutdown-now'

const REFUSED = { isCaughtUp: false, isFenced: true, shouldShutDown: false }

/**
 * Moves a broker between fenced, unfenced and controlled shutdown, with the leaders that follow from it. A broker is
 * unfenced when it has applied its own registration; one that shuts down first hands over what it leads.
 *
 * Source: BrokerHeartbeatManager.calculateNextBrokerState.
 */
export function brokerHeartbeat(state: ControllerState, command: HeartbeatCommand, rules: ControllerRules): Decision<HeartbeatReply> {
  const refusal = brokerEpochRefusal(state.image, command.brokerId, command.brokerEpoch)
  if (refusal !== null) return { records: [], reply: { ...refusal, ...REFUSED } }
  const broker = state.image.cluster.brokers.get(command.brokerId) as BrokerRegistration
  // The registration stands at the offset that became the broker's epoch, or right behind it.
  const isCaughtUp = command.currentMetadataOffset >= broker.epoch
  const current = currentState(broker)
  const next = nextState(current, command, { isCaughtUp, hasLeaderships: () => leadsAny(state, broker.id) })
  const records = [...(current === next ? [] : transition(state, broker, next, rules)), ...wentOffline(state, broker, command, rules)]
  return {
    records: [...records, ...cordoned(state, broker, command)],
    reply: { ...NO_ERROR, isCaughtUp, isFenced: next === 'fenced' || next === 'shutdown-now', shouldShutDown: next === 'shutdown-now' },
  }
}

function currentState(broker: BrokerRegistration): BrokerState {
  if (broker.fenced) return 'fenced'
  return broker.inControlledShutdown ? 'controlled-shutdown' : 'unfenced'
}

function nextState(
  current: BrokerState,
  { wantFence, wantShutDown }: HeartbeatCommand,
  { isCaughtUp, hasLeaderships }: { readonly isCaughtUp: boolean; hasLeaderships(): boolean },
): BrokerState {
  switch (current) {
    case 'fenced':
      if (wantShutDown) return 'shutdown-now'
      return !wantFence && isCaughtUp ? 'unfenced' : 'fenced'
    case 'unfenced':
      if (wantFence) return wantShutDown ? 'shutdown-now' : 'fenced'
      if (!wantShutDown) return 'unfenced'
      return hasLeaderships() ? 'controlled-shutdown' : 'shutdown-now'
    case 'controlled-shutdown':
      return hasLeaderships() ? 'controlled-shutdown' : 'shutdown-now'
    case 'shutdown-now':
      return 'shutdown-now'
  }
}

function transition(state: ControllerState, broker: BrokerRegistration, next: BrokerState, rules: ControllerRules): readonly MetadataRecord[] {
  const inIsr = (partition: { readonly isr: readonly number[] }) => partition.isr.includes(broker.id)
  switch (next) {
    case 'fenced':
    case 'shutdown-now':
      return [...leaderUpdates(state, { removed: broker.id }, inIsr, rules), changeRecord(broker, { version: 0, fenced: 1 })]
    case 'unfenced': {
      const leaderless = (partition: { readonly leader: number }) => partition.leader === NO_LEADER
      return [changeRecord(broker, { version: 0, fenced: -1 }), ...leaderUpdates(state, { added: broker.id }, leaderless, rules)]
    }
    case 'controlled-shutdown':
      return [changeRecord(broker, { version: 1, inControlledShutdown: 1 }), ...leaderUpdates(state, { removed: broker.id }, inIsr, rules)]
  }
}

/** What was led from a directory that failed is led by another replica, or by nobody. Source: ReplicationControlManager.handleDirectoriesOffline. */
function wentOffline(
  state: ControllerState,
  broker: BrokerRegistration,
  { offlineLogDirs }: HeartbeatCommand,
  rules: ControllerRules,
): readonly MetadataRecord[] {
  if (!recordLevels(state.image.features.metadataVersion).directoryAssignment) return []
  const failed = broker.logDirs.filter((directory) => offlineLogDirs.includes(directory))
  if (failed.length === 0) return []
  const isAffected = (partition: PartitionImage) =>
    partition.isr.includes(broker.id) && failed.includes(partition.directories[partition.replicas.indexOf(broker.id)] as Uuid)
  const logDirs = broker.logDirs.filter((directory) => !offlineLogDirs.includes(directory))
  return [...leaderUpdates(state, { removed: broker.id }, isAffected, rules), changeRecord(broker, { version: 2, logDirs })]
}

function cordoned(state: ControllerState, broker: BrokerRegistration, { cordonedLogDirs }: HeartbeatCommand): readonly MetadataRecord[] {
  if (cordonedLogDirs === null || !recordLevels(state.image.features.metadataVersion).cordonedLogDirs) return []
  const known = broker.cordonedLogDirs
  const isSame = known !== null && known.length === cordonedLogDirs.length && cordonedLogDirs.every((directory) => known.includes(directory))
  return isSame ? [] : [changeRecord(broker, { version: 3, cordonedLogDirs })]
}

/** In the version that is the first to have the field that changes, as Kafka writes it. */
function changeRecord(
  broker: BrokerRegistration,
  { version, ...change }: { readonly version: number } & Partial<MetadataRecordOf<'BrokerRegistrationChangeRecord'>['data']>,
): MetadataRecord {
  const unchanged = { fenced: 0, inControlledShutdown: 0, logDirs: [], cordonedLogDirs: null }
  return { type: 'BrokerRegistrationChangeRecord', version, data: { brokerId: broker.id, brokerEpoch: broker.epoch, ...unchanged, ...change } }
}

function leadsAny(state: ControllerState, brokerId: number): boolean {
  for (const _ of partitionsWhere(state.image, (partition) => partition.leader === brokerId)) return true
  return false
}
