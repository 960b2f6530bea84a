import type { Uuid } from '../../protocol/uuid.ts'
import { assert } from '../base/assert.ts'
import { DiskError, OdradekError } from '../base/errors.ts'
import type { Clock, Disk, Random, Timers, TimestampMs, VolumeSpace } from '../base/ports.ts'
import { topicPartitionKey } from '../base/topic-partition.ts'
import type { Logger } from '../telemetry/logger.ts'
import { infoOf, LogDirectories, type LogDirectoryInfo } from './directory/log-directories.ts'
import { LogDirectory } from './directory/log-directory.ts'
import { LogPlacement } from './directory/log-placement.ts'
import type { PeriodicTasks } from './directory/periodic-tasks.ts'
import { type FoundFuture, fateOfFuture, placeLoadedLogs } from './directory/settle-logs.ts'
import { FileTrash } from './files/file-trash.ts'
import { OpenFiles } from './files/open-files.ts'
import { IndexMemory } from './index/index-memory.ts'
import type { LogConfig } from './log/log-config.ts'
import type { LogContext } from './log/log-context.ts'
import type { PartitionLog } from './log/partition-log.ts'
import { type LogTaskSettings, startLogTasks } from './log-tasks.ts'

export interface LogManagerPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly disk: Disk
}

/** Broker settings; names of Kafka in camel case. Read again at each use: some are dynamic. */
export interface LogManagerSettings extends LogTaskSettings {
  /** log.dirs */
  readonly logDirs: readonly string[]
  /** cordoned.log.dirs: nothing new is made there; `*` stands for all. */
  readonly cordonedLogDirs: readonly string[]
  /** producer.id.expiration.ms */
  readonly producerIdExpirationMs: number
  /** num.recovery.threads.per.data.dir: logs loaded at the same time in one directory */
  readonly recoveryConcurrency: number
  /** Segment files open at once; least recently used ones are closed. */
  readonly maxOpenFiles: number
}

export interface LogManagerOptions {
  readonly ports: LogManagerPorts
  readonly logger: Logger
  readonly settings: LogManagerSettings
  /** By path, from `meta.properties`. A directory of `logDirs` that is not here could not be locked or read: it is offline. */
  readonly directoryIds: ReadonlyMap<string, Uuid>
  /** Settings in force for a topic (with the broker's defaults below them). */
  readonly configOf: (topic: string) => LogConfig
  /** Takes what closes files when the process has too many open. */
  readonly onShortage?: (close: () => number) => void
  /** Called once for a directory whose disk failed; its logs are gone from the manager. */
  readonly onDirectoryOffline: (directory: LogDirectoryInfo, error: DiskError) => void
}

export type { LogDirectoryInfo }

export interface GetOrCreateLogOptions {
  readonly topic: string
  readonly partition: number
  readonly topicId: Uuid
  /** Where to create it; without, see `LogPlacement`. */
  readonly directoryId?: Uuid
}

/** A directory of `log.dirs` as this node finds it. */
export type DirectoryStatus = 'online' | 'offline' | 'unknown'

/** A log that took the place of one in another directory. */
export interface PromotedLog {
  readonly log: PartitionLog
  /** Resolves when a loss of power would not undo it. A failing disk takes its directory offline, and is not told here. */
  readonly settled: Promise<void>
}

/** Directories load and close more than one log at a time also where Kafka's setting, which counts threads, says 1. */
const LEAST_CONCURRENCY = 8
const INDEX_MEMORY_BYTES = 32 * 1024 * 1024
const NEAR_BYTES = 128 * 1024 * 1024
/** Logs visited before other work gets its turn. */
const SLICE = 100
const ALL_DIRECTORIES = '*'
const SHARE_OF_DESCRIPTORS = 0.5
const LEAST_OPEN_FILES = 16

/**
 * The log directories of a node and the logs in them. A directory whose disk fails goes offline alone; the node goes on with
 * the others. The caller has locked the directories (`lockDirectories`) and keeps them locked until `shutdown` resolved.
 */
export class LogManager {
  readonly #options: LogManagerOptions
  readonly #settings: LogManagerSettings
  readonly #logger: Logger
  readonly #openFiles: OpenFiles
  readonly #indexMemory = new IndexMemory(INDEX_MEMORY_BYTES)
  readonly #directories: LogDirectories
  readonly #creating = new Map<string, Promise<PartitionLog>>()
  /** Moves whose old log is not gone yet: until then its name is taken. */
  readonly #settling = new Map<string, Promise<void>>()
  readonly #placement = new LogPlacement((path) => this.isCordoned(path))
  #tasks: PeriodicTasks | null = null
  #previousBrokerEpoch = -1

