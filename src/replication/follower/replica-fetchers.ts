import type { Clock, Endpoint, Network, Timers } from '../../base/ports.ts'
import { endpointOf, type MetadataImage, NO_LEADER } from '../../metadata/image.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Traffic } from '../../telemetry/traffic.ts'
import type { Partition } from '../partition.ts'
import type { ReplicationQuota } from '../quota/replication-quota.ts'
import { Copy } from './copies.ts'
import { LeaderEndpoint } from './leader-endpoint.ts'
import { type FetcherSettings, ReplicaFetcher } from './replica-fetcher.ts'

export interface ReplicaFetchersOptions {
  readonly nodeId: number
  readonly brokerEpoch: () => number
  /** The listener by which brokers reach each other: `inter.broker.listener.name`. */
  readonly interBrokerListenerName: string
  readonly image: () => MetadataImage
  readonly ports: { readonly clock: Clock; readonly timers: Timers; readonly network: Network }
  readonly logger: Logger
  readonly settings: FetcherSettings & { /** num.replica.fetchers */ readonly numReplicaFetchers: number }
  /** Of followers. */
  readonly quota: ReplicationQuota
  readonly traffic: Pick<Traffic, 'replicationBytesIn'>
  /** A broken invariant. */
  readonly onFailure: (error: unknown) => void
}

interface Running {
  readonly fetcher: ReplicaFetcher
  readonly ended: Promise<void>
}

/** Which fetcher copies a partition. */
interface Assigned {
  readonly copy: Copy
  readonly leaderId: number
  readonly fetcherId: number
}

/**
 * Who copies what from whom: `num.replica.fetchers` fetchers for each leader that this node follows, while there is anything
 * to copy from it. Nothing is copied before `start`. Source: kafka.server.AbstractFetcherManager, ReplicaFetcherManager.
 */
export class ReplicaFetchers {
  readonly #options: ReplicaFetchersOptions
  readonly #running = new Map<string, Running>()
  /** Of each partition that is copied, or waits for `start`. */
  readonly #assigned = new Map<Partition, Assigned>()
  #isStarted = false
  #isStopped = false

  constructor(options: ReplicaFetchersOptions) {
    this.#options = options
  }

  /** What is copied, with how far each was behind its leader's high watermark after the last answer; null before any. */
  get copies(): Iterable<Pick<Copy, 'topic' | 'partition' | 'lag'>> {
    return [...this.#assigned.values()].map(({ copy }) => copy)
  }

  /** The broker is registered: leaders will know who it is. */
  start(): void {
    this.#isStarted = true
    for (const assigned of this.#assigned.values()) this.#begin(assigned)
  }

  /** Copies the partition from its leader, unless it has none; `release` comes before another leader epoch. */
  follow(partition: Partition): void {
    const { following, leaderId, topic, topicId, index } = partition
    if (following === null || leaderId === NO_LEADER || this.#assigned.has(partition) || this.#isStopped) return
    const copy = new Copy({ topic, topicId, partition: index, following })
    const assigned = { copy, leaderId, fetcherId: fetcherIdOf(topic, index, this.#options.settings.numReplicaFetchers) }
    this.#assigned.set(partition, assigned)
    if (this.#isStarted) this.#begin(assigned)
  }

  /** Resolves when nothing is copied into the partition's log any more. */
  async release(partition: Partition): Promise<void> {
    const assigned = this.#assigned.get(partition)
    if (assigned === undefined) return
    this.#assigned.delete(partition)
    await this.#running.get(keyOf(assigned))?.fetcher.release(assigned.copy)
  }

  /** Fetchers that have nothing left to copy end. */
  async endIdle(): Promise<void> {
    const idle = [...this.#running].filter(([, { fetcher }]) => fetcher.isIdle)
    await Promise.all(idle.map(([key, running]) => this.#end(key, running)))
  }

  /** `num.replica.fetchers` has changed. */
  async resized(): Promise<void> {
    const partitions = [...this.#assigned.keys()]
    await Promise.all(partitions.map((partition) => this.release(partition)))
    for (const partition of partitions) this.follow(partition)
    await this.endIdle()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#assigned.clear()
    await Promise.all([...this.#running].map(([key, running]) => this.#end(key, running)))
  }

  #begin(assigned: Assigned): void {
    const key = keyOf(assigned)
    let running = this.#running.get(key)
    if (running === undefined) {
      running = this.#open(assigned)
      this.#running.set(key, running)
    }
    running.fetcher.add(assigned.copy)
  }

  async #end(key: string, { fetcher, ended }: Running): Promise<void> {
    this.#running.delete(key)
    await fetcher.stop()
    await ended
  }

  #open({ leaderId, fetcherId }: Assigned): Running {
    const { nodeId, brokerEpoch, ports, logger, settings, quota, traffic, onFailure } = this.#options
    const leader = new LeaderEndpoint({
      ...{ leaderId, nodeId, brokerEpoch },
      ...{ network: ports.network, timers: ports.timers },
      endpoint: () => this.#endpointOf(leaderId),
      clientId: `broker-${nodeId}-fetcher-${fetcherId}`,
      timeoutMs: () => settings.replicaSocketTimeoutMs,
    })
    const isLeaving = () => this.#isLeaving(leaderId)
    const fetcher = new ReplicaFetcher({ leaderId, leader, isLeaving, clock: ports.clock, timers: ports.timers, logger, settings, quota, traffic })
    return { fetcher, ended: fetcher.run().catch(onFailure) }
  }

  #isLeaving(brokerId: number): boolean {
    const broker = this.#options.image().cluster.brokers.get(brokerId)
    return broker === undefined || broker.fenced || broker.inControlledShutdown
  }

  #endpointOf(leaderId: number): Endpoint | null {
    const { image, interBrokerListenerName } = this.#options
    const broker = image().cluster.brokers.get(leaderId)
    return (broker === undefined ? undefined : endpointOf(broker, interBrokerListenerName)) ?? null
  }
}

function keyOf({ leaderId, fetcherId }: Assigned): string {
  return `${leaderId}:${fetcherId}`
}

/** Source: AbstractFetcherManager.getFetcherId. */
function fetcherIdOf(topic: string, partition: number, fetcherCount: number): number {
  let hash = 0
  for (let index = 0; index < topic.length; index++) hash = (Math.imul(31, hash) + topic.charCodeAt(index)) | 0
  return Math.abs((Math.imul(31, hash) + partition) | 0) % fetcherCount
}
