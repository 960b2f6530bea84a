import { CreatePartitionsApi } from '../../../../protocol/messages/create-partitions.ts'
import { CreateTopicsApi } from '../../../../protocol/messages/create-topics.ts'
import { DeleteTopicsApi } from '../../../../protocol/messages/delete-topics.ts'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { check } from '../kafka-error.ts'

export interface NewTopic {
  readonly name: string
  /** The broker's default where not given. */
  readonly partitions?: number | undefined
  readonly replicationFactor?: number | undefined
  /** Brokers of each partition, in place of the two above. */
  readonly assignment?: readonly (readonly number[])[]
  readonly configs: Readonly<Record<string, string>>
}

/** What stands for the broker's default. Source: KIP-464. */
const AS_THE_BROKER = -1

/** Errors: as the broker answers, with its message. */
export async function createTopic(client: ClusterClient, topic: NewTopic, { validateOnly = false } = {}): Promise<void> {
  await client.retry('createTopics', async () => {
    const { topics } = await client.askController(CreateTopicsApi, { topics: [creatable(topic)], timeoutMs: client.settings.requestTimeoutMs, validateOnly })
    for (const { name, errorCode, errorMessage } of topics) check(errorCode, errorMessage, `Topic ${name}`)
  })
}

function creatable({ name, partitions, replicationFactor, assignment, configs }: NewTopic) {
  return {
    name,
    numPartitions: assignment === undefined ? (partitions ?? AS_THE_BROKER) : AS_THE_BROKER,
    replicationFactor: assignment === undefined ? (replicationFactor ?? AS_THE_BROKER) : AS_THE_BROKER,
    assignments: (assignment ?? []).map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  }
}

export interface MorePartitions {
  readonly name: string
  /** With those that are there. */
  readonly count: number
  /** Brokers of each partition that is added; the controller chooses where null. */
  readonly assignment: readonly (readonly number[])[] | null
}

/** Errors: that of the first topic that has one. */
export async function addPartitions(client: ClusterClient, topics: readonly MorePartitions[], { validateOnly = false } = {}): Promise<void> {
  await client.retry('createPartitions', async () => {
    const { results } = await client.askController(CreatePartitionsApi, {
      topics: topics.map(({ name, count, assignment }) => ({ name, count, assignments: assignment?.map((brokerIds) => ({ brokerIds })) ?? null })),
      timeoutMs: client.settings.requestTimeoutMs,
      validateOnly,
    })
    for (const { name, errorCode, errorMessage } of results) check(errorCode, errorMessage, `Topic ${name}`)
  })
}

/** Errors: that of the first topic that has one. */
export async function deleteTopics(client: ClusterClient, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await client.retry('deleteTopics', async () => {
    const timeoutMs = client.settings.requestTimeoutMs
    const { responses } = await client.askController(DeleteTopicsApi, (version) =>
      version < 6 ? { topicNames: names, timeoutMs } : { topics: names.map((name) => ({ name, topicId: ZERO_UUID })), timeoutMs },
    )
    for (const { name, errorCode, errorMessage } of responses) check(errorCode, errorMessage, `Topic ${name}`)
  })
}
