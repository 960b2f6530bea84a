import { AlterReplicaLogDirsApi, type AlterReplicaLogDirsRequest, type AlterReplicaLogDirsResponse } from '../../protocol/messages/alter-replica-log-dirs.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import { topicPartitionKey } from '../base/topic-partition.ts'
import type { ReplicaPlacement } from '../replication/directories/replica-directories.ts'
import { defineHandler } from './define-handler.ts'

type Result = Input<typeof AlterReplicaLogDirsResponse>['results'][number]

/**
 * AlterReplicaLogDirs (key 34), versions 1-2. Moves replicas of this node to other directories; a replica that is not here
 * yet will be made in the directory. The answer says that a move has begun: DescribeLogDirs tells how far it is.
 * Deviates: nowhere. Source: Kafka protocol guide; KIP-113, KIP-858, KIP-1066.
 */
export const alterReplicaLogDirsHandler = defineHandler({
  api: AlterReplicaLogDirsApi,
  listeners: ['broker'],
  async handle(context, request) {
    const placements = placementsOf(request)
    const errorCodes = await context.services.replicas.directories.alter(placements)
    const results = new Map<string, Result['partitions'][number][]>()
    for (const [index, { topic, partition }] of placements.entries()) {
      const partitions = results.get(topic) ?? []
      results.set(topic, partitions)
      partitions.push({ partitionIndex: partition, errorCode: errorCodes[index] as number })
    }
    return { throttleTimeMs: 0, results: [...results].map(([topicName, partitions]) => ({ topicName, partitions })) }
  },
})

/** Each partition once: of a repeated one, the last counts. */
function placementsOf({ dirs }: AlterReplicaLogDirsRequest): readonly ReplicaPlacement[] {
  const placements = new Map<string, ReplicaPlacement>()
  for (const { path, topics } of dirs) {
    for (const { name: topic, partitions } of topics) {
      for (const partition of partitions) placements.set(topicPartitionKey(topic, partition), { topic, partition, path })
    }
  }
  return [...placements.values()]
}
