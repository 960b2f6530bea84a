import { AlterPartitionReassignmentsApi } from '../../../protocol/messages/alter-partition-reassignments.ts'
import { OdradekError } from '../../base/errors.ts'
import { topicPartitionKey } from '../../base/topic-partition.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import { grouped } from '../operations/grouped.ts'
import { check, KafkaError } from '../operations/kafka-error.ts'
import { describeTopics } from '../operations/topics/describe-topics.ts'
import { listReassignments } from '../operations/topics/list-reassignments.ts'
import type { PlacedPartition } from './balance-replicas.ts'

const POLL_MS = 500
const NO_ERROR = 0

/** What becomes of the replicas of one partition. */
export interface PartitionMove extends PlacedPartition {
  readonly before: readonly number[]
}

/** The moves of a plan. Errors: as the broker answers for a topic that is not there; REASSIGNMENT for a partition or broker that is not. */
export async function movesOf(client: ClusterClient, plan: readonly PlacedPartition[]): Promise<readonly PartitionMove[]> {
  const topics = await describeTopics(client, [...new Set(plan.map(({ topic }) => topic))])
  const placed = new Map(
    topics.flatMap(({ name, partitions }) => partitions.map(({ partition, replicas }) => [topicPartitionKey(name, partition), replicas] as const)),
  )
  const brokers = new Set((await client.retry('describeCluster', () => client.brokers())).map(({ id }) => id))
  return plan.map((one) => {
    const key = topicPartitionKey(one.topic, one.partition)
    const before = placed.get(key)
    if (before === undefined) throw new OdradekError('REASSIGNMENT', `Nothing is moved: there is no partition ${key}.`)
    const absent = one.replicas.find((id) => !brokers.has(id))
    if (absent !== undefined) throw new OdradekError('REASSIGNMENT', `Nothing is moved: ${key} would go to broker ${absent}, which is not there.`)
    return { ...one, before }
  })
}

/**
 * Begins the moves; null in place of replicas ends one that is under way, with what it had before.
 * Errors: REASSIGNMENT with all that the controller refuses.
 */
export async function alterReassignments(
  client: ClusterClient,
  partitions: readonly { readonly topic: string; readonly partition: number; readonly replicas: readonly number[] | null }[],
): Promise<void> {
  const topics = [...grouped(partitions, ({ topic }) => topic)].map(([name, some]) => ({
    name,
    partitions: some.map(({ partition, replicas }) => ({ partitionIndex: partition, replicas })),
  }))
  const answer = await client.retry('alterPartitionReassignments', async () => {
    const told = await client.askController(AlterPartitionReassignmentsApi, { timeoutMs: client.settings.requestTimeoutMs, topics })
    check(told.errorCode, told.errorMessage)
    return told
  })
  const refused = answer.responses.flatMap(({ name, partitions: results }) =>
    results
      .filter(({ errorCode }) => errorCode !== NO_ERROR)
      .map(({ partitionIndex, errorCode, errorMessage }) => `${topicPartitionKey(name, partitionIndex)}: ${new KafkaError(errorCode, errorMessage).message}`),
  )
  if (refused.length > 0) throw new OdradekError('REASSIGNMENT', `The controller refuses some of it, and has begun the rest:\n${refused.join('\n')}`)
}

/** Resolves when none of the moves is under way any more. @param onDone told of partitions that are where they shall be */
export async function untilMoved(client: ClusterClient, moves: readonly PartitionMove[], onDone: (partitions: number) => void): Promise<void> {
  let left = new Set(moves.map(({ topic, partition }) => topicPartitionKey(topic, partition)))
  for (;;) {
    const underWay = await listReassignments(client)
    const still = new Set([...left].filter((key) => underWay.has(key)))
    onDone(left.size - still.size)
    left = still
    if (left.size === 0) return
    await client.ports.timers.sleep(POLL_MS)
  }
}
