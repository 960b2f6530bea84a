import type { Uuid } from '../../protocol/uuid.ts'
import { DiskError } from '../base/errors.ts'
import type { MetadataDelta } from '../metadata/delta.ts'
import { DirectoryId, type MetadataImage, type PartitionImage, type TopicImage } from '../metadata/image.ts'
import type { PartitionLog } from '../storage/log/partition-log.ts'
import type { LogManager } from '../storage/log-manager.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ReplicaDirectories } from './directories/replica-directories.ts'
import type { ReplicaFetchers } from './follower/replica-fetchers.ts'
import type { HighWatermarkCheckpoint } from './high-watermark-checkpoint.ts'
import type { HostedPartitions } from './hosted-partitions.ts'
import { Partition } from './partition.ts'
import type { PartitionEnvironment } from './partition-environment.ts'

/** Logs opened at the same time while a delta is applied. */
const APPLY_CONCURRENCY = 32

/** They stand for no directory. */
const RESERVED_DIRECTORIES: ReadonlySet<Uuid> = new Set(Object.values(DirectoryId))

interface PartitionChange {
  readonly registration: PartitionImage
  /** Made by this change: no replica of it holds records yet. */
  readonly isNew: boolean
}

export interface AssignedPartitionsOptions {
  readonly nodeId: number
  readonly logger: Logger
  readonly logs: LogManager
  readonly hosted: HostedPartitions
  readonly environment: PartitionEnvironment
  readonly directories: ReplicaDirectories
  readonly checkpoint: HighWatermarkCheckpoint
  readonly fetchers: ReplicaFetchers
}

/**
 * Makes of this node's partitions what the metadata says: opens and deletes logs, makes partitions leaders and followers, and
 * has followers copy from their leaders.
 *
 * Invariant: whatever copies into a partition's log has ended before the partition has another leader epoch or leaves.
 * Source: kafka.server.ReplicaManager.applyDelta.
 */
export class AssignedPartitions {
  readonly #options: AssignedPartitionsOptions
  #isFirstUpdate = true

  constructor(options: AssignedPartitionsOptions) {
    this.#options = options
  }

