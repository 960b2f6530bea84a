import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { OffsetCommitRequest } from '../../../protocol/messages/offset-commit.ts'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import { coordinatorError } from '../../coordinator/coordinator-errors.ts'
import type { GroupRequestContext } from '../group-coordinator.ts'
import { type CommitReply, type CommittedTopic, refusedTopic, type TopicToCommit } from '../offsets/commit.ts'
import type { GroupServices } from './group-runtime.ts'
import { refusedPartitions, TopicResults } from './topic-results.ts'

/** From this version on topics are named by their ids alone. Source: KIP-848. */
const FIRST_VERSION_WITH_TOPIC_IDS = 10

/**
 * OffsetCommit: partitions that do not exist are refused one by one; the others are the group's business.
 * Source: kafka.server.KafkaApis.handleOffsetCommitRequest.
 */
export async function answerOffsetCommit(services: GroupServices, context: GroupRequestContext, request: OffsetCommitRequest): Promise<CommitReply> {
  const { apiVersion } = context
  const usesTopicIds = apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS
  const results = new TopicResults<CommittedTopic>(({ name, topicId }) => (usesTopicIds ? topicId : name))
  const topics = existingTopics(services, request, usesTopicIds, results)
  if (topics.length === 0) return { topics: results.with([]) }
  const outcome = await services.runtime.write(services.partitionFor(request.groupId), (machine) =>
    machine.commit({ committer: request, connection: context, topics, apiVersion }),
  )
  const answered = outcome.ok ? outcome.value.topics : topics.map((topic) => refusedTopic(topic, coordinatorError(outcome.errorCode)))
  return { topics: results.with(answered) }
}

function existingTopics(
  { topics: directory }: GroupServices,
  request: OffsetCommitRequest,
  usesTopicIds: boolean,
  results: TopicResults<CommittedTopic>,
): TopicToCommit[] {
  const existing: TopicToCommit[] = []
  for (const asked of request.topics) {
    const name = usesTopicIds ? (directory.topicName(asked.topicId) ?? '') : asked.name
    const topicId = usesTopicIds ? asked.topicId : directory.topicId(name)
    if (name === '' || topicId === ZERO_UUID) {
      const errorCode = usesTopicIds ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
      results.refuse({ name, topicId, partitions: refusedPartitions(asked.partitions, errorCode) })
      continue
    }
    const missing = asked.partitions.filter(({ partitionIndex }) => !directory.hasPartition(name, partitionIndex))
    if (missing.length > 0) results.refuse({ name, topicId, partitions: refusedPartitions(missing, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) })
    const partitions = missing.length === 0 ? asked.partitions : asked.partitions.filter((partition) => !missing.includes(partition))
    if (partitions.length > 0) existing.push({ name, topicId, partitions })
  }
  return existing
}
