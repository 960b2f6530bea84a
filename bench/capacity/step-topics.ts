import { setTimeout as sleep } from 'node:timers/promises'
import { ask, createTopic } from '../../compat/support/cluster/administer.ts'
import { ErrorCode, errorName } from '../../protocol/error-codes.ts'
import { DeleteTopicsApi } from '../../protocol/messages/delete-topics.ts'
import { MetadataApi } from '../../protocol/messages/metadata.ts'
import { ZERO_UUID } from '../../protocol/uuid.ts'
import type { BenchNodes } from '../nodes.ts'
import type { TopicPlan } from './load/load-plan.ts'
import type { Step } from './report.ts'

/** Kafka takes at most 10,000 records for one request. */
const MAX_PARTITIONS_PER_TOPIC = 1_000
/** More than a batch has beside one record. */
const BATCH_ROOM_BYTES = 1_000_000
const TIMEOUT_MS = 60_000
const POLL_MS = 100

/** The topics of a step. Partition p is led by node p modulo their number, as the load has it, and the next nodes follow. */
export async function makeTopics(nodes: BenchNodes, prefix: string, step: Step): Promise<readonly TopicPlan[]> {
  const topics: TopicPlan[] = []
  for (let made = 0; made < step.partitions; made += MAX_PARTITIONS_PER_TOPIC) {
    const topic = { name: `${prefix}-${topics.length}`, partitions: Math.min(MAX_PARTITIONS_PER_TOPIC, step.partitions - made) }
    await createTopic(nodes, 1, {
      name: topic.name,
      assignments: assignments(nodes.brokerIds, topic.partitions, step.replicationFactor),
      configs: configs(step),
    })
    topics.push(topic)
  }
  for (const id of nodes.brokerIds) await untilWhole(nodes, id, topics, step.replicationFactor)
  return topics
}

/** Resolves when, as one broker knows it, each partition is led by its preferred leader and all its replicas are in sync. */
async function untilWhole(nodes: BenchNodes, via: number, topics: readonly TopicPlan[], replicationFactor: number): Promise<void> {
  const request = { topics: topics.map(({ name }) => ({ topicId: ZERO_UUID, name })), allowAutoTopicCreation: false, includeTopicAuthorizedOperations: false }
  const deadlineMs = performance.now() + TIMEOUT_MS
  for (;;) {
    const metadata = await ask(nodes, via, MetadataApi, 12, request)
    const partitions = metadata.topics.flatMap((topic) => topic.partitions)
    const other = partitions.find(({ leaderId, replicaNodes, isrNodes }) => leaderId !== replicaNodes[0] || isrNodes.length < replicationFactor)
    if (other === undefined) return
    if (performance.now() > deadlineMs) throw new Error(`broker ${via} after ${TIMEOUT_MS} ms: ${JSON.stringify(other)}`)
    await sleep(POLL_MS)
  }
}

function assignments(ids: readonly number[], partitions: number, replicationFactor: number): readonly (readonly number[])[] {
  const nodeAt = (at: number) => ids[at % ids.length] as number
  return Array.from({ length: partitions }, (_, partition) => Array.from({ length: replicationFactor }, (_, replica) => nodeAt(partition + replica)))
}

function configs({ recordBytes, batchBytes, replicationFactor }: Step): Readonly<Record<string, string>> {
  return {
    'max.message.bytes': String(Math.max(recordBytes, batchBytes) + BATCH_ROOM_BYTES),
    'min.insync.replicas': replicationFactor === 1 ? '1' : '2',
  }
}

/** So that no step finds the disk full of what others wrote. A topic that is gone already is fine: a busy cluster may have heard it twice. */
export async function deleteTopics(nodes: BenchNodes, topics: readonly TopicPlan[]): Promise<void> {
  const request = { topics: topics.map(({ name }) => ({ name })), timeoutMs: TIMEOUT_MS }
  const { responses } = await ask(nodes, 1, DeleteTopicsApi, 6, request)
  const failed = responses.find(({ errorCode }) => errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  if (failed !== undefined) throw new Error(`deleting ${failed.name}: ${errorName(failed.errorCode)}`)
}
