import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import type { ReassignPartitionsCommand, TopicResult } from '../cluster-controller.ts'
import type { ControllerError } from '../controller.ts'
import { failure, MAX_RECORDS_PER_REQUEST, NO_ERROR } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import { type ControllerState, topicOverrides } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { assignmentRefusal } from '../topics/new-partition.ts'
import { isReassigning, reassignmentTo, revertedReassignment, settledReplicaCount } from './reassignment.ts'
import { type ChangedPartition, topicChange } from './topic-change.ts'

/** The partition that goes over the bound of a request is refused without words, and the others are not; so does Kafka. */
const TOO_MANY = failure(ErrorCode.UNKNOWN_SERVER_ERROR, null)

/**
 * Moves partitions to other replicas, or takes back a move, each partition by itself; the answers are in the order of the
 * request. What is moved while it is moving goes to the last place asked for.
 *
 * Source: ReplicationControlManager.alterPartitionReassignments; KIP-455, KIP-860 (a replication factor that must stay).
 */
export function reassignPartitions(state: ControllerState, command: ReassignPartitionsCommand, rules: ControllerRules): Decision<readonly TopicResult[]> {
  const records: MetadataRecord[] = []
  const reply = command.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, replicas }) => {
      const changed = reassign(state, { ...command, topic, partition, replicas }, rules)
      if (changed !== null && 'errorCode' in changed) return { partition, ...changed }
      if (changed !== null && records.length >= MAX_RECORDS_PER_REQUEST) return { partition, ...TOO_MANY }
      if (changed !== null) records.push(changed)
      return { partition, ...NO_ERROR }
    }),
  }))
  return { records, reply }
}

interface Reassignment {
  readonly topic: string
  readonly partition: number
  readonly replicas: readonly number[] | null
  readonly allowReplicationFactorChange: boolean
}

/** null when the partition is there already. */
function reassign(state: ControllerState, asked: Reassignment, rules: ControllerRules): MetadataRecord | ControllerError | null {
  const unknown = (message: string) => failure(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message)
  const topic = state.image.topics.byName.get(asked.topic)
  if (topic === undefined) return unknown(`Unable to find a topic named ${asked.topic}.`)
  const partition = topic.partitions[asked.partition]
  if (partition === undefined) return unknown(`Unable to find partition ${asked.topic}:${asked.partition}.`)
  const found = { topic, partitionId: asked.partition, partition }
  return asked.replicas === null ? cancel(state, found, rules) : move(state, found, { ...asked, replicas: asked.replicas }, rules)
}

function cancel(state: ControllerState, found: ChangedPartition, rules: ControllerRules): MetadataRecord | ControllerError | null {
  const { topic, partitionId, partition } = found
  if (!isReassigning(partition)) return failure(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, null)
  const reverted = revertedReassignment(partition)
  if (reverted === null) {
    return failure(ErrorCode.INVALID_REPLICA_ASSIGNMENT, 'Invalid replica assignment: addingReplicas contains all replicas.')
  }
  const allowsUnclean = rules.uncleanElectionEnabled(topicOverrides(state.image, topic.name))
  if (reverted.isUnclean && !allowsUnclean) {
    const message = `Unable to revert partition assignment for ${topic.name}:${partitionId} because it would require an unclean leader election.`
    return failure(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message)
  }
  const target = { replicas: reverted.replicas, removingReplicas: [], addingReplicas: [] }
  return topicChange(state, found, { election: allowsUnclean ? 'unclean' : 'online', target, targetIsr: reverted.isr }, rules)
}

function move(
  state: ControllerState,
  found: ChangedPartition,
  { replicas, allowReplicationFactorChange }: Pick<Reassignment, 'allowReplicationFactorChange'> & { readonly replicas: readonly number[] },
  rules: ControllerRules,
): MetadataRecord | ControllerError | null {
  const refusal = assignmentRefusal(state.image, replicas, null)
  if (refusal !== null) return refusal
  const count = settledReplicaCount(found.partition)
  if (!allowReplicationFactorChange && count !== replicas.length) {
    return failure(ErrorCode.INVALID_REPLICATION_FACTOR, `The replication factor is changed from ${count} to ${replicas.length}`)
  }
  return topicChange(state, found, { election: 'online', target: reassignmentTo(found.partition, replicas) }, rules)
}
