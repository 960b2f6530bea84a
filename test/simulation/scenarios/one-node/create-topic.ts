import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { CreateTopicsApi } from '../../../../protocol/messages/create-topics.ts'
import type { KafkaClient } from '../../kafka-client.ts'
import { PARTITIONS, TOPIC } from './role.ts'

/** Makes the topic of the story. */
export async function createTopic(client: KafkaClient): Promise<void> {
  const topic = { name: TOPIC, numPartitions: PARTITIONS.length, replicationFactor: 1, assignments: [], configs: [] }
  const isMade = (code: number | undefined) => code === ErrorCode.NONE || code === ErrorCode.TOPIC_ALREADY_EXISTS
  await client.askUntil(CreateTopicsApi, 5, { topics: [topic] }, ({ topics }) => isMade(topics[0]?.errorCode))
}
