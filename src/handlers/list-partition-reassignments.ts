import { ErrorCode } from '../../protocol/error-codes.ts'
import { ListPartitionReassignmentsApi } from '../../protocol/messages/list-partition-reassignments.ts'
import { isReassigning } from '../controller/partitions/reassignment.ts'
import type { TopicImage } from '../metadata/image.ts'
import { defineHandler } from './define-handler.ts'

/**
 * ListPartitionReassignments (key 46), version 0. The partitions that move, of the topics asked for or of all.
 * Deviates: nowhere.  Source: KIP-455.
 */
export const listPartitionReassignmentsHandler = defineHandler({
  api: ListPartitionReassignmentsApi,
  listeners: ['broker', 'controller'],
  handle({ services: { metadata } }, request) {
    const { byName } = metadata.image().topics
    const asked = request.topics?.map(({ name, partitionIndexes }) => ({ topic: byName.get(name), partitionIndexes }))
    const all = asked ?? [...byName.values()].map((topic) => ({ topic, partitionIndexes: topic.partitions.keys() }))
    const moving = all.flatMap(({ topic, partitionIndexes }) => (topic === undefined ? [] : [movingPartitions(topic, partitionIndexes)]))
    return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, errorMessage: null, topics: moving.filter(({ partitions }) => partitions.length > 0) }
  },
})

function movingPartitions({ name, partitions }: TopicImage, partitionIndexes: Iterable<number>) {
  const moving = [...partitionIndexes].flatMap((partitionIndex) => {
    const partition = partitions[partitionIndex]
    if (partition === undefined || !isReassigning(partition)) return []
    const { replicas, addingReplicas, removingReplicas } = partition
    return [{ partitionIndex, replicas, addingReplicas, removingReplicas }]
  })
  return { name, partitions: moving }
}
