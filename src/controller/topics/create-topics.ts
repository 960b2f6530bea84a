import { ErrorCode } from '../../../protocol/error-codes.ts'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import { ConfigResourceType, type PartitionImage } from '../../metadata/image.ts'
import { configRecord, partitionRecord } from '../../metadata/image-records.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import { longValueRefusal } from '../configs/config-rules.ts'
import type { ControllerError, CreatedTopic, CreateTopicsCommand, TopicToCreate } from '../controller.ts'
import { failure, MAX_RECORDS_PER_REQUEST, TOO_LARGE_BATCH } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { allFencedAssignment, assignmentRefusal, newPartition, newPartitions } from './new-partition.ts'
import { placeReplicas } from './place-replicas.ts'
import { collidingTopic, topicNameRefusal } from './topic-names.ts'

/** Of a request or a topic's setting: take the cluster's default. */
export const DEFAULT = -1

/**
 * Decides on new topics, each by itself: the answers are in the order of the request, the records in one batch.
 * The caller has taken out names that stand twice in the request.
 *
 * Source: ReplicationControlManager.createTopics; KIP-525 (settings in the answer).
 */
export function createTopics(state: ControllerState, command: CreateTopicsCommand, rules: ControllerRules): Decision<readonly CreatedTopic[]> {
  if (partitionCountOf(command.topics, rules) > MAX_RECORDS_PER_REQUEST) {
    return refuseAll(command.topics, failure(ErrorCode.POLICY_VIOLATION, 'Excessively large number of partitions per request.'))
  }
  const records: MetadataRecord[] = []
  const reply = command.topics.map((topic) => {
    const created = createTopic(state, topic, rules)
    if ('error' in created) return failed(topic, created.error)
    records.push(...created.records)
    return created.answer
  })
  if (records.length > MAX_RECORDS_PER_REQUEST) return refuseAll(command.topics, TOO_LARGE_BATCH)
  return { records: command.validateOnly ? [] : records, reply }
}

type Created = { readonly error: ControllerError } | { readonly records: readonly MetadataRecord[]; readonly answer: CreatedTopic }

function createTopic(state: ControllerState, topic: TopicToCreate, rules: ControllerRules): Created {
  const refusal = nameRefusal(state, topic.name) ?? nullConfigRefusal(topic)
  if (refusal !== null) return { error: refusal }
  const overrides = new Map(topic.configs.map(({ name, value }) => [name, value as string]))
  const configError = configRefusal(overrides, rules)
  if (configError !== null) return { error: configError }
  const partitions = topic.assignments.length > 0 ? assignedPartitions(state, topic) : placedPartitions(state, topic, rules)
  if ('errorCode' in partitions) return { error: partitions }
  return describe(state, { name: topic.name, overrides, partitions }, rules)
}

function describe(
  state: ControllerState,
  topic: { readonly name: string; readonly overrides: ReadonlyMap<string, string>; readonly partitions: readonly PartitionImage[] },
  rules: ControllerRules,
): Created {
  const { name, overrides, partitions } = topic
  const topicId = rules.newUuid()
  const answer = {
    name,
    topicId,
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    partitionCount: partitions.length,
    replicationFactor: (partitions[0] as PartitionImage).replicas.length,
    configs: rules.topicConfigEntries(overrides),
  }
  const records: MetadataRecord[] = [
    { type: 'TopicRecord', version: 0, data: { name, topicId } },
    ...configRecords(name, overrides),
    ...partitions.map((partition, partitionId) => partitionRecord({ topicId, partitionId }, partition, state.image.features)),
  ]
  return { records, answer }
}

/** A topic's own `min.insync.replicas` clears what was noted of eligible leaders under another one (KIP-966). */
function configRecords(topic: string, overrides: ReadonlyMap<string, string>): MetadataRecord[] {
  const records: MetadataRecord[] = [...overrides].map(([name, value]) =>
    configRecord({ resourceType: ConfigResourceType.TOPIC, resourceName: topic, name, value }),
  )
  if (overrides.has('min.insync.replicas')) records.push({ type: 'ClearElrRecord', version: 0, data: { topicName: topic } })
  return records
}

