import type { Uuid } from '../../../protocol/uuid.ts'
import { recordLevels } from '../../metadata/features.ts'
import type { BrokerRegistration, PartitionImage } from '../../metadata/image.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import type { ControllerError } from '../controller.ts'
import { NO_ERROR } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import { type ControllerState, partitionsWhere } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { leaderUpdates } from '../partitions/leader-updates.ts'
import { brokerChange, fencing, shuttingDown, unfencing } from './broker-fencing.ts'
import { brokerEpochRefusal } from './broker-registration.ts'

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

/** What the controller knows of the broker beside the log. */
export interface BrokerStanding {
  /** Of the record of its registration: it is caught up when it has applied it. */
  readonly registrationOffset: number
  /** Since it began to shut down, all brokers that serve have learned who leads what it led. */
  readonly isHandedOver: boolean
}

export interface HeartbeatReply extends ControllerError {
  readonly isCaughtUp: boolean
  readonly isFenced: boolean
  /** Still there, and leaving. */
  readonly isShuttingDown: boolean
  readonly shouldShutDown: boolean
}

type BrokerState = 'fenced' | 'unfenced' | 'controlled-shutdown' | 'shutdown-now'

/** What a broker is told of its state. */
const told: Readonly<Record<BrokerState, Pick<HeartbeatReply, 'isFenced' | 'isShuttingDown' | 'shouldShutDown'>>> = {
  fenced: { isFenced: true, isShuttingDown: false, shouldShutDown: false },
  unfenced: { isFenced: false, isShuttingDown: false, shouldShutDown: false },
  'controlled-shutdown': { isFenced: false, isShuttingDown: true, shouldShutDown: false },
  'shutdown-now': { isFenced: true, isShuttingDown: false, shouldShutDown: true },
}

const REFUSED = { isCaughtUp: false, isFenced: true, isShuttingDown: false, shouldShutDown: false }

/**
 * Moves a broker between fenced, unfenced and controlled shutdown, with the leaders that follow from it. A broker is
 * unfenced when it has applied its own registration; one that shuts down first hands over what it leads, and goes when
 * the others know.
 *
 * Source: BrokerHeartbeatManager.calculateNextBrokerState.
 */
export function brokerHeartbeat(state: ControllerState, command: HeartbeatCommand, standing: BrokerStanding, rules: ControllerRules): Decision<HeartbeatReply> {
  const refusal = brokerEpochRefusal(state.image, command.brokerId, command.brokerEpoch)
  if (refusal !== null) return { records: [], reply: { ...refusal, ...REFUSED } }
  const broker = state.image.cluster.brokers.get(command.brokerId) as BrokerRegistration
  const isCaughtUp = command.currentMetadataOffset >= standing.registrationOffset
  const current = currentState(broker)
  const hasLeaderships = () => leadsAny(state, broker.id)
  const next = nextState(current, command, { isCaughtUp, isHandedOver: standing.isHandedOver, hasLeaderships })
  const records = [...(current === next ? [] : transition(state, broker, next, rules)), ...wentOffline(state, broker, command, rules)]
  return {
    records: [...records, ...cordoned(state, broker, command)],
    reply: { ...NO_ERROR, isCaughtUp, ...told[next] },
  }
}

function currentState(broker: BrokerRegistration): BrokerState {
  if (broker.fenced) return 'fenced'
  return broker.inControlledShutdown ? 'controlled-shutdown' : 'unfenced'
}

function nextState(
  current: BrokerState,
  { wantFence, wantShutDown }: HeartbeatCommand,
  { isCaughtUp, isHandedOver, hasLeaderships }: { readonly isCaughtUp: boolean; readonly isHandedOver: boolean; hasLeaderships(): boolean },
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
      return hasLeaderships() || !isHandedOver ? 'controlled-shutdown' : 'shutdown-now'
    case 'shutdown-now':
      return 'shutdown-now'
  }
}

function transition(state: ControllerState, broker: BrokerRegistration, next: BrokerState, rules: ControllerRules): readonly MetadataRecord[] {
  switch (next) {
    case 'fenced':
    case 'shutdown-now':
      return fencing(state, broker, rules)
    case 'unfenced':
      return unfencing(state, broker, rules)
    case 'controlled-shutdown':
      return shuttingDown(state, broker, rules)
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
  return [...leaderUpdates(state, { removed: broker.id }, isAffected, rules), brokerChange(broker, { version: 2, logDirs })]
}

function cordoned(state: ControllerState, broker: BrokerRegistration, { cordonedLogDirs }: HeartbeatCommand): readonly MetadataRecord[] {
  if (cordonedLogDirs === null || !recordLevels(state.image.features.metadataVersion).cordonedLogDirs) return []
  const known = broker.cordonedLogDirs
  const isSame = known !== null && known.length === cordonedLogDirs.length && cordonedLogDirs.every((directory) => known.includes(directory))
  return isSame ? [] : [brokerChange(broker, { version: 3, cordonedLogDirs })]
}

function leadsAny(state: ControllerState, brokerId: number): boolean {
  for (const _ of partitionsWhere(state.image, (partition) => partition.leader === brokerId)) return true
  return false
}
