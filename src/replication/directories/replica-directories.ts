import { ErrorCode } from '../../../protocol/error-codes.ts'
import { DiskError } from '../../base/errors.ts'
import type { Clock, Timers } from '../../base/ports.ts'
import { recordLevels } from '../../metadata/features.ts'
import type { MetadataImage, PartitionImage } from '../../metadata/image.ts'
import type { MetadataService } from '../../metadata/metadata-service.ts'
import type { LogDirectoryInfo } from '../../storage/directory/log-directories.ts'
import type { PartitionLog } from '../../storage/log/partition-log.ts'
import type { LogManager } from '../../storage/log-manager.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Partition } from '../partition.ts'
import { type DirectoryRegistry, DirectoryReports } from './directory-reports.ts'
import { MoveThrottle } from './move-throttle.ts'
import { ReplicaMoves } from './replica-moves.ts'

export interface ReplicaDirectoriesOptions {
  readonly nodeId: number
  readonly ports: { readonly clock: Clock; readonly timers: Timers }
  readonly logger: Logger
  readonly logs: LogManager
  readonly metadata: MetadataService
  /** replica.alter.log.dirs.io.max.bytes.per.second */
  readonly moveBytesPerSecond: () => number
  readonly partition: (topic: string, index: number) => Partition | undefined
  /** What a request for a partition that is not here is answered. */
  readonly hostingError: (topic: string, index: number) => ErrorCode
  readonly onFailure: (error: unknown) => void
}

/** A replica that is wanted in a directory. */
export interface ReplicaPlacement {
  readonly topic: string
  readonly partition: number
  /** As it stands in `log.dirs`. */
  readonly path: string
}

const MAX_NAME = 255
/** `.`, 32 digits, `-future` */
const FUTURE_NAME_EXTRA = 40

/**
 * In which directories the replicas of this node are: tells the controller, moves them when asked (AlterReplicaLogDirs), and
 * goes on with moves that the last stop interrupted. Source: KIP-113, KIP-858.
 */
export class ReplicaDirectories {
  readonly #options: ReplicaDirectoriesOptions
  readonly #logs: LogManager
  readonly #reports: DirectoryReports
  readonly #moves: ReplicaMoves
  /** One request changes moves at a time. */
  #altering: Promise<unknown> = Promise.resolve()

