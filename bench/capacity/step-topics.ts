import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from '../../compat/support/cluster/administer.ts'
import { ErrorCode, errorName } from '../../protocol/error-codes.ts'
import { CreateTopicsApi } from '../../protocol/messages/create-topics.ts'
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
    await makeTopic(nodes, topic, step)
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

async function makeTopic(nodes: BenchNodes, { name, partitions }: TopicPlan, step: Step): Promise<void> {
  const nodeAt = (at: number) => nodes.brokerIds[at % nodes.brokerIds.length] as number
  const assignments = Array.from({ length: partitions }, (_, partitionIndex) => ({
    partitionIndex,
    brokerIds: Array.from({ length: step.replicationFactor }, (_, replica) => nodeAt(partitionIndex + replica)),
  }))
  const topic = { name, numPartitions: -1, replicationFactor: -1, assignments, configs: configsOf(step) }
  const answer = await ask(nodes, 1, CreateTopicsApi, 7, { topics: [topic], timeoutMs: TIMEOUT_MS, validateOnly: false })
  refuse(`creating ${name}`, answer.topics[0]?.errorCode, ErrorCode.TOPIC_ALREADY_EXISTS)
}

function configsOf({ recordBytes, batchBytes, replicationFactor }: Step): readonly { readonly name: string; readonly value: string }[] {
  return [
    { name: 'max.message.bytes', value: String(Math.max(recordBytes, batchBytes) + BATCH_ROOM_BYTES) },
    { name: 'min.insync.replicas', value: replicationFactor === 1 ? '1' : '2' },
  ]
}

/** So that no step finds the disk full of what others wrote. */
export async function deleteTopics(nodes: BenchNodes, topics: readonly TopicPlan[]): Promise<void> {
  const request = { topics: topics.map(({ name }) => ({ name })), timeoutMs: TIMEOUT_MS }
  const { responses } = await ask(nodes, 1, DeleteTopicsApi, 6, request)
  for (const { name, errorCode } of responses) refuse(`deleting ${name}`, errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
}

/** @param done how it is said that it was done already: where the machine is busy, a broker may have asked the controller twice */
function refuse(what: string, errorCode: number | undefined, done: number): void {
  if (errorCode === ErrorCode.NONE || errorCode === done) return
  throw new Error(`${what}: ${errorCode === undefined ? 'no answer' : errorName(errorCode)}`)
}
