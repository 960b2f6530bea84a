import { setTimeout as sleep } from 'node:timers/promises'
import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { AlterPartitionReassignmentsApi } from '../../../protocol/messages/alter-partition-reassignments.ts'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import { ElectLeadersApi } from '../../../protocol/messages/elect-leaders.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import type { Api, Fields, Input, Message, Value } from '../../../protocol/schema/notation.ts'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import { RawClient } from '../../oracle/raw-client.ts'

/** The brokers of a cluster, as clients see them. All on 127.0.0.1. */
export interface Brokers {
  readonly brokerIds: readonly number[]
  /** Of the clients' listener of a broker. */
  clientPort(id: number): number
}

/** What the metadata that a broker gives say of a partition. */
export interface PartitionState {
  readonly leader: number
  readonly leaderEpoch: number
  readonly replicas: readonly number[]
  /** Sorted. */
  readonly isr: readonly number[]
}

const TIMEOUT_MS = 60_000
const POLL_MS = 50
const PREFERRED = 0

export interface NewTopic {
  readonly name: string
  /** The replicas of each partition, the preferred leader first. */
  readonly assignments: readonly (readonly number[])[]
  readonly configs?: Readonly<Record<string, string>>
}

/** Asks one broker to make a topic; resolves when every broker that runs tells of its leaders. */
export async function createTopic(cluster: Brokers, via: number, { name, assignments, configs = {} }: NewTopic): Promise<void> {
  const topic = {
    name,
    numPartitions: -1,
    replicationFactor: -1,
    assignments: assignments.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
    configs: Object.entries(configs).map(([configName, value]) => ({ name: configName, value })),
  }
  const { topics } = await ask(cluster, via, CreateTopicsApi, 7, { topics: [topic], timeoutMs: TIMEOUT_MS, validateOnly: false })
  refuse(`creating ${name}`, topics[0]?.errorCode, topics[0]?.errorMessage)
  for (const id of cluster.brokerIds) await untilState(cluster, id, name, 'it has a leader', ({ leader }) => leader >= 0)
}

/** Begins the move of partition 0 of a topic to these replicas, the preferred leader first. */
export async function reassign(cluster: Brokers, via: number, topic: string, replicas: readonly number[]): Promise<void> {
  const topics = [{ name: topic, partitions: [{ partitionIndex: 0, replicas }] }]
  const answer = await ask(cluster, via, AlterPartitionReassignmentsApi, 1, { topics, timeoutMs: TIMEOUT_MS })
  refuse(`reassigning ${topic}`, answer.errorCode, answer.errorMessage)
  const partition = answer.responses[0]?.partitions[0]
  refuse(`reassigning ${topic}`, partition?.errorCode, partition?.errorMessage)
}

/** Asks for the election of the preferred leader of partition 0. */
export async function electPreferred(cluster: Brokers, via: number, topic: string): Promise<void> {
  const request = { electionType: PREFERRED, topicPartitions: [{ topic, partitions: [0] }], timeoutMs: TIMEOUT_MS }
  const { errorCode, replicaElectionResults } = await ask(cluster, via, ElectLeadersApi, 2, request)
  refuse(`electing a leader of ${topic}`, errorCode, null)
  const result = replicaElectionResults[0]?.partitionResult[0]
  if (result?.errorCode !== ErrorCode.ELECTION_NOT_NEEDED) refuse(`electing a leader of ${topic}`, result?.errorCode, result?.errorMessage)
}

/** Partition 0 as one broker knows it; null while it does not know the topic. */
export async function partitionState(cluster: Brokers, via: number, topic: string): Promise<PartitionState | null> {
  const request = { topics: [{ topicId: ZERO_UUID, name: topic }], allowAutoTopicCreation: false, includeTopicAuthorizedOperations: false }
  const { topics } = await ask(cluster, via, MetadataApi, 12, request)
  const partition = topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === 0)
  if (partition === undefined) return null
  return {
    leader: partition.leaderId,
    leaderEpoch: partition.leaderEpoch,
    replicas: partition.replicaNodes,
    isr: [...partition.isrNodes].sort((a, b) => a - b),
  }
}

/** Resolves with the state of partition 0 when, as one broker knows it, it is as described. */
export async function untilState(
  cluster: Brokers,
  via: number,
  topic: string,
  what: string,
  holds: (state: PartitionState) => boolean,
): Promise<PartitionState> {
  const deadlineMs = Date.now() + TIMEOUT_MS
  for (;;) {
    const state = await partitionState(cluster, via, topic)
    if (state !== null && holds(state)) return state
    if (Date.now() > deadlineMs) throw new Error(`partition 0 of ${topic}, not within ${TIMEOUT_MS} ms: ${what}; broker ${via} knows ${JSON.stringify(state)}`)
    await sleep(POLL_MS)
  }
}

/** Sends one request to the clients' listener of a broker. */
export async function ask<Q extends Fields, A extends Fields>(
  cluster: Brokers,
  id: number,
  api: Api<Q, A>,
  version: number,
  request: Input<Message<Q>>,
): Promise<Value<Message<A>>> {
  await using client = await RawClient.open(`127.0.0.1:${cluster.clientPort(id)}`)
  const outcome = await client.exchange(api, version, request, TIMEOUT_MS)
  if (outcome.kind !== 'answer') throw new Error(`${api.name} version ${version} to broker ${id}: ${outcome.kind}`)
  return outcome.value as Value<Message<A>>
}

function refuse(what: string, errorCode: number | undefined, message: string | null | undefined): void {
  if (errorCode !== ErrorCode.NONE) throw new Error(`${what}: ${errorCode === undefined ? 'no answer' : errorName(errorCode)} ${message ?? ''}`)
}
