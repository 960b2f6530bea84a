import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import type { DeletedTopic } from '../controller.ts'
import { failure, MAX_RECORDS_PER_REQUEST, NO_ERROR, TOO_LARGE_BATCH } from '../controller-error.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'

/** Decides on topics by their ids, each by itself; the answers are in the order of `ids`, none of which stands twice. */
export function deleteTopics(state: ControllerState, ids: readonly Uuid[]): Decision<readonly DeletedTopic[]> {
  const records: MetadataRecord[] = []
  const reply = ids.map((id): DeletedTopic => {
    const topic = state.image.topics.byId.get(id)
    if (topic === undefined) return { id, name: null, ...failure(ErrorCode.UNKNOWN_TOPIC_ID, null) }
    records.push({ type: 'RemoveTopicRecord', version: 0, data: { topicId: id } })
    return { id, name: topic.name, ...NO_ERROR }
  })
  if (records.length > MAX_RECORDS_PER_REQUEST) return { records: [], reply: reply.map((topic) => ({ ...topic, ...TOO_LARGE_BATCH })) }
  return { records, reply }
}
