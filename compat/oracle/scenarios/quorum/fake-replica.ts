import { DescribeClusterApi } from '../../../../protocol/messages/describe-cluster.ts'
import { DescribeQuorumApi } from '../../../../protocol/messages/describe-quorum.ts'
import { FetchApi } from '../../../../protocol/messages/fetch.ts'
import type { Api, Fields, Input, Message } from '../../../../protocol/schema/notation.ts'
import { METADATA_TOPIC_ID, type Uuid } from '../../../../protocol/uuid.ts'
import type { Outcome, RawClient } from '../../raw-client.ts'
import type { Stage } from '../../scenario.ts'

/** The log directory of a node that there is not. */
export const DIRECTORY = 'Adirectory000000AAAAAA' as Uuid
/** The one node of the quorum. */
export const REAL = 1
/** A node that there is not. */
export const FAKE = 700
export const TOPIC = '__cluster_metadata'
const DESCRIBE_VERSION = 2
const FETCH_VERSION = 18
const FETCHED_BYTES = 1_000_000

/** Which replica of the metadata log it is. */
export interface Replica {
  readonly id: number
  readonly directoryId: Uuid
}

/** Where its log ends. */
export interface FetchPosition {
  readonly offset: number
  readonly epoch: number
}

/** Speaks to the controller as a node of the quorum does: one that there is not. */
export class FakeReplica {
  readonly clusterId: string
  readonly #client: RawClient
  /** Of the quorum, when it was last asked. */
  epoch = 0
  highWatermark = 0

  private constructor(client: RawClient, clusterId: string) {
    this.#client = client
    this.clusterId = clusterId
  }

  static async of(stage: Stage): Promise<FakeReplica> {
    const { clusterId } = await stage.client.ask(DescribeClusterApi, 1, { includeClusterAuthorizedOperations: false })
    const replica = new FakeReplica(await stage.openController(), clusterId)
    await replica.findLeader()
    return replica
  }

  /** Waits until the quorum is led, whatever a scenario did to it. */
  async findLeader(): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      const partition = await this.describe()
      if (partition?.errorCode === 0 && partition.highWatermark > 0) {
        this.epoch = partition.leaderEpoch
        this.highWatermark = partition.highWatermark
        return
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('nobody leads the quorum')
  }

  async describe() {
    const topics = [{ topicName: TOPIC, partitions: [{ partitionIndex: 0 }] }]
    const { topics: described } = await this.#client.ask(DescribeQuorumApi, DESCRIBE_VERSION, { topics })
    return described[0]?.partitions[0]
  }

  /** What is said of the metadata log to a replica that asks for more. */
  async fetch({ id, directoryId }: Replica, { offset, epoch }: FetchPosition, maxWaitMs = 0) {
    const from = { currentLeaderEpoch: this.epoch, fetchOffset: offset, lastFetchedEpoch: epoch }
    const topics = topicsOf({ partition: 0, partitionMaxBytes: 0, replicaDirectoryId: directoryId, ...from })
    const around = { maxWaitMs, minBytes: 0, maxBytes: FETCHED_BYTES, forgottenTopicsData: [] }
    const request = { clusterId: this.clusterId, replicaState: { replicaId: id, replicaEpoch: -1 }, topics, ...around }
    const { responses } = await this.#client.ask(FetchApi, FETCH_VERSION, request)
    const partition = responses[0]?.partitions[0]
    if (partition?.errorCode !== 0) throw new Error(`the metadata log cannot be fetched: ${partition?.errorCode}`)
    return partition
  }

  /** What comes back, with epochs as they are from that of the quorum. */
  async says<Q extends Fields, A extends Fields>(api: Api<Q, A>, version: number, request: Input<Message<Q>>): Promise<unknown> {
    return this.relative(await this.#client.exchange(api, version, request))
  }

  relative(outcome: Outcome): unknown {
    return withRelativeEpochs(outcome, this.epoch)
  }
}

export const topicsOf = <P>(partition: P) => [{ topicName: TOPIC, topic: TOPIC, name: TOPIC, topicId: METADATA_TOPIC_ID, partitions: [partition] }]

type Topics<P> = ReturnType<typeof topicsOf<P>>

/** Of topics that are the metadata log: what is not it, or not it alone. */
export function twistedTopics<P extends object>(topics: Topics<P>): readonly Topics<P>[] {
  return [
    [],
    [...topics, ...topics],
    topics.map((topic) => ({ ...topic, partitions: [] })),
    topics.map((topic) => ({ ...topic, partitions: [...topic.partitions, ...topic.partitions] })),
    topics.map((topic) => ({ ...topic, topicName: 'other', topic: 'other', name: 'other', topicId: DIRECTORY as never })),
    topics.map((topic) => ({ ...topic, partitions: topic.partitions.map((p) => ({ ...p, partitionIndex: 1, partition: 1 })) })),
  ]
}

function withRelativeEpochs(node: unknown, epoch: number): unknown {
  if (Array.isArray(node)) return node.map((element) => withRelativeEpochs(element, epoch))
  if (typeof node !== 'object' || node === null || Buffer.isBuffer(node)) return node
  const entries = Object.entries(node).map(([name, value]) => {
    const isEpoch = name === 'leaderEpoch' && typeof value === 'number' && value > 0
    return [name, isEpoch ? `epoch ${value - epoch}` : withRelativeEpochs(value, epoch)]
  })
  return Object.fromEntries(entries)
}

/** One request after another, as a connection takes them. */
export async function inTurn<T>(list: readonly T[], ask: (one: T) => Promise<unknown>): Promise<readonly unknown[]> {
  const outcomes: unknown[] = []
  for (const one of list) outcomes.push(await ask(one))
  return outcomes
}
