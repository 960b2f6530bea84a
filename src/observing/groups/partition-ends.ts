import { ErrorCode } from '../../../protocol/error-codes.ts'
import { DecodeError } from '../../../protocol/errors.ts'
import { ListOffsetsApi } from '../../../protocol/messages/list-offsets.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Clock, Endpoint, Network, Timers } from '../../base/ports.ts'
import { type TopicPartition, topicPartitionKey } from '../../base/topic-partition.ts'
import { PeerClient } from '../../client/peer-client.ts'
import type { Logger } from '../../telemetry/logger.ts'

/** However many ask, other nodes are asked again after this long. */
export const ASK_INTERVAL_MS = 5_000
/** So long one waits for the answers of other nodes; what comes later is there for the next. */
export const ANSWER_MS = 1_000
/** An end that was heard longer ago is none. */
export const STALE_MS = 60_000
const PARTITIONS_PER_REQUEST = 1_000
const LATEST = -1n
const CONSUMER = -1
const READ_UNCOMMITTED = 0
const LOG_INTERVAL_MS = 60_000

/** Where the cluster's partitions are, as this node knows it. */
export interface PartitionLeaders {
  /** null while there is none. */
  leaderOf(topic: string, partition: number): number | null
  /** null where the metadata has no address. */
  endpointOf(brokerId: number): Endpoint | null
}

export interface PartitionEndsOptions {
  readonly nodeId: number
  /** The high watermark of a replica of this node that is in sync; null where there is none. */
  readonly localEnd: (topic: string, partition: number) => number | null
  readonly leaders: PartitionLeaders
  readonly clock: Clock
  readonly timers: Timers
  readonly network: Network
  readonly logger: Logger
  /** A mistake of ours surfaced while others were asked. */
  readonly onBroken: (error: unknown) => void
}

interface HeardEnd {
  readonly offset: number
  readonly atMs: number
}

/**
 * Where partitions end for consumers, led by this node or by others: for those who ask now and then. Replicas of this node are
 * looked at; leaders elsewhere are asked by ListOffsets, each with one request at a time, and not more often than every
 * `ASK_INTERVAL_MS`. What was asked for last is kept.
 */
export class PartitionEnds implements AsyncDisposable {
  readonly #options: PartitionEndsOptions
  readonly #peers = new Map<number, PeerClient>()
  #heard: ReadonlyMap<string, HeardEnd> = new Map()
  #asking: Promise<void> | null = null
  #askedAtMs = Number.NEGATIVE_INFINITY
  #loggedAtMs = Number.NEGATIVE_INFINITY
  #isClosed = false

  constructor(options: PartitionEndsOptions) {
    this.#options = options
  }

  /** null: not known now. */
  endOf(topic: string, partition: number): number | null {
    const local = this.#options.localEnd(topic, partition)
    if (local !== null) return local
    const heard = this.#heard.get(topicPartitionKey(topic, partition))
    return heard === undefined || this.#options.clock.monotonicMs() - heard.atMs > STALE_MS ? null : heard.offset
  }

  isLocal(topic: string, partition: number): boolean {
    return this.#options.localEnd(topic, partition) !== null
  }

  /** Whether it is time to ask other nodes again. */
  get isDue(): boolean {
    return !this.#isClosed && this.#asking === null && this.#options.clock.monotonicMs() - this.#askedAtMs >= ASK_INTERVAL_MS
  }