  constructor(options: ReplicaDirectoriesOptions) {
    this.#options = options
    this.#logs = options.logs
    this.#reports = new DirectoryReports({ ...options, timers: options.ports.timers })
    this.#moves = new ReplicaMoves({
      ...options,
      throttle: new MoveThrottle(options.ports, options.moveBytesPerSecond),
      assign: (partition, future) => this.#assign(partition, future),
    })
  }

  /** The broker is unfenced: the controller hears from now on what there is to tell. */
  start(registry: DirectoryRegistry): void {
    this.#reports.start(registry)
  }

  directoryFailed({ directoryId }: LogDirectoryInfo): void {
    this.#reports.directoryFailed(directoryId)
  }

  /** Other directories take nothing new from now on. */
  cordonedChanged(): void {
    this.#reports.cordonedChanged()
  }

  /** To be called when a replica's log is open and its place in the cluster's state has changed. */
  follow(partition: Partition, registration: PartitionImage): void {
    const { log } = partition
    if (log === null) return
    const future = this.#logs.futures.get(partition.topic, partition.index)
    const assigned = registration.directories[registration.replicas.indexOf(this.#options.nodeId)]
    if (future !== undefined) this.#moves.start(partition, future)
    const isOnItsWay = future !== undefined && this.#logs.directoryOf(future).directoryId === assigned
    if (!isOnItsWay && this.#logs.directoryOf(log).directoryId !== assigned) void this.#assign(partition, log)
  }

  /** Ends the move of a partition that leaves the node. */
  async cancel(partition: Partition): Promise<void> {
    const future = this.#logs.futures.get(partition.topic, partition.index)
    if (future !== undefined) await this.#moves.cancel(future)
  }

  /**
   * Calls `cut`, which takes the end of a replica's log away from `offset` on. A move of the replica rests meanwhile, and goes on
   * without what was cut. Source: KIP-113; ReplicaAlterLogDirsManager.markPartitionsForTruncation.
   */
  async cutting({ topic, index, offset }: { readonly topic: string; readonly index: number; readonly offset: number }, cut: () => Promise<boolean>) {
    const future = this.#logs.futures.get(topic, index)
    if (future === undefined) return cut()
    await this.#moves.cancel(future)
    const hasCut = await cut()
    try {
      if (!future.isClosed && future.logEndOffset > offset) await future.truncateTo(Math.max(offset, 0))
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      if (!future.isClosed) this.#logs.reportDiskError(future, error)
    }
    const partition = this.#options.partition(topic, index)
    if (partition !== undefined && partition.log !== null && !future.isClosed) this.#moves.start(partition, future)
    return hasCut
  }

  /** The answers are in the order of `placements`. Resolves when the moves have begun; they take their time. */
  alter(placements: readonly ReplicaPlacement[]): Promise<readonly ErrorCode[]> {
    const altered = this.#altering.then(async () => {
      const errorCodes: ErrorCode[] = []
      for (const placement of placements) errorCodes.push(await this.#alterOne(placement))
      return errorCodes
    })
    // The failure is told to this call, not to the next.
    this.#altering = altered.catch(() => {})
    return altered
  }

  async stop(): Promise<void> {
    await Promise.all([this.#reports.stop(), this.#moves.stop()])
  }

  async #alterOne(placement: ReplicaPlacement): Promise<ErrorCode> {
    const { topic, partition: index, path } = placement
    const refusal = this.#refusalOf(placement)
    if (refusal !== ErrorCode.NONE) return refusal
    const partition = this.#options.partition(topic, index)
    if (partition?.isOffline) return ErrorCode.KAFKA_STORAGE_ERROR
    const { log } = partition ?? { log: null }
    if (partition === undefined || log === null) {
      this.#logs.wishDirectory(topic, index, path)
      const error = partition === undefined ? this.#options.hostingError(topic, index) : ErrorCode.NOT_LEADER_OR_FOLLOWER
      // As Kafka has always answered it to this request.
      return error === ErrorCode.NOT_LEADER_OR_FOLLOWER ? ErrorCode.REPLICA_NOT_AVAILABLE : error
    }
    try {
      return await this.#move(partition, log, path)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      return ErrorCode.KAFKA_STORAGE_ERROR
    }
  }

  #refusalOf({ topic, partition, path }: ReplicaPlacement): ErrorCode {
    if (`${topic}-${partition}`.length + FUTURE_NAME_EXTRA > MAX_NAME) return ErrorCode.INVALID_TOPIC_EXCEPTION
    const status = this.#logs.directoryStatus(path)
    if (status === 'unknown') return ErrorCode.LOG_DIR_NOT_FOUND
    if (status === 'offline') return ErrorCode.KAFKA_STORAGE_ERROR
    return this.#logs.isCordoned(path) ? ErrorCode.INVALID_REPLICA_ASSIGNMENT : ErrorCode.NONE
  }

  async #move(partition: Partition, log: PartitionLog, path: string): Promise<ErrorCode> {
    const { topic, index } = partition
    const future = this.#logs.futures.get(topic, index)
    if (future !== undefined && this.#logs.directoryOf(future).path === path) return ErrorCode.NONE
    if (future !== undefined) await this.#giveUp(partition, future)
    // Meanwhile the move may have come to its end, or the partition to its.
    const current = partition.log
    if (current === null) return ErrorCode.KAFKA_STORAGE_ERROR
    if (this.#logs.directoryOf(current).path === path) return ErrorCode.NONE
    // The log may have a copy in the directory that is offline.
    if (this.#logs.offlineDirectories.length > 0) return ErrorCode.KAFKA_STORAGE_ERROR
    const created = await this.#logs.futures.create({ topic, partition: index, topicId: log.topicId ?? partition.topicId }, path)
    if (this.#options.partition(topic, index) === partition && partition.log !== null) this.#moves.start(partition, created)
    else await this.#logs.futures.delete(topic, index)
    return ErrorCode.NONE
  }

  async #giveUp(partition: Partition, future: PartitionLog): Promise<void> {
    await this.#moves.cancel(future)
    if (future.isClosed) return
    await this.#logs.futures.delete(partition.topic, partition.index)
    // The cluster may have been told already that the replica is where the copy was.
    if (partition.log !== null) void this.#assign(partition, partition.log)
  }

  /** Resolves with whether the cluster knows that the replica is where `log` is. */
  #assign(partition: Partition, log: PartitionLog): Promise<boolean> {
    const { directoryId } = this.#logs.directoryOf(log)
    if (!isDirectoryKept(this.#options.metadata.image())) return Promise.resolve(true)
    return this.#reports.assign({ topicId: partition.topicId, partition: partition.index, directoryId })
  }
}

function isDirectoryKept({ features }: MetadataImage): boolean {
  return recordLevels(features.metadataVersion).directoryAssignment
}
