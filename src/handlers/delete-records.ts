import { ErrorCode } from '../../protocol/error-codes.ts'
import { DeleteRecordsApi, type DeleteRecordsRequest, type DeleteRecordsResponse } from '../../protocol/messages/delete-records.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import { type DeletionResult, deleteRecords, type RecordsDeletion } from '../replication/delete-records.ts'
import { defineHandler } from './define-handler.ts'

type Response = Input<typeof DeleteRecordsResponse>

/**
 * DeleteRecords (key 21), versions 0-2. Removes the records before given offsets.
 * Deviates: nowhere. Source: Kafka protocol guide; KIP-107.
 */
export const deleteRecordsHandler = defineHandler({
  api: DeleteRecordsApi,
  listeners: ['broker'],
  handle(context, request) {
    const { replicas } = context.services
    const deletions = deletionsOf(request)
    const known = deletions.filter(({ topic, partition }) => replicas.hostingError(topic, partition) !== ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    const outcome = deleteRecords(replicas, known, { timeoutMs: request.timeoutMs, closed: () => context.closed })
    if (outcome instanceof Promise) return outcome.then((results) => (results === null ? null : answer(deletions, known, results)))
    return outcome === null ? null : answer(deletions, known, outcome)
  },
})

/** Each partition once: of a repeated one, the last counts. */
function deletionsOf(request: DeleteRecordsRequest): RecordsDeletion[] {
  const topics = new Map<string, Map<number, RecordsDeletion>>()
  for (const { name, partitions } of request.topics) {
    const deletions = topics.get(name) ?? new Map<number, RecordsDeletion>()
    topics.set(name, deletions)
    for (const { partitionIndex, offset } of partitions) deletions.set(partitionIndex, { topic: name, partition: partitionIndex, offset })
  }
  return [...topics.values()].flatMap((deletions) => [...deletions.values()])
}

/** `results` stand in the order of `known`; the other deletions name partitions that do not exist. */
function answer(deletions: readonly RecordsDeletion[], known: readonly RecordsDeletion[], results: readonly DeletionResult[]): Response {
  const topics = new Map<string, { name: string; partitions: { partitionIndex: number; lowWatermark: number; errorCode: number }[] }>()
  let next = 0
  for (const deletion of deletions) {
    const result = deletion === known[next] ? results[next++] : undefined
    const topic = topics.get(deletion.topic) ?? { name: deletion.topic, partitions: [] }
    topics.set(deletion.topic, topic)
    topic.partitions.push({
      partitionIndex: deletion.partition,
      lowWatermark: result?.lowWatermark ?? -1,
      errorCode: result?.errorCode ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    })
  }
  return { throttleTimeMs: 0, topics: [...topics.values()] }
}
