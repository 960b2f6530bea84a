import { CreateTopicsApi } from '../../../../protocol/messages/create-topics.ts'
import { DescribeTopicPartitionsApi, type DescribeTopicPartitionsResponse } from '../../../../protocol/messages/describe-topic-partitions.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import type { Stage } from '../../scenario.ts'
import { FakeBroker } from './fake-broker.ts'

type Partition = DescribeTopicPartitionsResponse['topics'][number]['partitions'][number]

/** The broker that answers, beside the fake ones. */
export const REAL = 1
/** Among the brokers of a scenario. */
const ABSENT = 9
const TIMEOUT_MS = 20_000
const PAUSE_MS = 50

/**
 * Makes a topic with these replicas, by partition. Nobody waits for fake brokers to serve. All partitions of a topic have as many
 * replicas: who has fewer gets another one on a broker that never served and is gone.
 */
export async function createWith(stage: Stage, name: string, assignments: readonly (readonly number[])[], configs: Readonly<Record<string, string>> = {}) {
  const count = Math.max(...assignments.map((brokerIds) => brokerIds.length))
  const absent = await FakeBroker.of(stage, ABSENT)
  await absent.register()
  const lists = assignments.map((brokerIds, partitionIndex) => ({
    partitionIndex,
    brokerIds: brokerIds.length < count ? [...brokerIds, absent.id] : [...brokerIds],
  }))
  const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
  const topic = { name, numPartitions: -1, replicationFactor: -1, assignments: lists, configs: entries }
  const { topics } = await stage.client.ask(CreateTopicsApi, 7, { topics: [topic], timeoutMs: TIMEOUT_MS })
  await absent.leave()
  const [created] = topics
  if (created?.errorCode !== 0) throw new Error(`CreateTopics ${name}: ${created?.errorCode} ${created?.errorMessage}`)
  await until(stage, name, (partitions) => partitions.length === assignments.length)
  return created.topicId as Uuid
}

/** The partitions as the real broker knows them, as soon as `isThere` holds. */
export async function until(stage: Stage, name: string, isThere: (partitions: readonly Partition[]) => boolean): Promise<readonly Partition[]> {
  const deadlineMs = Date.now() + TIMEOUT_MS
  for (;;) {
    const { topics } = await stage.client.ask(DescribeTopicPartitionsApi, 0, { topics: [{ name }] })
    const partitions = topics[0]?.errorCode === 0 ? topics[0].partitions : []
    if (isThere(partitions)) return partitions
    if (Date.now() > deadlineMs) throw new Error(`partitions of ${name} are not as awaited: ${JSON.stringify(partitions)}`)
    await pause()
  }
}

/** When each partition has the leader that stands at its place. */
export function untilLedBy(stage: Stage, name: string, leaders: readonly number[]): Promise<readonly Partition[]> {
  return until(stage, name, (partitions) => partitions.length === leaders.length && partitions.every(({ leaderId }, index) => leaderId === leaders[index]))
}

export function pause(forMs = PAUSE_MS): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs))
}
