import type { Uuid } from '../../../protocol/uuid.ts'
import type { RequestContext } from '../request-context.ts'
import type { IsTopic } from './split-by-topic.ts'

/** Whether a request that names a topic by its name, or by the id that it has now, means `topic`. */
export function isTopicNamed({ services }: RequestContext, topic: string): IsTopic {
  const { byName } = services.metadata.image().topics
  const topicId: Uuid | undefined = byName.get(topic)?.id
  return ({ name, id }) => name === topic || (id !== undefined && id === topicId)
}
