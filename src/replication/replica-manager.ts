import { ErrorCode } from '../../protocol/error-codes.ts'
import type { Uuid } from '../../protocol/uuid.ts'
import { BufferPool } from '../base/buffer-pool.ts'
import type { Clock, Disk, Network, Timers } from '../base/ports.ts'
import { topicPartitionKey } from '../base/topic-partition.ts'
import type { MetadataDelta, MetadataPublisher } from '../metadata/delta.ts'
import type { MetadataImage } from '../metadata/image.ts'
import type { MetadataService } from '../metadata/metadata-service.ts'
import type { OffsetsByPartition } from '../storage/checkpoint/offset-checkpoint.ts'
import type { LogDirectoryInfo } from '../storage/directory/log-directories.ts'
import type { PartitionLog } from '../storage/log/partition-log.ts'
import type { LogManager } from '../storage/log-manager.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { TopicTraffic, Traffic } from '../telemetry/traffic.ts'
import { AssignedPartitions } from './assigned-partitions.ts'
import { type DescribedDirectory, describeLogDirs } from './directories/describe-log-dirs.ts'
import { ReplicaDirectories } from './directories/replica-directories.ts'
import { ExpectedFetches } from './fetch/expected-fetches.ts'
import type { FetcherSettings } from './follower/replica-fetcher.ts'
import { ReplicaFetchers } from './follower/replica-fetchers.ts'
import { HighWatermarkCheckpoint } from './high-watermark-checkpoint.ts'
import { HostedPartitions } from './hosted-partitions.ts'
import type { IsrChanger } from './isr/isr-changer.ts'
import { IsrChanges } from './isr/isr-changes.ts'
import { LagWatch } from './isr/lag-watch.ts'
import { countLeaderChanges } from './isr/leader-changes.ts'
import type { Partition } from './partition.ts'
import type { PartitionEnvironment } from './partition-environment.ts'
import { ReplicationQuota } from './quota/replication-quota.ts'
import { TurnEnd } from './turn-end.ts'

/** Broker settings, read when they are used so that dynamic ones act at once. Names of Kafka in camel case. */
export interface ReplicationSettings extends FetcherSettings {
  /** replica.lag.time.max.ms */
  readonly replicaLagTimeMaxMs: number
  /** replica.high.watermark.checkpoint.interval.ms */
  readonly replicaHighWatermarkCheckpointIntervalMs: number
  /** fetch.max.bytes */
  readonly fetchMaxBytes: number
  /** replica.alter.log.dirs.io.max.bytes.per.second */
  readonly moveMaxBytesPerSecond: number
  /** `replica.selector.class` is the one that chooses by rack. */
  readonly isRackAware: boolean
  /** num.replica.fetchers */
  readonly numReplicaFetchers: number
  /** leader.replication.throttled.rate */
  readonly leaderThrottledRate: number
  /** follower.replication.throttled.rate */
  readonly followerThrottledRate: number
  /** replication.quota.window.num */
  readonly quotaWindowCount: number
  /** replication.quota.window.size.seconds, in milliseconds */
  readonly quotaWindowSizeMs: number
}

export interface ReplicaManagerOptions {
  readonly nodeId: number
  readonly ports: { readonly clock: Clock; readonly timers: Timers; readonly disk: Disk; readonly network: Network }
  /** Those of `ports` where not given. */
  readonly pollTimers?: Timers
  readonly logger: Logger
  readonly logs: LogManager
  readonly metadata: MetadataService
  readonly settings: ReplicationSettings
  /** What clients write and read is counted there. */
  readonly traffic: Traffic
  /** `min.insync.replicas` in force for a topic. */
  readonly minInsyncReplicas: (topic: string) => number
  /** `leader.` and `follower.replication.throttled.replicas` in force for a topic. */
  readonly throttledReplicas: Record<'leader' | 'follower', (topic: string) => readonly string[]>
  /** The listener by which brokers reach each other. */
  readonly interBrokerListenerName: string
  /** Of this node's registration; -1 before it. */
  readonly brokerEpoch: () => number
  /** A broken invariant outside of any request: the node must stop. */
  readonly onFailure: (error: unknown) => void
}

/** What is kept of buffers for reads: as many as the replies that a few consumers at full speed are taking, of a megabyte each. */
const SPARE_READ_BYTES = 8 * 1024 * 1024

/**
 * The partitions of this node. Follows the metadata: opens and deletes logs, makes partitions leaders and followers, and
 * keeps high watermarks over a restart. What requests do with several partitions stands beside it (produce/produce-records,
 * fetch-messages, …) and takes it as an argument.
 *
 * Invariant: a partition is here exactly while the newest applied delta assigns it to this node; one whose directory
 * failed stays here as offline. Source: kafka.server.ReplicaManager.
 */
