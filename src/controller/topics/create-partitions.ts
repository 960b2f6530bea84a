import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { PartitionImage, TopicImage } from '../../metadata/image.ts'
import { partitionRecord } from '../../metadata/image-records.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import type { ControllerError, CreatedPartitions, PartitionsToCreate } from '../controller.ts'
import { failure, MAX_RECORDS_PER_REQUEST, NO_ERROR } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { allFencedAssignment, assignmentRefusal, newPartition, newPartitions } from './new-partition.ts'
import { placeReplicas } from './place-replicas.ts'

/** The topic that goes over the bound of a request is refused without words, and the others are not; so does Kafka. */
const TOO_MANY = failure(ErrorCode.UNKNOWN_SERVER_ERROR, null)

/**
 * Decides on further partitions of topics, each topic by itself; the answers are in the order of the request.
 * Source: ReplicationControlManager.createPartitions; KIP-195.
 */
export function createPartitions(
  state: ControllerState,
  topics: readonly PartitionsToCreate[],
  options: { readonly validateOnly: boolean },
  rules: ControllerRules,
): Decision<readonly CreatedPartitions[]> {
  const records: MetadataRecord[] = []
  const reply = topics.map((request): CreatedPartitions => {
    const added = addPartitions(state, request, rules)
    if ('errorCode' in added) return { topic: request.topic, ...added }
    if (records.length + added.length > MAX_RECORDS_PER_REQUEST) return { topic: request.topic, ...TOO_MANY }
    for (const record of added) records.push(record)
    return { topic: request.topic, ...NO_ERROR }
  })
  return { records: options.validateOnly ? [] : records, reply }
}

function addPartitions(state: ControllerState, request: PartitionsToCreate, rules: ControllerRules): readonly MetadataRecord[] | ControllerError {
  const topic = state.image.topics.byName.get(request.topic)
  if (topic === undefined) return failure(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null)
  const refusal = countRefusal(topic, request)
  if (refusal !== null) return refusal
  const additional = request.totalCount - topic.partitions.length
  if (additional > MAX_RECORDS_PER_REQUEST) return TOO_MANY
  const partitions = request.assignments === null ? place(state, topic, additional, rules) : assign(state, topic, request.assignments)
  if ('errorCode' in partitions) return partitions
  const firstId = topic.partitions.length
  return partitions.map((partition, index) => partitionRecord({ topicId: topic.id, partitionId: firstId + index }, partition, state.image.features))
}

function countRefusal(topic: TopicImage, { totalCount, assignments }: PartitionsToCreate): ControllerError | null {
  const count = topic.partitions.length
  if (totalCount === count) return failure(ErrorCode.INVALID_PARTITIONS, `Topic already has ${count} partition(s).`)
  if (totalCount < count) {
    return failure(ErrorCode.INVALID_PARTITIONS, `The topic ${topic.name} currently has ${count} partition(s); ${totalCount} would not be an increase.`)
  }
  const additional = totalCount - count
  if (assignments === null || assignments.length === additional) return null
  const message = `Attempted to add ${additional} additional partition(s), but only ${assignments.length} assignment(s) were specified.`
  return failure(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message)
}

function place(state: ControllerState, topic: TopicImage, partitionCount: number, rules: ControllerRules): readonly PartitionImage[] | ControllerError {
  const replicationFactor = replicationFactorOf(topic)
  const placement = placeReplicas(state.image, { partitionCount, replicationFactor }, rules.random)
  if (placement.kind === 'refused') return failure(ErrorCode.INVALID_REPLICATION_FACTOR, placement.reason)
  return newPartitions(state.image, placement.replicas, replicationFactor)
}

function assign(state: ControllerState, topic: TopicImage, assignments: readonly (readonly number[])[]): readonly PartitionImage[] | ControllerError {
  const partitions: PartitionImage[] = []
  for (const replicas of assignments) {
    const refusal = assignmentRefusal(state.image, replicas, replicationFactorOf(topic))
    if (refusal !== null) return refusal
    const partition = newPartition(state.image, replicas)
    if (partition === null) return allFencedAssignment(topic.partitions.length + partitions.length)
    partitions.push(partition)
  }
  return partitions
}

/** New partitions have as many replicas as the first one. */
function replicationFactorOf(topic: TopicImage): number {
  return (topic.partitions[0] as PartitionImage).replicas.length
}
