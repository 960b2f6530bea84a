import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { METADATA_VERSION, recordLevels } from '../../metadata/features.ts'
import { type BrokerRegistration, DirectoryId, type EndpointImage, type MetadataImage, type SupportedFeature } from '../../metadata/image.ts'
import { brokerRecord } from '../../metadata/image-records.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import { unknownProtocol } from '../cluster/unknown-protocol.ts'
import type { ControllerError } from '../controller.ts'
import { failure, NO_ERROR } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { isElrEnabled, leaderUpdates } from '../partitions/leader-updates.ts'

/** What a broker says of itself when it starts. Source: BrokerRegistrationRequest; KIP-631. */
export interface BrokerRegistrationCommand {
  readonly clusterId: string
  readonly brokerId: number
  /** New for every start of the process. */
  readonly incarnationId: Uuid
  readonly endpoints: readonly EndpointImage[]
  readonly features: readonly SupportedFeature[]
  readonly rack: string | null
  readonly logDirs: readonly Uuid[]
  /** The epoch under which it shut down cleanly; -1 when it did not (KIP-966). */
  readonly previousBrokerEpoch: number
  /** From the time of ZooKeeper; a broker that says so is refused. */
  readonly isMigratingZkBroker?: boolean
}

export interface RegistrationEnvironment {
  readonly clusterId: string
  /** The offset of the first record to be written: it becomes the epoch of a new incarnation. */
  readonly nextOffset: number
  /** Another incarnation of this broker is known to be alive. */
  readonly hasLiveSession: boolean
}

export type RegistrationReply = ControllerError & { readonly brokerEpoch: number }

const RESERVED_DIRECTORIES: ReadonlySet<Uuid> = new Set(Object.values(DirectoryId))

/** Decides on a broker's registration. A new incarnation begins fenced, and what its last one led and held in sync is given up. */
export function registerBroker(
  state: ControllerState,
  command: BrokerRegistrationCommand,
  environment: RegistrationEnvironment,
  rules: ControllerRules,
): Decision<RegistrationReply> {
  const refusal =
    clusterRefusal(state, command, environment) ?? identityRefusal(command) ?? directoryRefusal(state.image, command) ?? featureRefusal(state.image, command)
  if (refusal !== null) return { records: [], reply: { ...refusal, brokerEpoch: -1 } }
  const existing = state.image.cluster.brokers.get(command.brokerId)
  const isSameIncarnation = existing !== undefined && existing.incarnationId === command.incarnationId
  const registration = isSameIncarnation ? amended(existing, command) : fresh(command, environment.nextOffset)
  const cleanUp = isSameIncarnation ? [] : givenUp(state, command, existing, rules)
  return {
    records: [...cleanUp, brokerRecord(registration, recordLevels(state.image.features.metadataVersion))],
    reply: { ...NO_ERROR, brokerEpoch: registration.epoch },
  }
}

/** null when the broker is registered with this epoch. */
export function brokerEpochRefusal(image: MetadataImage, brokerId: number, brokerEpoch: number): ControllerError | null {
  const broker = image.cluster.brokers.get(brokerId)
  if (broker === undefined) return failure(ErrorCode.STALE_BROKER_EPOCH, `No broker registration found for broker id ${brokerId}`)
  if (broker.epoch === brokerEpoch) return null
  return failure(ErrorCode.STALE_BROKER_EPOCH, `Expected broker epoch ${broker.epoch}, but got broker epoch ${brokerEpoch}`)
}

/** After a clean shutdown the broker leaves the ISRs and may come back by the ELRs; after any other it has left both (KIP-966). */
function givenUp(
  state: ControllerState,
  command: BrokerRegistrationCommand,
  existing: BrokerRegistration | undefined,
  rules: ControllerRules,
): readonly MetadataRecord[] {
  const { brokerId } = command
  const isClean = existing?.epoch === command.previousBrokerEpoch
  if (isClean || !isElrEnabled(state)) return leaderUpdates(state, { removed: brokerId }, (partition) => partition.isr.includes(brokerId), rules)
  const wasCountedOn = (partition: { readonly isr: readonly number[]; readonly eligibleLeaderReplicas: readonly number[] }) =>
    partition.isr.includes(brokerId) || partition.eligibleLeaderReplicas.includes(brokerId)
  return leaderUpdates(state, { uncleanlyStopped: brokerId }, wasCountedOn, rules)
}

