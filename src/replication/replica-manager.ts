import { ErrorCode } from '../../protocol/error-codes.ts'
import type { Uuid } from '../../protocol/uuid.ts'
import { BufferPool } from '../base/buffer-pool.ts'
import { DiskError } from '../base/errors.ts'
import type { Clock, Disk, Timers } from '../base/ports.ts'
import { topicPartitionKey } from '../base/topic-partition.ts'
import type { MetadataDelta, MetadataPublisher } from '../metadata/delta.ts'
import { DirectoryId, type MetadataImage, type PartitionImage, type TopicImage } from '../metadata/image.ts'
import type { MetadataService } from '../metadata/metadata-service.ts'
import type { OffsetsByPartition } from '../storage/checkpoint/offset-checkpoint.ts'
import type { LogDirectoryInfo } from '../storage/directory/log-directories.ts'
import type { PartitionLog } from '../storage/log/partition-log.ts'
import type { LogManager } from '../storage/log-manager.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Traffic } from '../telemetry/traffic.ts'
import { type DescribedDirectory, describeLogDirs } from './directories/describe-log-dirs.ts'
import { ReplicaDirectories } from './directories/replica-directories.ts'
import { HighWatermarkCheckpoint } from './high-watermark-checkpoint.ts'
import { HostedPartitions } from './hosted-partitions.ts'
import { Partition } from './partition.ts'
import type { PartitionEnvironment } from './partition-environment.ts'
import { TurnEnd } from './turn-end.ts'

/** Logs opened at the same time while a delta is applied. */
const APPLY_CONCURRENCY = 32

/** Broker settings, read when they are used so that dynamic ones act at once. Names of Kafka in camel case. */
export interface ReplicationSettings {
  /** replica.lag.time.max.ms */
  readonly replicaLagTimeMaxMs: number
  /** replica.high.watermark.checkpoint.interval.ms */
  readonly replicaHighWatermarkCheckpointIntervalMs: number
  /** fetch.max.bytes */
  readonly fetchMaxBytes: number
  /** replica.alter.log.dirs.io.max.bytes.per.second */
  readonly moveMaxBytesPerSecond: number
}

/** They stand for no directory. */
const RESERVED_DIRECTORIES: ReadonlySet<Uuid> = new Set(Object.values(DirectoryId))

interface PartitionChange {
  readonly registration: PartitionImage
  /** Made by this change: no replica of it holds records yet. */
  readonly isNew: boolean
}

export interface ReplicaManagerOptions {
  readonly nodeId: number
  readonly ports: { readonly clock: Clock; readonly timers: Timers; readonly disk: Disk }
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
  readonly #logger: Logger
  readonly #logs: LogManager
  readonly #hosted = new HostedPartitions()
  /** In which directories the replicas are. */
  readonly directories: ReplicaDirectories
  readonly #environment: PartitionEnvironment
  readonly #checkpoint: HighWatermarkCheckpoint
  #isFirstUpdate = true

