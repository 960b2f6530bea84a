import { ErrorCode } from '../../../protocol/error-codes.ts'
import { METADATA_TOPIC } from '../../../protocol/internal-topics.ts'
import { METADATA_TOPIC_ID, type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import type { AnswerHead } from '../core/messages.ts'
import type { ReplicaKey } from '../core/replica-key.ts'

/** Of `METADATA_TOPIC`: the one of which a quorum speaks. */
export const METADATA_PARTITION = 0

/** Stands for a node, a leader or an offset that is not known. */
export const UNKNOWN = -1

interface NamedTopic<P> {
  readonly topicName: string
  readonly partitions: readonly P[]
}

/** The part of a message that speaks of the metadata log; null where it speaks of anything else, or of more. */
export function partitionOf<P extends { readonly partitionIndex: number }>(topics: readonly NamedTopic<P>[]): P | null {
  const [topic] = topics
  const [partition] = topic?.partitions ?? []
  const isTheLog = topics.length === 1 && topic?.topicName === METADATA_TOPIC && topic.partitions.length === 1
  return isTheLog && partition?.partitionIndex === METADATA_PARTITION ? partition : null
}

/** @returns a message's topics, which are the metadata log alone */
export function topicsWith<P>(partition: P) {
  return [{ topicName: METADATA_TOPIC, topicId: METADATA_TOPIC_ID, partitions: [{ partitionIndex: METADATA_PARTITION, ...partition }] }] as const
}

/** Which replica a request takes its receiver for; null where it does not say. */
export function replicaKey(id: number, directoryId: Uuid): ReplicaKey | null {
  return id < 0 ? null : { id, directoryId }
}

export function replicaId(key: ReplicaKey | null): number {
  return key?.id ?? UNKNOWN
}

export function directoryOf(key: ReplicaKey | null): Uuid {
  return key?.directoryId ?? ZERO_UUID
}

export function leaderIdOf(wireId: number): number | null {
  return wireId < 0 ? null : wireId
}

/** What Kafka tells of epoch and leader in the partition of an answer. */
export function headFields({ errorCode, epoch, leaderId }: AnswerHead) {
  return { errorCode, leaderEpoch: epoch, leaderId: leaderId ?? UNKNOWN }
}

/** The error that refuses a request whole because it is of another cluster, or of none of its topics; NONE where it does neither. */
export function refusalOf(clusterId: string | null, ownClusterId: string, isForTheLog: boolean): number {
  if (clusterId !== null && clusterId !== ownClusterId) return ErrorCode.INCONSISTENT_CLUSTER_ID
  return isForTheLog ? ErrorCode.NONE : ErrorCode.INVALID_REQUEST
}
