import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { FindCoordinatorApi } from '../../../../protocol/messages/find-coordinator.ts'
import { MetadataApi, type MetadataResponse } from '../../../../protocol/messages/metadata.ts'
import type { Api, Fields, Input, Message, Value } from '../../../../protocol/schema/notation.ts'
import { type Uuid, ZERO_UUID } from '../../../../protocol/uuid.ts'
import { OdradekError } from '../../../../src/base/errors.ts'
import type { Endpoint, Ports } from '../../../../src/base/ports.ts'
import type { TopicPartition } from '../../../../src/base/topic-partition.ts'
import { BrokerConnection } from '../../../../src/client/broker-connection.ts'
import { type Asker, askUntil, Unanswered } from '../../asker.ts'

export const METADATA_VERSION = 12
const FIND_COORDINATOR_VERSION = 3
const GROUP_KEY = 0
const BACKOFF_MS = 100
const MAX_BACKOFF_MS = 1000
/** For connecting, and for each answer. */
const DEFAULT_TIMEOUT_MS = 6000

export interface ClusterClientOptions {
  readonly ports: Pick<Ports, 'network' | 'timers' | 'random'>
  readonly bootstrap: readonly Endpoint[]
  readonly clientId: string
  readonly timeoutMs?: number
}

/** The partition of whichever topic has that name, or of the one that the caller means: a broker that is behind may know an earlier one. */
export interface PartitionAt extends TopicPartition {
  readonly topicId?: Uuid
}

/**
 * A client as Kafka's own are: it learns of brokers, leaders and coordinators from whichever broker answers, keeps one
 * connection to each, and looks anew for what is not where it was.
 */
export class ClusterClient {
  readonly #options: ClusterClientOptions
  /** By id; before any broker said who is there, none. */
  readonly #brokers = new Map<number, Endpoint>()
  readonly #connections = new Map<string, Promise<BrokerConnection>>()
  /** By name, as they were told last. */
  readonly #topicIds = new Map<string, Uuid>()
  readonly #leaders = new Map<string, number>()
  readonly #leaderEpochs = new Map<string, number>()
  readonly #coordinators = new Map<string, number>()

  constructor(options: ClusterClientOptions) {
    this.#options = options
  }

  get timers(): Ports['timers'] {
    return this.#options.ports.timers
  }

  /** Ids of the brokers that were told last. */
  get brokerIds(): readonly number[] {
    return [...this.#brokers.keys()]
  }

  /** Each request goes to a broker by chance. */
  anyBroker(): Asker {
    return { ask: (api, version, request) => this.#askAt(this.#anyEndpoint(), api, version, request), lookAgain: () => {} }
  }

  broker(id: number): Asker {
    return {
      ask: (api, version, request) => this.#askAt(this.#endpointOf(id), api, version, request),
      lookAgain: () => {},
    }
  }

  /** Of one partition; looked for when a request is made and it is not known. */
  leader(at: PartitionAt): Asker {
    return this.#wherever(
      this.#leaders,
      () => this.#keyOf(at),
      () => this.#findLeader(at),
    )
  }

  /** Of the topic, and in which the leader leads that would be asked now. Rejects with `Unanswered`. */
  async leadership(at: PartitionAt): Promise<{ readonly topicId: Uuid; readonly leaderEpoch: number }> {
    if (!this.#leaders.has(this.#keyOf(at))) await this.#findLeader(at)
    return { topicId: this.#idOf(at) ?? ZERO_UUID, leaderEpoch: this.#leaderEpochs.get(this.#keyOf(at)) ?? -1 }
  }

  coordinator(groupId: string): Asker {
    return this.#wherever(
      this.#coordinators,
      () => groupId,
      () => this.#findCoordinator(groupId),
    )
  }

  /** Asks again, with the pauses of real clients, until there is an answer that `isGood`. */
  askUntil<Q extends Fields, A extends Fields>(
    asker: Asker,
    api: Api<Q, A>,
    version: number,
    request: Input<Message<Q>>,
    isGood: (answer: Value<Message<A>>) => boolean,
  ): Promise<Value<Message<A>>> {
    return askUntil(asker, { api, version, request, isGood, timers: this.timers, backoffMs: BACKOFF_MS, maxBackoffMs: MAX_BACKOFF_MS })
  }

  /** What a broker by chance says of these topics, or of all. Rejects with `Unanswered`. */
  async metadata(topics: readonly string[] | null, asker: Asker = this.anyBroker()): Promise<MetadataResponse> {
    const request = { topics: topics?.map((name) => ({ name })) ?? null, allowAutoTopicCreation: false }
    const answer = await asker.ask(MetadataApi, METADATA_VERSION, request)
    if (answer.brokers.length > 0) this.#brokers.clear()
    for (const { nodeId, host, port } of answer.brokers) this.#brokers.set(nodeId, { host, port })
    for (const { name, topicId, errorCode, partitions } of answer.topics) {
      if (name === null || errorCode !== ErrorCode.NONE) continue
      this.#topicIds.set(name, topicId)
      for (const { partitionIndex: partition, leaderId, leaderEpoch } of partitions) {
        const key = this.#keyOf({ topic: name, topicId, partition })
        // A broker that is behind tells of former leaders. Source: KIP-320; org.apache.kafka.clients.Metadata.
        if (leaderEpoch < (this.#leaderEpochs.get(key) ?? leaderEpoch)) continue
        this.#leaderEpochs.set(key, leaderEpoch)
        if (leaderId >= 0) this.#leaders.set(key, leaderId)
        else this.#leaders.delete(key)
      }
    }
    return answer
  }

  /** @param places ids of brokers, by what they answer for */
  #wherever(places: Map<string, number>, key: () => string, find: () => Promise<number>): Asker {
    return {
      ask: async (api, version, request) => {
        const id = places.get(key()) ?? (await find())
        try {
          return await this.#askAt(this.#endpointOf(id), api, version, request)
        } catch (error) {
          places.delete(key())
          throw error
        }
      },
      lookAgain: () => places.delete(key()),
    }
  }

  async #findLeader(at: PartitionAt): Promise<number> {
    await this.metadata([at.topic])
    const id = this.#leaders.get(this.#keyOf(at))
    if (id === undefined) throw new Unanswered(`${at.topic}-${at.partition} has no leader that this broker knows`)
    return id
  }

  #idOf({ topic, topicId }: PartitionAt): Uuid | undefined {
    return topicId ?? this.#topicIds.get(topic)
  }

  #keyOf(at: PartitionAt): string {
    return `${this.#idOf(at)}-${at.partition}`
  }

