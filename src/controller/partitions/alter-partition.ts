import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { MetadataImage, PartitionImage, TopicImage } from '../../metadata/image.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import { mergePartition, NO_LEADER_CHANGE } from '../../metadata/replay/partition.ts'
import { brokerEpochRefusal } from '../brokers/broker-registration.ts'
import type { ControllerError } from '../controller.ts'
import { NO_ERROR } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import { type ControllerState, topicOverrides } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { topicChange } from './topic-change.ts'

/** A replica that the leader finds in sync. */
export interface InSyncReplica {
  readonly brokerId: number
  /** That of the incarnation which fetches; -1 when the leader does not know it. */
  readonly brokerEpoch: number
}

/** What the leader of a partition asks for. */
export interface AlteredPartition {
  readonly partition: number
  readonly leaderEpoch: number
  /** The last one that the leader knows. */
  readonly partitionEpoch: number
  readonly isr: readonly InSyncReplica[]
  /** `unknown` is a code that is none of them. */
  readonly recoveryState: PartitionImage['leaderRecoveryState'] | 'unknown'
}

/** Source: AlterPartitionRequest; KIP-497, KIP-704 (recovery), KIP-841 and KIP-903 (fenced and stale replicas). */
export interface AlterPartitionCommand {
  readonly brokerId: number
  readonly brokerEpoch: number
  readonly topics: readonly { readonly topicId: Uuid; readonly partitions: readonly AlteredPartition[] }[]
}

export interface AlterPartitionResult {
  readonly partition: number
  readonly errorCode: number
  /** What the partition is from now on; null when it was refused. */
  readonly state: PartitionImage | null
}

export interface AlterPartitionReply extends ControllerError {
  /** In the order of the request; empty when it is refused as a whole. */
  readonly topics: readonly { readonly topicId: Uuid; readonly partitions: readonly AlterPartitionResult[] }[]
}

/**
 * Writes down what the leaders of partitions found of their followers, each partition by itself: who is in sync, and that
 * a leader has recovered. An ISR with which a reassignment is complete ends it. A partition that is named twice is decided on
 * what the first time made of it. Source: ReplicationControlManager.alterPartition.
 */
export function alterPartition(state: ControllerState, command: AlterPartitionCommand, rules: ControllerRules): Decision<AlterPartitionReply> {
  const refusal = brokerEpochRefusal(state.image, command.brokerId, command.brokerEpoch)
  if (refusal !== null) return { records: [], reply: { ...refusal, topics: [] } }
  const records: MetadataRecord[] = []
  const changed = new Map<PartitionImage, PartitionImage>()
  const topics = command.topics.map(({ topicId, partitions }) => ({
    topicId,
    partitions: partitions.map((asked) => {
      const topic = state.image.topics.byId.get(topicId)
      const before = topic?.partitions[asked.partition]
      if (topic === undefined) return refused(asked, ErrorCode.UNKNOWN_TOPIC_ID)
      if (before === undefined) return refused(asked, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
      const altered = alter(state, { topic, partition: changed.get(before) ?? before, brokerId: command.brokerId }, asked, rules)
      if (altered.record !== null) records.push(altered.record)
      if (altered.after !== null) changed.set(before, altered.after)
      return altered.result
    }),
  }))
  return { records, reply: { ...NO_ERROR, topics } }
}

interface Altering {
  readonly topic: TopicImage
  readonly partition: PartitionImage
  /** Who asks. */
  readonly brokerId: number
}

interface Altered {
  readonly record: MetadataRecord | null
  readonly after: PartitionImage | null
  readonly result: AlterPartitionResult
}

function alter(state: ControllerState, { topic, partition, brokerId }: Altering, asked: AlteredPartition, rules: ControllerRules): Altered {
  const errorCode = errorOf(state.image, partition, brokerId, asked)
  if (errorCode !== ErrorCode.NONE || asked.recoveryState === 'unknown') return { record: null, after: null, result: refused(asked, errorCode) }
  const targetIsr = asked.isr.map((replica) => replica.brokerId)
  const election = rules.uncleanElectionEnabled(topicOverrides(state.image, topic.name)) ? 'unclean' : 'online'
  const found = { topic, partitionId: asked.partition, partition }
  const record = topicChange(state, found, { election, targetIsr, targetRecoveryState: asked.recoveryState }, rules)
  if (record === null) return { record, after: null, result: { partition: asked.partition, errorCode, state: partition } }
  const after = mergePartition(partition, record.data)
  // The end of a reassignment may take the lead from who asks: it is to look at the metadata first.
  const isDeposed = record.data.leader !== NO_LEADER_CHANGE && record.data.leader !== brokerId
  const result = isDeposed ? refused(asked, ErrorCode.NEW_LEADER_ELECTED) : { partition: asked.partition, errorCode, state: after }
  return { record, after, result }
}

/** What is wrong with a request, in Kafka's order: it decides which of several mistakes is told. */
function errorOf(image: MetadataImage, partition: PartitionImage, brokerId: number, asked: AlteredPartition): number {
  // Who knows more than this controller has found a newer one.
  if (asked.leaderEpoch > partition.leaderEpoch || asked.partitionEpoch > partition.partitionEpoch) return ErrorCode.NOT_CONTROLLER
  if (asked.leaderEpoch < partition.leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH
  if (brokerId !== partition.leader) return ErrorCode.INVALID_REQUEST
  if (asked.partitionEpoch < partition.partitionEpoch) return ErrorCode.INVALID_UPDATE_VERSION
  if (!isPossibleIsr(partition, asked) || !isPossibleRecovery(partition, asked)) return ErrorCode.INVALID_REQUEST
  return asked.isr.every((replica) => isEligible(image, replica)) ? ErrorCode.NONE : ErrorCode.INELIGIBLE_REPLICA
}

/** Replicas, each once, the leader among them. */
function isPossibleIsr({ replicas, leader }: PartitionImage, { isr }: AlteredPartition): boolean {
  const ids = new Set(isr.map(({ brokerId }) => brokerId))
  return ids.size === isr.length && ids.has(leader) && [...ids].every((id) => replicas.includes(id))
}

/** A leader that recovers is alone, and one that has recovered does not begin again. Source: KIP-704. */
function isPossibleRecovery({ leaderRecoveryState }: PartitionImage, { recoveryState, isr }: AlteredPartition): boolean {
  return recoveryState === 'recovered' || (recoveryState === 'recovering' && isr.length <= 1 && leaderRecoveryState === 'recovering')
}

/** Source: KIP-841, KIP-903. */
function isEligible(image: MetadataImage, { brokerId, brokerEpoch }: InSyncReplica): boolean {
  const broker = image.cluster.brokers.get(brokerId)
  return broker !== undefined && !broker.inControlledShutdown && !broker.fenced && (brokerEpoch === -1 || brokerEpoch === broker.epoch)
}

function refused({ partition }: AlteredPartition, errorCode: number): AlterPartitionResult {
  return { partition, errorCode, state: null }
}