function nameRefusal(state: ControllerState, name: string): ControllerError | null {
  if (state.image.topics.byName.has(name)) return failure(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`)
  const colliding = collidingTopic(state.collisions, name)
  if (colliding !== undefined) return failure(ErrorCode.INVALID_TOPIC_EXCEPTION, `Topic '${name}' collides with existing topic: ${colliding}`)
  const refusal = topicNameRefusal(name)
  return refusal === null ? null : failure(ErrorCode.INVALID_TOPIC_EXCEPTION, refusal)
}

function nullConfigRefusal(topic: TopicToCreate): ControllerError | null {
  const names = topic.configs.filter((config) => config.value === null).map((config) => config.name)
  return names.length === 0 ? null : failure(ErrorCode.INVALID_CONFIG, `Null value not supported for topic configs: ${names.join(',')}`)
}

function configRefusal(overrides: ReadonlyMap<string, string>, rules: ControllerRules): ControllerError | null {
  if (overrides.size === 0) return null
  for (const value of overrides.values()) {
    const tooLong = longValueRefusal(value)
    if (tooLong !== null) return tooLong
  }
  const refusal = rules.topicConfigRefusal(overrides)
  return refusal === null ? null : failure(ErrorCode.INVALID_CONFIG, refusal)
}

function assignedPartitions(state: ControllerState, topic: TopicToCreate): readonly PartitionImage[] | ControllerError {
  const manual = 'A manual partition assignment was specified, but'
  if (topic.replicationFactor !== DEFAULT) return failure(ErrorCode.INVALID_REQUEST, `${manual} replication factor was not set to -1.`)
  if (topic.partitionCount !== DEFAULT) return failure(ErrorCode.INVALID_REQUEST, `${manual} numPartitions was not set to -1.`)
  const partitions = new Map<number, PartitionImage>()
  let replicationFactor: number | null = null
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    if (partitions.has(partitionIndex)) {
      return failure(ErrorCode.INVALID_REPLICA_ASSIGNMENT, `Found multiple manual partition assignments for partition ${partitionIndex}`)
    }
    const refusal = assignmentRefusal(state.image, brokerIds, replicationFactor)
    if (refusal !== null) return refusal
    replicationFactor = brokerIds.length
    const partition = newPartition(state.image, brokerIds)
    if (partition === null) return allFencedAssignment(partitionIndex)
    partitions.set(partitionIndex, partition)
  }
  return inOrder(partitions)
}

function inOrder(partitions: ReadonlyMap<number, PartitionImage>): readonly PartitionImage[] | ControllerError {
  const ordered: PartitionImage[] = []
  for (let index = 0; index < partitions.size; index++) {
    const partition = partitions.get(index)
    if (partition === undefined) return failure(ErrorCode.INVALID_REPLICA_ASSIGNMENT, 'partitions should be a consecutive 0-based integer sequence')
    ordered.push(partition)
  }
  return ordered
}

function placedPartitions(state: ControllerState, topic: TopicToCreate, rules: ControllerRules): readonly PartitionImage[] | ControllerError {
  if (topic.replicationFactor < DEFAULT || topic.replicationFactor === 0) {
    return failure(ErrorCode.INVALID_REPLICATION_FACTOR, 'Replication factor must be larger than 0, or -1 to use the default value.')
  }
  if (topic.partitionCount < DEFAULT || topic.partitionCount === 0) {
    return failure(ErrorCode.INVALID_PARTITIONS, 'Number of partitions was set to an invalid non-positive value.')
  }
  const partitionCount = topic.partitionCount === DEFAULT ? rules.defaultPartitionCount : topic.partitionCount
  const replicationFactor = topic.replicationFactor === DEFAULT ? rules.defaultReplicationFactor(state.image.cluster.brokers.size) : topic.replicationFactor
  const placement = placeReplicas(state.image, { partitionCount, replicationFactor }, rules.random)
  if (placement.kind === 'refused') {
    return failure(ErrorCode.INVALID_REPLICATION_FACTOR, `Unable to replicate the partition ${replicationFactor} time(s): ${placement.reason}`)
  }
  return newPartitions(state.image, placement.replicas, replicationFactor)
}

function partitionCountOf(topics: readonly TopicToCreate[], rules: ControllerRules): number {
  return topics.reduce((total, topic) => {
    if (topic.assignments.length > 0) return total + topic.assignments.length
    return total + (topic.partitionCount === DEFAULT ? rules.defaultPartitionCount : Math.max(topic.partitionCount, 0))
  }, 0)
}

function refuseAll(topics: readonly TopicToCreate[], error: ControllerError): Decision<readonly CreatedTopic[]> {
  return { records: [], reply: topics.map((topic) => failed(topic, error)) }
}

/** The answer for a topic that is not made: Kafka's values for what is unknown, -1 and null. */
export function failed(topic: { readonly name: string }, error: ControllerError): CreatedTopic {
  return { name: topic.name, topicId: ZERO_UUID, ...error, partitionCount: -1, replicationFactor: -1, configs: null }
}