function fresh(command: BrokerRegistrationCommand, epoch: number): BrokerRegistration {
  return { ...described(command), epoch, fenced: true, inControlledShutdown: false, isMigratingZkBroker: false, cordonedLogDirs: null }
}

function amended(existing: BrokerRegistration, command: BrokerRegistrationCommand): BrokerRegistration {
  return { ...existing, ...described(command) }
}

function described({ brokerId: id, incarnationId, endpoints, features, rack, logDirs }: BrokerRegistrationCommand) {
  return { id, incarnationId, endpoints, features, rack, logDirs }
}

function clusterRefusal(state: ControllerState, command: BrokerRegistrationCommand, environment: RegistrationEnvironment): ControllerError | null {
  if (command.clusterId !== environment.clusterId) {
    const message = `Expected cluster ID ${environment.clusterId}, but got cluster ID ${command.clusterId}`
    return failure(ErrorCode.INCONSISTENT_CLUSTER_ID, message)
  }
  const existing = state.image.cluster.brokers.get(command.brokerId)
  if (existing !== undefined && existing.incarnationId !== command.incarnationId && environment.hasLiveSession) {
    const message =
      'Another broker is registered with that broker id. If the broker was recently restarted this should self-resolve once the ' +
      "heartbeat manager expires the broker's session."
    return failure(ErrorCode.DUPLICATE_BROKER_REGISTRATION, message)
  }
  if (command.isMigratingZkBroker !== true) return null
  return failure(ErrorCode.BROKER_ID_NOT_REGISTERED, 'Controller does not support registering ZK brokers.')
}

/** Ids below 0 stand for no broker. */
function identityRefusal({ brokerId, endpoints }: BrokerRegistrationCommand): ControllerError | null {
  const message = brokerId < 0 ? `The broker id ${brokerId} is negative` : unknownProtocol(endpoints)
  return message === null ? null : failure(ErrorCode.INVALID_REGISTRATION, message)
}

function directoryRefusal(image: MetadataImage, { brokerId, logDirs }: BrokerRegistrationCommand): ControllerError | null {
  if (!recordLevels(image.features.metadataVersion).directoryAssignment) return null
  const refuse = (message: string) => failure(ErrorCode.INVALID_REGISTRATION, message)
  if (logDirs.length === 0) return refuse('No directories specified in request')
  if (logDirs.some((directory) => RESERVED_DIRECTORIES.has(directory))) return refuse('Reserved directory ID in request')
  if (new Set(logDirs).size !== logDirs.length) return refuse('Duplicate directory ID in request')
  for (const other of image.cluster.brokers.values()) {
    const shared = other.id === brokerId ? undefined : logDirs.find((directory) => other.logDirs.includes(directory))
    if (shared !== undefined) return refuse(`Broker ${other.id} is already registered with directory ${shared}`)
  }
  return null
}

/** A broker must understand every finalized level. */
function featureRefusal(image: MetadataImage, { features }: BrokerRegistrationCommand): ControllerError | null {
  const supported = new Map(features.map((feature) => [feature.name, feature]))
  if (!supported.has(METADATA_VERSION)) return failure(ErrorCode.INVALID_REGISTRATION, "Request features do not contain 'metadata.version'")
  const finalized = new Map([[METADATA_VERSION, image.features.metadataVersion], ...image.features.levels])
  for (const name of new Set([...supported.keys(), ...finalized.keys()])) {
    const level = finalized.get(name) ?? 0
    const range = supported.get(name) ?? { minSupportedVersion: 0, maxSupportedVersion: 0 }
    if (level >= range.minSupportedVersion && level <= range.maxSupportedVersion) continue
    const message =
      `Unable to register because the broker does not support finalized version ${level} of ${name}. ` +
      `The broker wants a version between ${range.minSupportedVersion} and ${range.maxSupportedVersion}, inclusive.`
    return failure(ErrorCode.UNSUPPORTED_VERSION, message)
  }
  return null
}
