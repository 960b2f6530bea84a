import { OffsetForLeaderEpochApi } from '../../protocol/messages/offset-for-leader-epoch.ts'
import { leaderEpochEnd } from '../replication/leader-epoch-end.ts'
import { defineHandler } from './define-handler.ts'

/**
 * OffsetForLeaderEpoch (key 23), versions 2-4. Says where leader epochs end in the logs of this node.
 * Deviates: nowhere. Source: Kafka protocol guide; KIP-101, KIP-279, KIP-320.
 */
export const offsetForLeaderEpochHandler = defineHandler({
  api: OffsetForLeaderEpochApi,
  listeners: ['broker'],
  handle: (context, request) => ({
    throttleTimeMs: 0,
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition, currentLeaderEpoch, leaderEpoch }) => ({
        partition,
        ...leaderEpochEnd(context.services.replicas, { topic, partition, currentLeaderEpoch, leaderEpoch }),
      })),
    })),
  }),
})