  async #findCoordinator(groupId: string): Promise<number> {
    const { errorCode, nodeId, host, port } = await this.anyBroker().ask(FindCoordinatorApi, FIND_COORDINATOR_VERSION, { key: groupId, keyType: GROUP_KEY })
    if (errorCode !== ErrorCode.NONE) throw new Unanswered(`the coordinator of ${groupId}: ${errorName(errorCode)}`)
    this.#brokers.set(nodeId, { host, port })
    this.#coordinators.set(groupId, nodeId)
    return nodeId
  }

  #anyEndpoint(): Endpoint {
    const { bootstrap, ports } = this.#options
    const known = this.#brokers.size > 0 && ports.random.below(4) > 0 ? [...this.#brokers.values()] : bootstrap
    return known[ports.random.below(known.length)] as Endpoint
  }

  #endpointOf(id: number): Endpoint {
    const endpoint = this.#brokers.get(id)
    if (endpoint === undefined) throw new Unanswered(`broker ${id} is not known`)
    return endpoint
  }

  async #askAt<Q extends Fields, A extends Fields>(at: Endpoint, api: Api<Q, A>, version: number, request: Input<Message<Q>>): Promise<Value<Message<A>>> {
    try {
      return await (await this.#connection(at)).send(api, version, request)
    } catch (error) {
      throw isLost(error) ? new Unanswered(`${api.name} at ${at.host}`, { cause: error }) : error
    }
  }

  /** Requests made meanwhile wait for the same connection, so that they stay in order. */
  async #connection(at: Endpoint): Promise<BrokerConnection> {
    const key = `${at.host}:${at.port}`
    const opening = this.#connections.get(key) ?? this.#open(at, key)
    const connection = await opening
    if (connection.isOpen) return connection
    if (this.#connections.get(key) === opening) this.#connections.delete(key)
    return this.#connection(at)
  }

  #open(at: Endpoint, key: string): Promise<BrokerConnection> {
    const { ports, clientId, timeoutMs = DEFAULT_TIMEOUT_MS } = this.#options
    const opening = BrokerConnection.open(at, { network: ports.network, timers: ports.timers, clientId, timeoutMs }).catch((error) => {
      this.#connections.delete(key)
      throw error
    })
    this.#connections.set(key, opening)
    return opening
  }
}

/** The connection broke, or no answer came in time; anything else is a mistake of somebody's. */
function isLost(error: unknown): boolean {
  return error instanceof OdradekError && (error.code.startsWith('NETWORK_') || error.code === 'CLIENT_TIMEOUT' || error.code === 'CLIENT_CLOSED')
}