  private constructor(options: LogManagerOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#logger = options.logger
    this.#directories = new LogDirectories({ logger: options.logger, onOffline: options.onDirectoryOffline })
    this.#openFiles = new OpenFiles(options.ports.disk, openFilesWithin(options))
    options.onShortage?.(() => this.#openFiles.makeRoom())
  }

  /** Loads or recovers all logs. Throws an `OdradekError` with code NO_LOG_DIRECTORY when no directory is left. */
  static async open(options: LogManagerOptions): Promise<LogManager> {
    const manager = new LogManager(options)
    await Promise.all(options.settings.logDirs.map((path) => manager.#load(path)))
    await placeLoadedLogs(manager.#directories)
    if (manager.#directories.live.length === 0) {
      throw new OdradekError('NO_LOG_DIRECTORY', `None of the log directories can be used: ${options.settings.logDirs.join(', ')}. See the errors before.`)
    }
    manager.#previousBrokerEpoch = commonEpoch(manager.#directories.live.map((directory) => directory.previousBrokerEpoch))
    manager.#tasks = startLogTasks({ ports: options.ports, settings: options.settings, logs: manager })
    return manager
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

  /** The copy of a log that is being made in another directory. */
  getFutureLog(topic: string, partition: number): PartitionLog | undefined {
    const key = topicPartitionKey(topic, partition)
    return this.#directories.withFuture(key)?.futures.get(key)
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

  /** An empty log in a live directory, into which that of the partition is to be copied. Rejects with a `DiskError` when the directory fails. */
  async createFutureLog({ topic, partition, topicId }: GetOrCreateLogOptions, path: string): Promise<PartitionLog> {
    const directory = this.#directories.at(path)
    const key = topicPartitionKey(topic, partition)
    assert(directory !== undefined && this.#directories.withFuture(key) === undefined, 'a log is copied once, to a directory that works')
    return this.#placement.during(key, directory, async () => {
      await this.#settling.get(key)
      return this.#directories.onDisk(directory, () => directory.createFuture(topic, partition, topicId))
    })
  }

  /** Gives up the copy of a log. A missing one is fine. Rejects with `DiskError`. */
  async deleteFutureLog(topic: string, partition: number): Promise<void> {
    const future = this.getFutureLog(topic, partition)
    if (future === undefined) return
    const directory = this.#directories.inUse(future)
    await this.#directories.onDisk(directory, () => directory.deleteLog(future))
  }

  /** In this turn, the copy takes the place of the log, which is closed and removed. Throws a `DiskError` when the copy's directory fails. */
  promoteFutureLog(topic: string, partition: number): PromotedLog {
    const key = topicPartitionKey(topic, partition)
    const directory = this.#directories.withFuture(key)
    assert(directory !== undefined, 'there is a copy')
    const old = this.getLog(topic, partition)
    const source = this.#directories.of(key)
    assert(!this.#settling.has(key), 'a log is moved once at a time')
    let log: PartitionLog
    try {
      log = directory.promote(key)
    } catch (error) {
      if (error instanceof DiskError) this.#directories.fail(directory, error)
      throw error
    }
    this.#directories.place(key, directory)
    if (old !== undefined) source?.forget(old)
    const settled = this.#settle(directory, log, old === undefined || source === undefined ? null : { source, old }).finally(() => this.#settling.delete(key))
    this.#settling.set(key, settled)
    return { log, settled }
  }

  /** Only when a loss of power would not take the new log back is the old one removed: until then it may have to stand in again. */
  async #settle(directory: LogDirectory, log: PartitionLog, replaced: { readonly source: LogDirectory; readonly old: PartitionLog } | null): Promise<void> {
    await this.#directories.inBackground(directory, async () => {
      await log.flushWithPlace()
      await directory.flushNames()
    })
    if (replaced === null || !this.#directories.isLive(directory) || !this.#directories.isLive(replaced.source)) return
    await this.#directories.inBackground(replaced.source, () => replaced.source.retire(replaced.old))
  }

  /** The name is free at once; the files are removed after `file.delete.delay.ms`. A missing log is fine. Rejects with `DiskError`. */
  async deleteLog(topic: string, partition: number): Promise<void> {
    await this.deleteFutureLog(topic, partition)
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

  /**
   * What the last run left of copies: one that is ahead of its log, or has none any more, takes its place; what nobody needs is
   * removed. The others are to be continued. To be called after `setAsideStrayLogs`.
   *
   * @param placedIn the directory in which the cluster believes the replica to be; null where it knows none of this topic id
   */
  async settleFutureLogs(placedIn: (log: PartitionLog) => Uuid | null): Promise<void> {
    for (const directory of this.#directories.live) {
      for (const [key, future] of [...directory.futures]) {
        // What became of another copy may have taken the directory offline.
        if (!future.isClosed) await this.#settleFuture({ directory, key, future, placedIn: placedIn(future) })
      }
    }
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

  /** Writes recovery points and log starts of all directories, as the periodic task does. */
  async checkpoint(): Promise<void> {
    for (const directory of this.#directories.live) await this.#directories.inBackground(directory, () => directory.checkpoint())
  }

  /** Flushes and closes all logs, writes checkpoints and the marker of a clean shutdown. Nothing may use a log any more. */
  async shutdown(brokerEpoch: number): Promise<void> {
    await this.#tasks?.stop()
    await Promise.all(this.#settling.values())
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
    const directory = this.#newDirectory(path, directoryId)
    this.#directories.add(directory)
    await this.#directories.inBackground(directory, () => directory.load())
  }

  async #settleFuture(found: FoundFuture): Promise<void> {
    const { key, future, directory } = found
    const fate = fateOfFuture(this.#directories, found)
    if (fate === 'remove') await this.#directories.inBackground(directory, () => directory.deleteLog(future))
    if (fate !== 'promote') return
    this.#logger.warn('A copy of a log takes its place: the node stopped in the middle of the move', { directory: future.directory })
    for (const other of this.#directories.live) {
      const surpassed = other === directory ? undefined : other.futures.get(key)
      if (surpassed !== undefined) await this.#directories.inBackground(other, () => other.deleteLog(surpassed))
    }
    await this.#directories.inBackground(directory, () => this.promoteFutureLog(future.topic, future.partition).settled)
  }

  #newDirectory(path: string, directoryId: Uuid): LogDirectory {
    const { ports, configOf } = this.#options
    const onDiskError = (error: DiskError) => {
      const directory = this.#directories.at(path)
      if (directory !== undefined) this.#directories.fail(directory, error)
    }
    const trash = new FileTrash({ disk: ports.disk, timers: ports.timers, onDiskError })
    const settings = this.#settings
    const context: LogContext = {
      ...ports,
      logger: this.#logger,
      openFiles: this.#openFiles,
      indexes: { disk: ports.disk, memory: this.#indexMemory },
      get producerIdExpirationMs() {
        return settings.producerIdExpirationMs
      },
      nearBytes: NEAR_BYTES,
      discard: (paths, delayMs) => trash.discardFiles(paths, delayMs),
      onDiskError,
    }
    const concurrency = Math.max(LEAST_CONCURRENCY, this.#settings.recoveryConcurrency)
    return new LogDirectory({ path, directoryId, context, trash, configOf, concurrency })
  }

  async #assignTopicId(log: PartitionLog, topicId: Uuid): Promise<void> {
    const directory = this.#directories.inUse(log)
    await this.#directories.onDisk(directory, async () => directory.assignTopicId(log, topicId))
  }

  #create(key: string, { topic, partition, topicId, directoryId }: GetOrCreateLogOptions): Promise<PartitionLog> {
    const directory = this.#placement.choose(key, this.#directories.live, directoryId)
    if (directory === null) throw new OdradekError('NO_LOG_DIRECTORY', 'All log directories are offline')
    const create = async () => {
      await this.#settling.get(key)
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

/** Sockets, and files that are open for a moment only, need descriptors too. */
function openFilesWithin({ settings, ports, logger }: LogManagerOptions): number {
  const limit = ports.disk.descriptorLimit()
  const allowed = Math.max(LEAST_OPEN_FILES, Math.floor(limit * SHARE_OF_DESCRIPTORS))
  if (allowed < settings.maxOpenFiles)
    logger.info('Fewer log files are kept open than odradek.open.files.max says: the process may open no more', { limit, allowed })
  return Math.min(settings.maxOpenFiles, allowed)
}
