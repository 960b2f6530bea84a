import { ErrorCode } from '../../protocol/error-codes.ts'
import { AlterPartitionReassignmentsApi } from '../../protocol/messages/alter-partition-reassignments.ts'
import { answerOf } from '../controller/rejection.ts'
import { defineHandler } from './define-handler.ts'

/**
 * AlterPartitionReassignments (key 45), versions 0-1. Moves partitions to other replicas, or takes back a move.
 * Deviates: the answer leaves when this node follows the decision; Kafka's leaves when the records are committed.
 * Source: KIP-455, KIP-860 (a replication factor that must stay).
 */
export const alterPartitionReassignmentsHandler = defineHandler({
  api: AlterPartitionReassignmentsApi,
  listeners: ['broker', 'controller'],
  async handle({ apiVersion, principal, services: { clusterController } }, { topics, timeoutMs, allowReplicationFactorChange }) {
    // Kafka decides nothing here, and leaves the fields of its answer as they are made.
    if (topics.length === 0) return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, errorMessage: '', responses: [] }
    const command = {
      allowReplicationFactorChange,
      topics: topics.map(({ name, partitions }) => ({
        topic: name,
        partitions: partitions.map(({ partitionIndex, replicas }) => ({ partition: partitionIndex, replicas })),
      })),
    }
    const answer = await answerOf(clusterController.reassignPartitions({ principal, timeoutMs }, command))
    if (answer.kind === 'refused') {
      const responses = topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, ...answer.error })),
      }))
      return { throttleTimeMs: 0, ...answer.error, responses }
    }
    const responses = answer.value.map(({ topic, partitions }) => ({
      name: topic,
      partitions: partitions.map(({ partition, ...result }) => ({ partitionIndex: partition, ...result })),
    }))
    const allowed = apiVersion >= 1 ? { allowReplicationFactorChange } : {}
    return { throttleTimeMs: 0, ...allowed, errorCode: ErrorCode.NONE, errorMessage: null, responses }
  },
})
