import type { Uuid } from '../../protocol/uuid.ts'
import { DiskError, OdradekError } from '../base/errors.ts'
import type { TimestampMs, VolumeSpace } from '../base/ports.ts'
import { topicPartitionKey } from '../base/topic-partition.ts'
import type { Histogram } from '../telemetry/histogram.ts'
import { DirectoryResources } from './directory/directory-resources.ts'
import { FutureLogs } from './directory/future-logs.ts'
import { infoOf, LogDirectories, type LogDirectoryInfo } from './directory/log-directories.ts'
import type { LogDirectory } from './directory/log-directory.ts'
import { LogPlacement } from './directory/log-placement.ts'
import type { PeriodicTasks } from './directory/periodic-tasks.ts'
import { placeLoadedLogs } from './directory/settle-logs.ts'
import type { LogConfig } from './log/log-config.ts'
import type { PartitionLog } from './log/partition-log.ts'
import type { GetOrCreateLogOptions, LogManagerOptions, LogManagerSettings } from './log-manager-options.ts'
import { startLogTasks } from './log-tasks.ts'

/** A directory of `log.dirs` as this node finds it. */
export type DirectoryStatus = 'online' | 'offline' | 'unknown'

/** Logs visited before other work gets its turn. */
const SLICE = 100
const ALL_DIRECTORIES = '*'

/**
 * The log directories of a node and the logs in them. A directory whose disk fails goes offline alone; the node goes on with
 * the others. The caller has locked the directories (`lockDirectories`) and keeps them locked until `shutdown` resolved.
 *
 * What is in which directory, and which have failed, is in `LogDirectories`; copies on their way to another directory in
 * `FutureLogs`; what the directories share in `DirectoryResources`; what a log is in `PartitionLog`.
 */
export class LogManager {
  readonly #options: LogManagerOptions
  readonly #settings: LogManagerSettings
  readonly #resources: DirectoryResources
  readonly #directories: LogDirectories
  readonly #creating = new Map<string, Promise<PartitionLog>>()
  readonly #placement = new LogPlacement((path) => this.isCordoned(path))
  /** Copies of logs that are being made in other directories. */
  readonly futures: FutureLogs
  #tasks: PeriodicTasks | null = null
  #previousBrokerEpoch = -1

