import { ErrorCode } from '../../../protocol/error-codes.ts'
import { NO_LEADER, type PartitionImage } from '../../metadata/image.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import type { ElectionType, ElectLeadersCommand, ElectLeadersReply, PartitionResult, TopicResult } from '../cluster-controller.ts'
import type { ControllerError } from '../controller.ts'
import { failure, MAX_RECORDS_PER_REQUEST, NO_ERROR, plainFailure, TOO_LARGE_BATCH } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { topicChange } from './topic-change.ts'

/**
 * Elects leaders of partitions, each by itself: the preferred replica, or, for partitions without a leader, any that lives.
 * When all partitions of the cluster are meant, those that have the right leader are left out of the answer.
 *
 * Source: ReplicationControlManager.electLeaders; KIP-183, KIP-460.
 */
export function electLeaders(state: ControllerState, command: ElectLeadersCommand, rules: ControllerRules): Decision<ElectLeadersReply> {
  const records: MetadataRecord[] = []
  const elect = (topic: string, partition: number): PartitionResult => {
    const elected = electLeader(state, { topic, partition, type: command.type }, rules)
    if ('errorCode' in elected) return { partition, ...elected }
    records.push(elected)
    return { partition, ...NO_ERROR }
  }
  const topics = command.topics === null ? electAll(state, elect) : command.topics.map((asked) => electSome(asked, elect))
  if (records.length > MAX_RECORDS_PER_REQUEST) return { records: [], reply: { ...TOO_LARGE_BATCH, topics: [] } }
  return { records, reply: { ...NO_ERROR, topics } }
}

type Elect = (topic: string, partition: number) => PartitionResult

function electSome({ topic, partitions }: { readonly topic: string; readonly partitions: readonly number[] }, elect: Elect): TopicResult {
  return { topic, partitions: partitions.map((partition) => elect(topic, partition)) }
}

function electAll({ image }: ControllerState, elect: Elect): readonly TopicResult[] {
  return [...image.topics.byName.values()].map(({ name, partitions }) => {
    const results = partitions.map((_, partition) => elect(name, partition))
    return { topic: name, partitions: results.filter(({ errorCode }) => errorCode !== ErrorCode.ELECTION_NOT_NEEDED) }
  })
}

function electLeader(
  state: ControllerState,
  asked: { readonly topic: string; readonly partition: number; readonly type: ElectionType },
  rules: ControllerRules,
): MetadataRecord | ControllerError {
  const topic = state.image.topics.byName.get(asked.topic)
  if (topic === undefined) return failure(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `No such topic as ${asked.topic}`)
  const partition = topic.partitions[asked.partition]
  if (partition === undefined) return failure(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `No such partition as ${asked.topic}-${asked.partition}`)
  if (!needsElection(partition, asked.type)) return plainFailure(ErrorCode.ELECTION_NOT_NEEDED)
  const record = topicChange(state, { topic, partitionId: asked.partition, partition }, { election: asked.type }, rules)
  if (record !== null) return record
  return plainFailure(asked.type === 'preferred' ? ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE : ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE)
}

function needsElection({ leader, replicas }: PartitionImage, type: ElectionType): boolean {
  return type === 'preferred' ? leader !== replicas[0] : leader === NO_LEADER
}
