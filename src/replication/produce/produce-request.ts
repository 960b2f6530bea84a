import { ErrorCode } from '../../../protocol/error-codes.ts'
import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import type { ReplicaManager } from '../replica-manager.ts'
import { corruptionOf, isTransactional, produceBatch } from './produce-batch.ts'
import type { ProduceWrite } from './produce-records.ts'

/** The fields of a Produce request that say what is written where. */
export interface ProduceTopics {
  readonly transactionalId: string | null
  readonly topicData: readonly {
    readonly name: string
    readonly topicId: Uuid
    readonly partitionData: readonly { readonly index: number; readonly records: Buffer | null }[]
  }[]
}

/** A request that is refused as a whole: each of its partitions is answered this. */
export interface ProduceRefusal {
  readonly errorCode: ErrorCode
  /** null where Kafka sends none */
  readonly message: string | null
}

/** One partition of a request: either it is written, or it has its error already. */
export interface ProduceEntry {
  readonly topic: string
  readonly topicId: Uuid
  readonly index: number
  readonly errorCode: ErrorCode
  /** undefined with an error */
  readonly write: ProduceWrite | undefined
}

/** Source: RequestUtils.hasTransactionalRecords, which meets the first corrupt batch before anything else is looked at. */
export function refusalOfRequest(request: ProduceTopics): ProduceRefusal | null {
  for (const { partitionData } of request.topicData) {
    for (const { records } of partitionData) {
      if (records === null) continue
      const corruption = corruptionOf(records)
      if (corruption !== null) return { errorCode: ErrorCode.CORRUPT_MESSAGE, message: corruption }
      if (!isTransactional(records)) continue
      return request.transactionalId === null ? { errorCode: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, message: null } : null
    }
  }
  return null
}

/**
 * What a request wants to write, each partition once (of a repeated one, the last counts).
 *
 * @returns null when records are missing for a partition that exists: Kafka fails over them without an answer
 */
export function produceEntries(replicas: ReplicaManager, request: ProduceTopics, version: number): ProduceEntry[] | null {
  const entries: ProduceEntry[] = []
  for (const topicData of request.topicData) {
    const { topic, topicId } = resolveTopic(replicas, topicData, version)
    for (const { index, records } of topicData.partitionData) {
      const entry = produceEntry(replicas, { topic, topicId, index, records }, version)
      if (entry === null) return null
      entries.push(entry)
    }
  }
  return entries.length === 1 ? entries : withoutRepeated(entries)
}

/** From version 13 on, topics are named by id; an unknown one has an empty name. Source: KIP-516. */
function resolveTopic(replicas: ReplicaManager, topic: { readonly name: string; readonly topicId: Uuid }, version: number): { topic: string; topicId: Uuid } {
  const { byId, byName } = replicas.image.topics
  if (version >= 13) return { topic: byId.get(topic.topicId)?.name ?? '', topicId: topic.topicId }
  return { topic: topic.name, topicId: byName.get(topic.name)?.id ?? ZERO_UUID }
}

interface Wanted {
  readonly topic: string
  readonly topicId: Uuid
  readonly index: number
  readonly records: Buffer | null
}

function produceEntry(replicas: ReplicaManager, { topic, topicId, index, records }: Wanted, version: number): ProduceEntry | null {
  const failed = (errorCode: ErrorCode): ProduceEntry => ({ topic, topicId, index, errorCode, write: undefined })
  if (topic === '' && version >= 13) return failed(ErrorCode.UNKNOWN_TOPIC_ID)
  if (replicas.hostingError(topic, index) === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) return failed(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  if (records === null) return null
  const { errorCode, batch } = produceBatch(records, version)
  if (errorCode !== ErrorCode.NONE) return failed(errorCode)
  return { topic, topicId, index, errorCode, write: { topic, topicId, index, batch } }
}

function withoutRepeated(entries: readonly ProduceEntry[]): ProduceEntry[] {
  const byPartition = new Map<string, ProduceEntry>()
  for (const entry of entries) byPartition.set(`${entry.topicId}:${entry.topic}:${entry.index}`, entry)
  return [...byPartition.values()]
}