export class ReplicaManager implements MetadataPublisher {
  readonly name = 'replication'
  readonly nodeId: number
  readonly clock: Clock
  readonly timers: Timers
  /** For fetches that wait: a consumer knows by its own clock when it must have an answer. */
  readonly pollTimers: Timers
  readonly settings: ReplicationSettings
  readonly traffic: Traffic
  /** For the records that fetches read. */
  readonly readBuffers = new BufferPool(SPARE_READ_BYTES)
  readonly #metadata: MetadataService
  /** What partitions go by: newer than `image` while it is being applied, so that a broker is gone with what it was in sync with. */
  #newest: MetadataImage
  readonly #logger: Logger
  readonly #logs: LogManager
  readonly #hosted = new HostedPartitions()
  /** In which directories the replicas are. */
  readonly directories: ReplicaDirectories
  readonly #checkpoint: HighWatermarkCheckpoint
  readonly #brokerEpoch: () => number
  /** Those that followers are about to make. */
  readonly expectedFetches: ExpectedFetches
  /** What may be copied of throttled replicas, to others and from others. */
  readonly quotas: Record<'leader' | 'follower', ReplicationQuota>
  /** Those that copy what this node follows. */
  readonly fetchers: ReplicaFetchers
  readonly #isrChanges: IsrChanges
  readonly #lagWatch: LagWatch
  readonly #assigned: AssignedPartitions