  /** Resolves when this node's partitions are as `image` has them: leaders serve, deleted ones are gone. */
  async update(delta: MetadataDelta, image: MetadataImage): Promise<void> {
    const isStart = this.#isFirstUpdate
    if (isStart) {
      this.#isFirstUpdate = false
      await this.#options.checkpoint.load()
      await this.#options.logs.setAsideStrayLogs((log) => this.#isStray(log, image))
      await this.#options.logs.futures.settleLeftOver((log) => (this.#isStray(log, image) ? null : this.#directoryIn(log, image)))
    }
    const removals: Partition[] = []
    for (const topic of delta.topics.deleted.values()) removals.push(...this.#hostedOf(topic))
    const changes: (() => Promise<void>)[] = []
    for (const { before, after, partitions } of delta.topics.changed.values()) {
      for (const index of partitions) {
        const registration = after.partitions[index] as PartitionImage
        const isNew = !isStart && before?.partitions[index] === undefined
        if (registration.replicas.includes(this.#options.nodeId)) changes.push(() => this.#apply(after, index, { registration, isNew }))
        else removals.push(...this.#hostedAt(after, index))
      }
    }
    await inParallel(removals.map((partition) => () => this.#remove(partition)))
    await inParallel(changes)
    await this.#options.fetchers.endIdle()
  }

  async #apply(topic: TopicImage, index: number, change: PartitionChange): Promise<void> {
    const { registration } = change
    let partition = this.#options.hosted.getById(topic.id, index)
    if (partition === undefined) {
      partition = new Partition(topic.name, topic.id, index, this.#options.environment)
      this.#options.hosted.add(partition)
    }
    if (registration.leaderEpoch !== partition.leaderEpoch) await this.#options.fetchers.release(partition)
    try {
      const log = partition.log ?? (await this.#openLog(partition, change))
      // While it was waited for, its directory may have failed by another log.
      if (log === null || log.isClosed) partition.goOffline()
      else if (registration.leader === this.#options.nodeId) partition.becomeLeader(log, registration)
      else partition.becomeFollower(log, registration)
      this.#options.fetchers.follow(partition)
      this.#options.directories.follow(partition, registration)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#options.logger.error('a partition is offline because its log could not be opened', { topic: topic.name, partition: index, error })
      if (partition.log !== null) this.#options.logs.reportDiskError(partition.log, error)
      partition.goOffline()
    }
  }

  /** null when the replica's directory has failed: it must not start empty in another one. One that is new has no directory yet. */
  async #openLog(partition: Partition, { registration, isNew }: PartitionChange): Promise<PartitionLog | null> {
    const { topic, topicId, index } = partition
    const existing = this.#options.logs.getLog(topic, index)
    const assigned = registration.directories[registration.replicas.indexOf(this.#options.nodeId)]
    const isLive = this.#options.logs.liveDirectories.some((directory) => directory.directoryId === assigned)
    const mayBeElsewhere = !isLive && !(isNew && assigned === DirectoryId.UNASSIGNED)
    // One that is here may have been left behind by a move to there.
    const wasLeft = existing !== undefined && !isLive && assigned !== undefined && !RESERVED_DIRECTORIES.has(assigned)
    if ((wasLeft || (existing === undefined && mayBeElsewhere)) && this.#options.logs.offlineDirectories.length > 0) return null
    const log = await this.#options.logs.getOrCreateLog({
      topic,
      partition: index,
      topicId,
      ...(isLive && assigned !== undefined ? { directoryId: assigned } : {}),
    })
    log.updateHighWatermark(this.#options.checkpoint.take(topic, index))
    return log
  }

  async #remove(partition: Partition): Promise<void> {
    this.#options.hosted.remove(partition)
    partition.remove()
    await this.#options.fetchers.release(partition)
    await this.#options.directories.cancel(partition)
    try {
      await this.#options.logs.deleteLog(partition.topic, partition.index)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#options.logger.error('a deleted partition left its files behind', { topic: partition.topic, partition: partition.index, error })
    }
  }

  #hostedOf(topic: TopicImage): Partition[] {
    return topic.partitions.flatMap((_, index) => this.#hostedAt(topic, index))
  }

  #hostedAt(topic: TopicImage, index: number): Partition[] {
    const partition = this.#options.hosted.getById(topic.id, index)
    return partition === undefined ? [] : [partition]
  }

  #isStray(log: PartitionLog, image: MetadataImage): boolean {
    const topic = image.topics.byName.get(log.topic)
    if (topic === undefined || isOfAnother(log, topic.id)) return true
    return !(topic.partitions[log.partition]?.replicas.includes(this.#options.nodeId) ?? false)
  }

  /** Where the cluster believes this node's replica to be. */
  #directoryIn(log: PartitionLog, image: MetadataImage): Uuid | null {
    const partition = image.topics.byName.get(log.topic)?.partitions[log.partition]
    return partition?.directories[partition.replicas.indexOf(this.#options.nodeId)] ?? null
  }
}

/**
 * A log that does not say whose it is was not flushed before the power went, and may be that of a topic of the same name
 * which is deleted; one that holds nothing is anybody's. Source: LogManager.isStrayReplica.
 */
function isOfAnother(log: PartitionLog, topicId: Uuid): boolean {
  return log.topicId === null ? log.logEndOffset > 0 : log.topicId !== topicId
}

async function inParallel(work: readonly (() => Promise<void>)[]): Promise<void> {
  for (let start = 0; start < work.length; start += APPLY_CONCURRENCY) {
    await Promise.all(work.slice(start, start + APPLY_CONCURRENCY).map((run) => run()))
  }
}
