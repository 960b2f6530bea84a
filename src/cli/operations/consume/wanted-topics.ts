import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { MetadataApi } from '../../../../protocol/messages/metadata.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { check } from '../kafka-error.ts'
import { listTopics } from '../topics/list-topics.ts'
import type { Topics } from './consumer.ts'

const MAY_COME = new Set<number>([ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.LEADER_NOT_AVAILABLE])

/** One topic, which the broker makes where it does so. Errors: INVALID_TOPIC_EXCEPTION, TOPIC_AUTHORIZATION_FAILED. */
export function oneTopic(client: ClusterClient, name: string, allowAutoTopicCreation: boolean): Topics {
  return () =>
    client.retry('metadata', async () => {
      const { topics } = await client.ask(MetadataApi, { topics: [{ name }], allowAutoTopicCreation })
      const { errorCode = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, partitions = [] } = topics[0] ?? {}
      if (!MAY_COME.has(errorCode)) check(errorCode)
      return new Map([[name, partitions.length]])
    })
}

/** Those that a pattern names, without internal ones, as they come and go. */
export function topicsByPattern(client: ClusterClient, matches: (name: string) => boolean): Topics {
  return async () => {
    const topics = (await listTopics(client)).filter(({ name, isInternal }) => !isInternal && matches(name))
    return new Map(topics.map(({ name, partitionCount }) => [name, partitionCount]))
  }
}
