import { ListPartitionReassignmentsApi } from '../../../../protocol/messages/list-partition-reassignments.ts'
import { topicPartitionKey } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { check } from '../kafka-error.ts'

export interface Reassignment {
  readonly topic: string
  readonly partition: number
  readonly replicas: readonly number[]
  readonly adding: readonly number[]
  readonly removing: readonly number[]
}

/** What is being moved now, by `topic-partition`. */
export function listReassignments(
  client: ClusterClient,
  topics: readonly { readonly name: string; readonly partitionIndexes: readonly number[] }[] | null = null,
): Promise<ReadonlyMap<string, Reassignment>> {
  return client.retry('listPartitionReassignments', async () => {
    const answer = await client.askController(ListPartitionReassignmentsApi, { topics })
    check(answer.errorCode, answer.errorMessage)
    return new Map(
      answer.topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex, replicas, addingReplicas, removingReplicas }) => [
          topicPartitionKey(name, partitionIndex),
          { topic: name, partition: partitionIndex, replicas, adding: addingReplicas, removing: removingReplicas },
        ]),
      ),
    )
  })
}
