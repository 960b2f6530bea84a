import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { AlterPartitionReassignmentsApi } from '../../../../protocol/messages/alter-partition-reassignments.ts'
import { type TopicPartition, topicPartitionKey } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { grouped } from '../grouped.ts'
import { check, isKafkaError, KafkaError } from '../kafka-error.ts'
import { describeTopics } from '../topics/describe-topics.ts'
import { listReassignments } from '../topics/list-reassignments.ts'
import type { PlannedPartition } from './reassignment-plan.ts'

export interface PartitionFailure extends TopicPartition {
  readonly error: KafkaError
}

/** Begins to move partitions; null as the replicas of one ends its move. @returns the partitions that were refused. Errors: of all at once. */
export async function reassignPartitions(
  client: ClusterClient,
  partitions: readonly (TopicPartition & { readonly replicas: readonly number[] | null })[],
): Promise<readonly PartitionFailure[]> {
  const topics = [...grouped(partitions, ({ topic }) => topic)].map(([name, some]) => ({
    name,
    partitions: some.map(({ partition, replicas }) => ({ partitionIndex: partition, replicas })),
  }))
  return client.retry('alterPartitionReassignments', async () => {
    const answer = await client.askController(AlterPartitionReassignmentsApi, { topics, timeoutMs: client.settings.requestTimeoutMs })
    check(answer.errorCode, answer.errorMessage)
    return answer.responses.flatMap(({ name, partitions: results }) =>
      results.flatMap(({ partitionIndex, errorCode, errorMessage }) =>
        errorCode === ErrorCode.NONE ? [] : [{ topic: name, partition: partitionIndex, error: new KafkaError(errorCode, errorMessage) }],
      ),
    )
  })
}

/** `complete`: it is where the plan wants it. `elsewhere`: nothing moves it, and it is not there. */
export type MoveState = 'complete' | 'moving' | 'elsewhere' | 'absent'

export interface MoveProgress extends PlannedPartition {
  readonly state: MoveState
}

/** How far each partition of a plan is. */
export async function moveProgress(client: ClusterClient, plan: readonly PlannedPartition[]): Promise<readonly MoveProgress[]> {
  const moving = await listReassignments(client)
  const present = new Map<string, readonly number[]>()
  for (const topic of new Set(plan.map((one) => one.topic))) {
    for (const { partition, replicas } of await partitionsOf(client, topic)) present.set(topicPartitionKey(topic, partition), replicas)
  }
  return plan.map((one) => {
    const key = topicPartitionKey(one.topic, one.partition)
    const replicas = present.get(key)
    if (replicas === undefined) return { ...one, state: 'absent' }
    if (moving.has(key)) return { ...one, state: 'moving' }
    return { ...one, state: replicas.join() === one.replicas.join() ? 'complete' : 'elsewhere' }
  })
}

async function partitionsOf(client: ClusterClient, topic: string) {
  try {
    return (await describeTopics(client, [topic])).flatMap(({ partitions }) => partitions)
  } catch (error) {
    if (isKafkaError(error, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)) return []
    throw error
  }
}