  constructor(options: ReplicaManagerOptions) {
    this.nodeId = options.nodeId
    this.clock = options.ports.clock
    this.timers = options.ports.timers
    this.pollTimers = options.pollTimers ?? options.ports.timers
    this.settings = options.settings
    this.traffic = options.traffic
    this.#metadata = options.metadata
    this.#newest = options.metadata.image()
    this.#brokerEpoch = options.brokerEpoch
    this.#logger = options.logger
    this.#logs = options.logs
    this.directories = new ReplicaDirectories({
      ...options,
      moveBytesPerSecond: () => options.settings.moveMaxBytesPerSecond,
      partition: (topic, index) => this.partition(topic, index),
      hostingError: (topic, index) => this.hostingError(topic, index),
    })
    this.#checkpoint = new HighWatermarkCheckpoint({
      ports: options.ports,
      logger: options.logger,
      intervalMs: () => options.settings.replicaHighWatermarkCheckpointIntervalMs,
      directories: () => options.logs.liveDirectories.map(({ path }) => path),
      highWatermarksIn: (directory) => this.#highWatermarksIn(directory),
      onFailure: options.onFailure,
    })
    this.#isrChanges = new IsrChanges({ ...options, timers: options.ports.timers })
    this.#lagWatch = new LagWatch(options.ports.timers, () => options.settings.replicaLagTimeMaxMs)
    this.expectedFetches = new ExpectedFetches(options.ports.clock)
    this.quotas = replicationQuotas(options)
    this.fetchers = new ReplicaFetchers({ ...options, quota: this.quotas.follower, image: () => this.#newest })
    const { directories, fetchers } = this
    const parts = { directories, fetchers, hosted: this.#hosted, checkpoint: this.#checkpoint }
    this.#assigned = new AssignedPartitions({ ...options, ...parts, environment: this.#makeEnvironment(options) })
  }

  /** The broker is registered: it copies from leaders, and the controller hears what leaders find of their followers. */
  start(changer: IsrChanger): void {
    this.#isrChanges.start(changer, this.#brokerEpoch)
    this.fetchers.start()
  }

  /** What clients are told: all that it shows is served. */
  get image(): MetadataImage {
    return this.#metadata.image()
  }

  /** Also one that is offline; undefined where this node has no replica. */
  partition(topic: string, index: number): Partition | undefined {
    return this.#hosted.get(topic, index)
  }

  partitionById(topicId: Uuid, index: number): Partition | undefined {
    return this.#hosted.getById(topicId, index)
  }

  get partitions(): Iterable<Partition> {
    return this.#hosted
  }

  get partitionCount(): number {
    return this.#hosted.count
  }

  /** As `traffic`, of one topic; null where this node hosts no partition of it. */
  trafficOf(topic: string): TopicTraffic | null {
    return this.#hosted.trafficOf(topic)
  }

  get topicTraffic(): Iterable<readonly [topic: string, traffic: TopicTraffic]> {
    return this.#hosted.topicTraffic()
  }

  /** What a request for a partition that is not here, or offline, is answered. NONE for one that is here. */
  hostingError(topic: string, index: number): ErrorCode {
    const partition = this.#hosted.get(topic, index)
    if (partition !== undefined) return partition.isOffline ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NONE
    return isKnown(this.image, topic, index) ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
  }

  /** The log directories with the logs for which `isAsked` holds. */
  describeLogDirs(isAsked: (topic: string, partition: number) => boolean): Promise<readonly DescribedDirectory[]> {
    return describeLogDirs({ logs: this.#logs, partition: (topic, index) => this.partition(topic, index), isAsked })
  }

  /** Resolves when this node's partitions are as `image` has them: leaders serve, deleted ones are gone. */
  onUpdate(delta: MetadataDelta, image: MetadataImage): Promise<void> {
    this.#newest = image
    countLeaderChanges(this.traffic, delta, this.nodeId)
    return this.#assigned.update(delta, image)
  }

  /** To be called when a log directory failed: its partitions answer KAFKA_STORAGE_ERROR from now on. */
  directoryWentOffline(directory: LogDirectoryInfo): void {
    let count = 0
    for (const partition of this.#hosted) {
      if (partition.log === null || !isInDirectory(partition.log, directory.path)) continue
      partition.goOffline()
      count++
    }
    this.#logger.error('partitions went offline with their log directory', { directory: directory.path, partitions: count })
    this.directories.directoryFailed(directory)
  }

  /** Ends copying and moves, and writes the high watermarks a last time. The server has stopped before, the logs close after. */
  async stop(): Promise<void> {
    await this.fetchers.stop()
    this.#isrChanges.stop()
    this.#lagWatch.stop()
    await this.directories.stop()
    await this.#checkpoint.stop()
  }

  #makeEnvironment(options: ReplicaManagerOptions): PartitionEnvironment {
    return {
      nodeId: options.nodeId,
      clock: options.ports.clock,
      logger: options.logger,
      turnEnd: new TurnEnd(options.onFailure),
      lagTimeMaxMs: () => options.settings.replicaLagTimeMaxMs,
      minInsyncReplicas: options.minInsyncReplicas,
      brokerEpoch: options.brokerEpoch,
      isEligible: (replicaId, brokerEpoch) => mayBeInSync(this.#newest, replicaId, brokerEpoch),
      isrChanges: this.#isrChanges,
      lagWatch: this.#lagWatch,
      expectedFetches: this.expectedFetches,
      cutting: (topic, index, offset, cut) => this.directories.cutting({ topic, index, offset }, cut),
      diskFailed: (log, error) => options.logs.reportDiskError(log, error),
      highWatermarkChanged: () => this.#checkpoint.changed(),
      onFailure: options.onFailure,
    }
  }

  #highWatermarksIn(directory: string): OffsetsByPartition {
    const highWatermarks = new Map<string, number>()
    for (const partition of this.#hosted) {
      const log = partition.log
      if (log !== null && isInDirectory(log, directory)) highWatermarks.set(topicPartitionKey(partition.topic, partition.index), log.highWatermark)
    }
    return highWatermarks
  }
}

function isKnown(image: MetadataImage, topic: string, index: number): boolean {
  return image.topics.byName.get(topic)?.partitions[index] !== undefined
}

function isInDirectory(log: PartitionLog, directory: string): boolean {
  return log.directory.startsWith(`${directory}/`) || log.directory.startsWith(`${directory}\\`)
}

function replicationQuotas({ nodeId, ports, settings, throttledReplicas }: ReplicaManagerOptions): ReplicaManager['quotas'] {
  const shared = { nodeId, clock: ports.clock, windowCount: settings.quotaWindowCount, windowSizeMs: settings.quotaWindowSizeMs }
  const leader = { bytesPerSecond: () => settings.leaderThrottledRate, throttledReplicas: throttledReplicas.leader }
  const follower = { bytesPerSecond: () => settings.followerThrottledRate, throttledReplicas: throttledReplicas.follower }
  return { leader: new ReplicationQuota({ ...shared, ...leader }), follower: new ReplicationQuota({ ...shared, ...follower }) }
}

/** Source: kafka.cluster.Partition.isReplicaIsrEligible; KIP-841, KIP-903. */
function mayBeInSync({ cluster }: MetadataImage, replicaId: number, brokerEpoch: number): boolean {
  const broker = cluster.brokers.get(replicaId)
  return broker !== undefined && !broker.fenced && !broker.inControlledShutdown && (brokerEpoch === -1 || brokerEpoch === broker.epoch)
}
