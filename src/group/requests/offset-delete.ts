import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { OffsetDeleteRequest } from '../../../protocol/messages/offset-delete.ts'
import { coordinatorError } from '../../coordinator/coordinator-errors.ts'
import { type DeletedOffsetsTopic, type DeleteOffsetsReply, deleteOffsetsError } from '../offsets/delete.ts'
import type { GroupServices } from './group-runtime.ts'
import { refusedPartitions, TopicResults } from './topic-results.ts'

type RequestTopic = OffsetDeleteRequest['topics'][number]

/**
 * OffsetDelete: partitions that do not exist are refused one by one; the group is asked in any case.
 * Source: kafka.server.KafkaApis.handleOffsetDeleteRequest.
 */
export async function answerOffsetDelete(services: GroupServices, request: OffsetDeleteRequest): Promise<DeleteOffsetsReply> {
  if (request.groupId === '') return deleteOffsetsError(ErrorCode.INVALID_GROUP_ID)
  const results = new TopicResults<DeletedOffsetsTopic>(({ name }) => name)
  const topics = existingTopics(services, request, results)
  const outcome = await services.runtime.write(services.partitionFor(request.groupId), (machine) => machine.deleteOffsets(request.groupId, topics))
  if (!outcome.ok) return deleteOffsetsError(coordinatorError(outcome.errorCode))
  if (outcome.value.errorCode !== ErrorCode.NONE) return outcome.value
  return { ...outcome.value, topics: results.with(outcome.value.topics) }
}

function existingTopics({ topics: directory }: GroupServices, request: OffsetDeleteRequest, results: TopicResults<DeletedOffsetsTopic>): RequestTopic[] {
  const existing: RequestTopic[] = []
  for (const { name, partitions } of request.topics) {
    const present = partitions.filter(({ partitionIndex }) => directory.hasPartition(name, partitionIndex))
    const missing = partitions.filter((partition) => !present.includes(partition))
    if (missing.length > 0 || !directory.hasTopic(name)) {
      results.refuse({ name, partitions: refusedPartitions(missing, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) })
    }
    if (present.length > 0) existing.push({ name, partitions: present })
  }
  return existing
}
