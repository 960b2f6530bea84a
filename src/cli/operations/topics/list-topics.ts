import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { isInternalTopic } from '../../../../protocol/internal-topics.ts'
import { MetadataApi } from '../../../../protocol/messages/metadata.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'

export interface TopicListing {
  readonly name: string
  readonly topicId: Uuid
  readonly isInternal: boolean
  readonly partitionCount: number
}

/** Every topic that the client may see, by name. */
export function listTopics(client: ClusterClient): Promise<readonly TopicListing[]> {
  return client.retry('listTopics', async () => {
    const { topics } = await client.ask(MetadataApi, { topics: null, allowAutoTopicCreation: false })
    return topics
      .flatMap(({ name, topicId, partitions, errorCode }) =>
        name === null || errorCode === ErrorCode.TOPIC_AUTHORIZATION_FAILED
          ? []
          : [{ name, topicId, isInternal: isInternalTopic(name), partitionCount: partitions.length }],
      )
      .toSorted(byName)
  })
}

/** As Java orders strings: by their UTF-16 units. */
export function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0
}