  /** Asks the leaders of `wanted`, if it is time to. They are all that is known from then on. */
  ask(wanted: Iterable<TopicPartition>): void {
    if (!this.isDue) return
    this.#askedAtMs = this.#options.clock.monotonicMs()
    this.#asking = this.#askAll(byLeader(wanted, this.#options.leaders))
      .catch(this.#options.onBroken)
      .finally(() => {
        this.#asking = null
      })
  }

  /** Resolves when those that were asked have answered, or the time for that is over; never rejects. */
  answered(): Promise<void> {
    const asking = this.#asking
    if (asking === null) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = this.#options.timers.schedule(ANSWER_MS, resolve)
      void asking.then(() => {
        timer.cancel()
        resolve()
      })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#peers.values()].map((peer) => peer[Symbol.asyncDispose]()))
    await this.#asking
  }

  async #askAll(wanted: ReadonlyMap<number, readonly TopicPartition[]>): Promise<void> {
    await this.#dropPeers(wanted)
    const before = this.#heard
    const heard = new Map<string, HeardEnd>()
    // Until it is heard anew, the last answer stands.
    for (const { topic, partition } of [...wanted.values()].flat()) {
      const key = topicPartitionKey(topic, partition)
      const last = before.get(key)
      if (last !== undefined) heard.set(key, last)
    }
    this.#heard = heard
    await Promise.all([...wanted].map(([leaderId, partitions]) => this.#askLeader(leaderId, partitions, heard)))
  }

  async #askLeader(leaderId: number, partitions: readonly TopicPartition[], heard: Map<string, HeardEnd>): Promise<void> {
    try {
      for (let at = 0; at < partitions.length && !this.#isClosed; at += PARTITIONS_PER_REQUEST) {
        const peer = this.#peerOf(leaderId)
        if (peer === null) return
        const answer = await peer.send(ListOffsetsApi, requestFor(partitions.slice(at, at + PARTITIONS_PER_REQUEST)))
        const atMs = this.#options.clock.monotonicMs()
        for (const { name, partitions: told } of answer.topics) {
          for (const { partitionIndex, errorCode, offset } of told) {
            if (errorCode === ErrorCode.NONE) heard.set(topicPartitionKey(name, partitionIndex), { offset, atMs })
          }
        }
      }
    } catch (error) {
      if (!(error instanceof OdradekError || error instanceof DecodeError)) throw error
      this.#failed(leaderId, error)
    }
  }

  /** A node that is gone or is starting again is no news here: one line in a while. */
  #failed(leaderId: number, error: unknown): void {
    const nowMs = this.#options.clock.monotonicMs()
    if (this.#isClosed || nowMs - this.#loggedAtMs < LOG_INTERVAL_MS) return
    this.#loggedAtMs = nowMs
    this.#options.logger.warn('a leader does not tell where its partitions end: the lag of groups is told without them', { leaderId, error })
  }

  /** null: nobody knows where it is. */
  #peerOf(brokerId: number): PeerClient | null {
    const known = this.#peers.get(brokerId)
    if (known !== undefined) return known
    const { nodeId, leaders, network, timers } = this.#options
    const endpoint = leaders.endpointOf(brokerId)
    if (endpoint === null) return null
    const peer = new PeerClient({ endpoint, network, timers, clientId: `broker-${nodeId}-lag`, timeoutMs: 2 * ANSWER_MS })
    this.#peers.set(brokerId, peer)
    return peer
  }

  /** Those that lead nothing that is wanted any more, or are elsewhere now. */
  async #dropPeers(wanted: ReadonlyMap<number, unknown>): Promise<void> {
    for (const [brokerId, peer] of [...this.#peers]) {
      const endpoint = this.#options.leaders.endpointOf(brokerId)
      const isCurrent = endpoint !== null && endpoint.host === peer.endpoint.host && endpoint.port === peer.endpoint.port
      if (wanted.has(brokerId) && isCurrent) continue
      this.#peers.delete(brokerId)
      await peer[Symbol.asyncDispose]()
    }
  }
}

function byLeader(wanted: Iterable<TopicPartition>, leaders: PartitionLeaders): ReadonlyMap<number, readonly TopicPartition[]> {
  const grouped = new Map<number, TopicPartition[]>()
  for (const one of wanted) {
    const leaderId = leaders.leaderOf(one.topic, one.partition)
    if (leaderId === null) continue
    const known = grouped.get(leaderId)
    if (known === undefined) grouped.set(leaderId, [one])
    else known.push(one)
  }
  return grouped
}

/** As a consumer asks: the answer is the high watermark. */
function requestFor(wanted: readonly TopicPartition[]) {
  const topics = new Map<string, { partitionIndex: number; currentLeaderEpoch: number; timestamp: bigint }[]>()
  for (const { topic, partition } of wanted) {
    const partitions = topics.get(topic) ?? []
    topics.set(topic, partitions)
    partitions.push({ partitionIndex: partition, currentLeaderEpoch: -1, timestamp: LATEST })
  }
  const asked = [...topics].map(([name, partitions]) => ({ name, partitions }))
  return { replicaId: CONSUMER, isolationLevel: READ_UNCOMMITTED, topics: asked, timeoutMs: ANSWER_MS }
}