  private constructor(options: LogManagerOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#resources = new DirectoryResources(options)
    this.#directories = new LogDirectories({ logger: options.logger, onOffline: options.onDirectoryOffline })
    this.futures = new FutureLogs({ directories: this.#directories, placement: this.#placement, logger: options.logger })
  }

  /** Loads or recovers all logs. Throws an `OdradekError` with code NO_LOG_DIRECTORY when no directory is left. */
  static async open(options: LogManagerOptions): Promise<LogManager> {
    const manager = new LogManager(options)
    await Promise.all(options.settings.logDirs.map((path) => manager.#load(path)))
    await placeLoadedLogs(manager.#directories)
    if (manager.#directories.live.length === 0) {
      throw new OdradekError('NO_LOG_DIRECTORY', `None of the log directories can be used. See the errors before, of ${options.settings.logDirs.join(', ')}`)
    }
    manager.#previousBrokerEpoch = commonEpoch(manager.#directories.live.map((directory) => directory.previousBrokerEpoch))
    manager.#tasks = startLogTasks({ ports: options.ports, settings: options.settings, logs: manager })
    return manager
  }

  /** How long flushes took, in seconds. */
  get flushTimes(): Histogram {
    return this.#resources.flushTimes
  }

  get liveDirectories(): readonly LogDirectoryInfo[] {
    return this.#directories.live.map(infoOf)
  }

  get offlineDirectories(): readonly string[] {
    return this.#directories.offlinePaths
  }

  /** Whether the path stands in `log.dirs`, and works. */
  directoryStatus(path: string): DirectoryStatus {
    if (this.#directories.at(path) !== undefined) return 'online'
    return this.#directories.offlinePaths.includes(path) ? 'offline' : 'unknown'
  }

  /** As `log.dirs` has them, each once. */
  get directoryPaths(): readonly string[] {
    return [...new Set(this.#settings.logDirs)]
  }

  /** Of the volume that holds a directory. Rejects with a `DiskError`, also for one that is offline. */
  async spaceOf(path: string): Promise<VolumeSpace> {
    if (this.directoryStatus(path) !== 'online') throw new DiskError('io', path, `Log directory ${path} is offline`)
    return await this.#options.ports.disk.space(path)
  }

  isCordoned(path: string): boolean {
    const { cordonedLogDirs } = this.#settings
    return cordonedLogDirs.includes(ALL_DIRECTORIES) || cordonedLogDirs.some((cordoned) => this.#options.ports.disk.absolutePath(cordoned) === path)
  }

  /** The logs and the copies that are being made in a live directory. */
  logsIn(path: string): readonly PartitionLog[] {
    return this.#directories.at(path)?.allLogs ?? []
  }

  get logs(): Iterable<PartitionLog> {
    return this.#directories.live.flatMap((directory) => [...directory.logs.values()])
  }

  /** The broker epoch that the last clean shutdown left in the directories; -1 when any stop was unclean, or they differ. Source: KIP-966. */
  get previousBrokerEpoch(): number {
    return this.#previousBrokerEpoch
  }

  getLog(topic: string, partition: number): PartitionLog | undefined {
    return this.#directories.log(topicPartitionKey(topic, partition))
  }

  /** Of a log in use, or of a copy. */
  directoryOf(log: PartitionLog): LogDirectoryInfo {
    return infoOf(this.#directories.inUse(log))
  }

  /**
   * Rejects with a `DiskError` when the directory fails (it is offline then), and with an `OdradekError` with code
   * INCONSISTENT_TOPIC_ID when the log belongs to another topic of the same name.
   */
  async getOrCreateLog(options: GetOrCreateLogOptions): Promise<PartitionLog> {
    const { topic, partition, topicId } = options
    const key = topicPartitionKey(topic, partition)
    const log = this.getLog(topic, partition) ?? (await (this.#creating.get(key) ?? this.#create(key, options)))
    if (log.topicId === null) await this.#assignTopicId(log, topicId)
    if (log.topicId === topicId) return log
    const message = `The log of ${key} in ${log.directory} belongs to a topic with id ${log.topicId}, and ${topicId} was asked for`
    throw new OdradekError('INCONSISTENT_TOPIC_ID', message, { fields: { topic, partition } })
  }

  /** When the log of a partition that has none yet is made, it is made in this directory. */
  wishDirectory(topic: string, partition: number, path: string): void {
    this.#placement.wish(topicPartitionKey(topic, partition), path)
  }

  /** The name is free at once; the files are removed after `file.delete.delay.ms`. A missing log is fine. Rejects with `DiskError`. */
  async deleteLog(topic: string, partition: number): Promise<void> {
    await this.futures.delete(topic, partition)
    const log = this.getLog(topic, partition)
    if (log === undefined) return
    const directory = this.#takeOut(log)
    await this.#directories.onDisk(directory, () => directory.deleteLog(log))
  }

  /**
   * Logs that the metadata does not know: set aside as `…-stray`, never removed by us. To be called before any log is used:
   * one of a deleted topic may stand beside that of a new topic of the same name in another directory, which takes its place.
   */
  async setAsideStrayLogs(isStray: (log: PartitionLog) => boolean): Promise<void> {
    for (const directory of this.#directories.live) {
      await this.#directories.inBackground(directory, async () => {
        for (const [key, log] of [...directory.logs].filter(([, found]) => isStray(found))) {
          if (this.#directories.of(key) === directory) this.#directories.unplace(key)
          await directory.setAsideStray(log)
        }
      })
    }
    for (const directory of this.#directories.live) for (const key of directory.logs.keys()) this.#directories.place(key, directory)
  }

  /** @param configs by topic */
  updateConfigs(configs: ReadonlyMap<string, LogConfig>): void {
    for (const directory of this.#directories.live) {
      for (const log of directory.allLogs) log.updateConfig(configs.get(log.topic) ?? log.config)
    }
  }

  /** For code that got a `DiskError` from a log: the log's directory goes offline. Not for a log that was moved or deleted meanwhile. */
  reportDiskError(log: PartitionLog, error: DiskError): void {
    const directory = this.#directories.holding(log)
    if (directory !== undefined) this.#directories.fail(directory, error)
  }

  /** Retention of all logs, as the periodic task does it. */
  async runRetention(nowMs: TimestampMs): Promise<void> {
    await this.forEachLog(async (log) => {
      await log.deleteOldSegments(nowMs)
    })
  }

  /** Resolves when the sizes of all logs are known, but of those whose disk fails. */
  async findSizes(): Promise<void> {
    const isAllKnown = [...this.logs].every(({ knownSizeBytes }) => knownSizeBytes !== null)
    if (isAllKnown) return
    await this.forEachLog(async (log) => {
      if (log.knownSizeBytes === null) await log.findSize()
    })
  }

  /** Writes recovery points and log starts of all directories, as the periodic task does. */
  async checkpoint(): Promise<void> {
    for (const directory of this.#directories.live) await this.#directories.inBackground(directory, () => directory.checkpoint())
  }

  /** Flushes and closes all logs, writes checkpoints and the marker of a clean shutdown. Nothing may use a log any more. */
  async shutdown(brokerEpoch: number): Promise<void> {
    await this.#tasks?.stop()
    await this.futures.idle()
    await Promise.all(this.#directories.live.map((directory) => this.#directories.inBackground(directory, () => directory.shutdown(brokerEpoch))))
  }

  /** Lets go of everything without a word on disk: for a node that has to stop at once. */
  abandon(): void {
    void this.#tasks?.stop()
    this.#directories.abandon()
  }

  async #load(path: string): Promise<void> {
    const directoryId = this.#options.directoryIds.get(path)
    if (directoryId === undefined) {
      this.#directories.addOffline(path)
      return
    }
    const directory = this.#resources.newDirectory(path, directoryId, (error) => {
      // It may be offline already.
      if (this.#directories.isLive(directory)) this.#directories.fail(directory, error)
    })
    this.#directories.add(directory)
    await this.#directories.inBackground(directory, () => directory.load())
  }

  async #assignTopicId(log: PartitionLog, topicId: Uuid): Promise<void> {
    const directory = this.#directories.inUse(log)
    await this.#directories.onDisk(directory, async () => directory.assignTopicId(log, topicId))
  }

  #create(key: string, { topic, partition, topicId, directoryId }: GetOrCreateLogOptions): Promise<PartitionLog> {
    const directory = this.#placement.choose(key, this.#directories.live, directoryId)
    if (directory === null) throw new OdradekError('NO_LOG_DIRECTORY', 'All log directories are offline')
    const create = async () => {
      await this.futures.nameIsFree(key)
      return this.#directories.onDisk(directory, () => directory.createLog(topic, partition, topicId))
    }
    const creating = this.#placement
      .during(key, directory, create)
      .then((log) => {
        this.#directories.place(key, directory)
        return log
      })
      .finally(() => this.#creating.delete(key))
    this.#creating.set(key, creating)
    return creating
  }

  #takeOut(log: PartitionLog): LogDirectory {
    const directory = this.#directories.inUse(log)
    this.#directories.unplace(topicPartitionKey(log.topic, log.partition))
    return directory
  }

  /** One after another, so that other work gets its turns; a failing disk takes its directory offline. Copies are for who makes them. */
  async forEachLog(work: (log: PartitionLog) => Promise<void>): Promise<void> {
    let visited = 0
    for (const directory of this.#directories.live) {
      await this.#directories.inBackground(directory, async () => {
        for (const log of [...directory.logs.values()]) {
          if (++visited % SLICE === 0) await this.#options.ports.timers.sleep(0)
          if (!log.isClosed) await work(log)
        }
      })
    }
  }
}

function commonEpoch(epochs: readonly (number | null)[]): number {
  const [first] = epochs
  return first !== undefined && first !== null && epochs.every((epoch) => epoch === first) ? first : -1
}