  constructor(options: ReplicaManagerOptions) {
    this.nodeId = options.nodeId
    this.clock = options.ports.clock
    this.timers = options.ports.timers
    this.pollTimers = options.pollTimers ?? options.ports.timers
    this.settings = options.settings
    this.traffic = options.traffic
    this.#metadata = options.metadata
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
    this.#environment = {
      nodeId: options.nodeId,
      clock: options.ports.clock,
      turnEnd: new TurnEnd(options.onFailure),
      lagTimeMaxMs: () => options.settings.replicaLagTimeMaxMs,
      minInsyncReplicas: options.minInsyncReplicas,
      diskFailed: (log, error) => options.logs.reportDiskError(log, error),
      highWatermarkChanged: () => this.#checkpoint.changed(),
      onFailure: options.onFailure,
    }
  }

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
  async onUpdate(delta: MetadataDelta, image: MetadataImage): Promise<void> {
    const isStart = this.#isFirstUpdate
    if (isStart) {
      this.#isFirstUpdate = false
      await this.#checkpoint.load()
      await this.#logs.setAsideStrayLogs((log) => this.#isStray(log, image))
      await this.#logs.futures.settleLeftOver((log) => (this.#isStray(log, image) ? null : this.#directoryIn(log, image)))
    }
    const removals: Partition[] = []
    for (const topic of delta.topics.deleted.values()) removals.push(...this.#hostedOf(topic))
    const changes: (() => Promise<void>)[] = []
    for (const { before, after, partitions } of delta.topics.changed.values()) {
      for (const index of partitions) {
        const registration = after.partitions[index] as PartitionImage
        const isNew = !isStart && before?.partitions[index] === undefined
        if (registration.replicas.includes(this.nodeId)) changes.push(() => this.#apply(after, index, { registration, isNew }))
        else removals.push(...this.#hostedAt(after, index))
      }
    }
    await inParallel(removals.map((partition) => () => this.#remove(partition)))
    await inParallel(changes)
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

  /** Ends moves, and writes the high watermarks a last time. The server has stopped before, the logs close after. */
  async stop(): Promise<void> {
    await this.directories.stop()
    await this.#checkpoint.stop()
  }

  async #apply(topic: TopicImage, index: number, change: PartitionChange): Promise<void> {
    const { registration } = change
    let partition = this.#hosted.getById(topic.id, index)
    if (partition === undefined) {
      partition = new Partition(topic.name, topic.id, index, this.#environment)
      this.#hosted.add(partition)
    }
    try {
      const log = partition.log ?? (await this.#openLog(partition, change))
      // While it was waited for, its directory may have failed by another log.
      if (log === null || log.isClosed) partition.goOffline()
      else if (registration.leader === this.nodeId) partition.becomeLeader(log, registration)
      else partition.becomeFollower(log, registration)
      this.directories.follow(partition, registration)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#logger.error('a partition is offline because its log could not be opened', { topic: topic.name, partition: index, error })
      if (partition.log !== null) this.#logs.reportDiskError(partition.log, error)
      partition.goOffline()
    }
  }

  /** null when the replica's directory has failed: it must not start empty in another one. One that is new has no directory yet. */
  async #openLog(partition: Partition, { registration, isNew }: PartitionChange): Promise<PartitionLog | null> {
    const { topic, topicId, index } = partition
    const existing = this.#logs.getLog(topic, index)
    const assigned = registration.directories[registration.replicas.indexOf(this.nodeId)]
    const isLive = this.#logs.liveDirectories.some((directory) => directory.directoryId === assigned)
    const mayBeElsewhere = !isLive && !(isNew && assigned === DirectoryId.UNASSIGNED)
    // One that is here may have been left behind by a move to there.
    const wasLeft = existing !== undefined && !isLive && assigned !== undefined && !RESERVED_DIRECTORIES.has(assigned)
    if ((wasLeft || (existing === undefined && mayBeElsewhere)) && this.#logs.offlineDirectories.length > 0) return null
    const log = await this.#logs.getOrCreateLog({
      topic,
      partition: index,
      topicId,
      ...(isLive && assigned !== undefined ? { directoryId: assigned } : {}),
    })
    log.updateHighWatermark(this.#checkpoint.take(topic, index))
    return log
  }

  async #remove(partition: Partition): Promise<void> {
    this.#hosted.remove(partition)
    partition.remove()
    await this.directories.cancel(partition)
    try {
      await this.#logs.deleteLog(partition.topic, partition.index)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#logger.error('a deleted partition left its files behind', { topic: partition.topic, partition: partition.index, error })
    }
  }

  #hostedOf(topic: TopicImage): Partition[] {
    return topic.partitions.flatMap((_, index) => this.#hostedAt(topic, index))
  }

  #hostedAt(topic: TopicImage, index: number): Partition[] {
    const partition = this.#hosted.getById(topic.id, index)
    return partition === undefined ? [] : [partition]
  }

  #isStray(log: PartitionLog, image: MetadataImage): boolean {
    const topic = image.topics.byName.get(log.topic)
    if (topic === undefined || (log.topicId !== null && log.topicId !== topic.id)) return true
    return !(topic.partitions[log.partition]?.replicas.includes(this.nodeId) ?? false)
  }

  /** Where the cluster believes this node's replica to be. */
  #directoryIn(log: PartitionLog, image: MetadataImage): Uuid | null {
    const partition = image.topics.byName.get(log.topic)?.partitions[log.partition]
    return partition?.directories[partition.replicas.indexOf(this.nodeId)] ?? null
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

async function inParallel(work: readonly (() => Promise<void>)[]): Promise<void> {
  for (let start = 0; start < work.length; start += APPLY_CONCURRENCY) {
    await Promise.all(work.slice(start, start + APPLY_CONCURRENCY).map((run) => run()))
  }
}
