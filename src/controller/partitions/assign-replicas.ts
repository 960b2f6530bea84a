import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { recordLevels } from '../../metadata/features.ts'
import type { BrokerRegistration, PartitionImage, TopicImage } from '../../metadata/image.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import { hasOnlineDirectory } from '../../metadata/online-directory.ts'
import { brokerEpochRefusal } from '../brokers/broker-registration.ts'
import type { ControllerError } from '../controller.ts'
import { failure, NO_ERROR } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import { type ControllerState, mayLead, topicOverrides } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { effectiveMinIsr, isElrEnabled, leaderUpdates } from './leader-updates.ts'
import { partitionChange } from './partition-change.ts'

/** In which of a broker's directories its replica of a partition is. */
export interface ReplicaAssignment {
  readonly topicId: Uuid
  readonly partition: number
  readonly directoryId: Uuid
}

/** What a broker says of its replicas. Source: AssignReplicasToDirsRequest; KIP-858. */
export interface AssignReplicasCommand {
  readonly brokerId: number
  readonly brokerEpoch: number
  readonly assignments: readonly ReplicaAssignment[]
}

export interface AssignReplicasReply extends ControllerError {
  /** For each assignment, in order; empty when the request is refused as a whole. */
  readonly errorCodes: readonly number[]
}

/**
 * Writes down in which directories the replicas of a broker are, each by itself. One that is in a directory that has failed
 * is no longer in sync, and does not lead. Source: ReplicationControlManager.handleAssignReplicasToDirs.
 */
export function assignReplicas(state: ControllerState, command: AssignReplicasCommand, rules: ControllerRules): Decision<AssignReplicasReply> {
  const refusal = refusalOf(state, command)
  if (refusal !== null) return { records: [], reply: { ...refusal, errorCodes: [] } }
  const broker = state.image.cluster.brokers.get(command.brokerId) as BrokerRegistration
  const records: MetadataRecord[] = []
  const offline = new Set<PartitionImage>()
  const errorCodes = command.assignments.map((assignment) => {
    const topic = state.image.topics.byId.get(assignment.topicId)
    const partition = topic?.partitions[assignment.partition]
    if (topic === undefined) return ErrorCode.UNKNOWN_TOPIC_ID
    if (partition === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    if (!partition.replicas.includes(broker.id)) return ErrorCode.NOT_LEADER_OR_FOLLOWER
    const record = assign(state, topic, { ...assignment, brokerId: broker.id }, rules)
    if (record !== null) records.push(record)
    if (!hasOnlineDirectory(broker, assignment.directoryId)) offline.add(partition)
    return ErrorCode.NONE
  })
  if (offline.size > 0) records.push(...leaderUpdates(state, { removed: broker.id }, (partition) => offline.has(partition), rules))
  return { records, reply: { ...NO_ERROR, errorCodes } }
}

function refusalOf({ image }: ControllerState, { brokerId, brokerEpoch }: AssignReplicasCommand): ControllerError | null {
  if (recordLevels(image.features.metadataVersion).directoryAssignment) return brokerEpochRefusal(image, brokerId, brokerEpoch)
  return failure(ErrorCode.UNSUPPORTED_VERSION, 'Directory assignment is not supported yet.')
}

function assign(
  state: ControllerState,
  topic: TopicImage,
  { brokerId, partition: partitionId, directoryId }: ReplicaAssignment & { readonly brokerId: number },
  rules: ControllerRules,
): MetadataRecord | null {
  const partition = topic.partitions[partitionId] as PartitionImage
  const overrides = topicOverrides(state.image, topic.name)
  return partitionChange({
    topicId: topic.id,
    partitionId,
    partition,
    targetIsr: partition.isr,
    targetDirectories: partition.directories.with(partition.replicas.indexOf(brokerId), directoryId),
    isAcceptableLeader: (id) => mayLead(state.image, partition, id),
    election: 'online',
    uncleanShutdownReplicas: [],
    minIsr: effectiveMinIsr(topic, overrides, rules),
    isElrEnabled: isElrEnabled(state),
    levels: recordLevels(state.image.features.metadataVersion),
  })
}
