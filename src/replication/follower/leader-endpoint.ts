import { ErrorCode } from '../../../protocol/error-codes.ts'
import { FetchApi, type FetchResponse } from '../../../protocol/messages/fetch.ts'
import { ListOffsetsApi } from '../../../protocol/messages/list-offsets.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Endpoint, Network, Timers } from '../../base/ports.ts'
import { PeerClient } from '../../client/peer-client.ts'
import type { SessionRequest, WantedPartition } from './fetch-session-client.ts'

/** The first version that carries the follower's epoch. Source: KIP-903. */
const FIRST_REPLICA_STATE_VERSION = 15
/** The first version that names topics by id, and tells of logs that have parted. Source: KIP-516, KIP-595. */
const FIRST_VERSION = 13
/** Special timestamps of ListOffsets. */
const LATEST = -1n
const EARLIEST = -2n
/** Leaders are trusted: a batch may be as large as their topics allow. */
const MAX_RESPONSE_BYTES = 0x7fff_ffff

/** The fields of a follower's Fetch that hold for all its partitions. */
export interface FetchLimits {
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes: number
}

export interface LeaderEndpointOptions {
  /** The broker that is asked. */
  readonly leaderId: number
  /** This broker. */
  readonly nodeId: number
  readonly brokerEpoch: () => number
  /** Where the leader is, as the metadata has it; null while it has none. */
  readonly endpoint: () => Endpoint | null
  readonly network: Network
  readonly timers: Timers
  readonly clientId: string
  readonly timeoutMs: () => number
}

/** Where a leader's log begins or ends. */
export type LogBound = 'earliest' | 'latest'

export type LeaderOffset = { readonly errorCode: number; readonly offset: number }

/**
 * Speaks to one leader as a follower does. Where the leader has moved to another address, the next request goes there.
 * Errors: those of `PeerClient`; PEER_UNKNOWN while the metadata has no address; PEER_VERSION where the leader is too old.
 */
export class LeaderEndpoint implements AsyncDisposable {
  readonly #options: LeaderEndpointOptions
  #client: PeerClient | null = null
  #isClosed = false

  constructor(options: LeaderEndpointOptions) {
    this.#options = options
  }

  /** Records in the answer are valid until the next request. */
  async fetch(session: SessionRequest, limits: FetchLimits): Promise<FetchResponse> {
    const client = await this.#connected()
    return client.send(FetchApi, (version) => this.#fetchRequest(session, limits, version))
  }

  /** Where the leader's log begins or ends. */
  async offset(bound: LogBound, topic: string, partition: number, currentLeaderEpoch: number): Promise<LeaderOffset> {
    const client = await this.#connected()
    const asked = { partitionIndex: partition, currentLeaderEpoch, timestamp: bound === 'latest' ? LATEST : EARLIEST }
    const answer = await client.send(ListOffsetsApi, {
      replicaId: this.#options.nodeId,
      isolationLevel: 0,
      topics: [{ name: topic, partitions: [asked] }],
      timeoutMs: this.#options.timeoutMs(),
    })
    const found = answer.topics[0]?.partitions[0]
    return found ?? { errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, offset: -1 }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#client?.[Symbol.asyncDispose]()
  }

  async #connected(): Promise<PeerClient> {
    const { leaderId, endpoint, network, timers, clientId, timeoutMs } = this.#options
    const to = endpoint()
    const known = this.#client
    if (known !== null && (to === null || isSame(known.endpoint, to))) return known
    if (to === null) throw new OdradekError('PEER_UNKNOWN', `the metadata has no address of broker ${leaderId}`, { fields: { leaderId } })
    await known?.[Symbol.asyncDispose]()
    const client = new PeerClient({
      endpoint: to,
      network,
      timers,
      clientId,
      timeoutMs: timeoutMs(),
      maxResponseBytes: MAX_RESPONSE_BYTES,
      reusesResponseMemory: true,
    })
    if (this.#isClosed) await client[Symbol.asyncDispose]()
    this.#client = client
    return client
  }

  #fetchRequest({ sessionId, sessionEpoch, wanted, forgotten }: SessionRequest, limits: FetchLimits, version: number): Input<FetchRequestMessage> {
    if (version < FIRST_VERSION) throw this.#tooOld(version)
    const { nodeId: replicaId, brokerEpoch } = this.#options
    return {
      ...(version < FIRST_REPLICA_STATE_VERSION ? { replicaId } : { replicaState: { replicaId, replicaEpoch: brokerEpoch() } }),
      ...limits,
      isolationLevel: 0,
      sessionId,
      sessionEpoch,
      topics: byTopic(wanted).map(([topicId, partitions]) => ({ topicId, partitions: partitions.map(askedOf) })),
      forgottenTopicsData: byTopic(forgotten).map(([topicId, partitions]) => ({ topicId, partitions: partitions.map(({ partition }) => partition) })),
    }
  }

  #tooOld(version: number): OdradekError {
    const { leaderId } = this.#options
    return new OdradekError('PEER_VERSION', `broker ${leaderId} serves Fetch up to version ${version}: copying from it takes version ${FIRST_VERSION}`, {
      fields: { leaderId, version },
    })
  }
}

type FetchRequestMessage = (typeof FetchApi)['request']

function askedOf({ partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, logStartOffset, maxBytes }: WantedPartition) {
  return { partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, logStartOffset, partitionMaxBytes: maxBytes }
}

function byTopic(partitions: readonly WantedPartition[]): [Uuid, WantedPartition[]][] {
  const topics = new Map<Uuid, WantedPartition[]>()
  for (const partition of partitions) {
    const known = topics.get(partition.topicId)
    if (known === undefined) topics.set(partition.topicId, [partition])
    else known.push(partition)
  }
  return [...topics]
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.host === b.host && a.port === b.port
}
