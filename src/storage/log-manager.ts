import type { Uuid } from '../../protocol/uuid.ts'
import { assert } from '../base/assert.ts'
import { DiskError, OdradekError } from '../base/errors.ts'
import type { Clock, Disk, Random, Timers, TimestampMs } from '../base/ports.ts'
import { topicPartitionKey } from '../base/topic-partition.ts'
import type { Logger } from '../telemetry/logger.ts'
import { LogDirectory } from './directory/log-directory.ts'
import { PeriodicTasks } from './directory/periodic-tasks.ts'
import { FileTrash } from './files/file-trash.ts'
import { OpenFiles } from './files/open-files.ts'
import { IndexMemory } from './index/index-memory.ts'
import { type LogConfig, UNLIMITED } from './log/log-config.ts'
import type { LogContext } from './log/log-context.ts'
import type { PartitionLog } from './log/partition-log.ts'

export interface LogManagerPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly disk: Disk
}

/** Broker settings; names of Kafka in camel case. Read again at each use: some are dynamic. */
export interface LogManagerSettings {
  /** log.dirs */
  readonly logDirs: readonly string[]
  /** log.retention.check.interval.ms */
  readonly retentionCheckIntervalMs: number
  /** log.flush.scheduler.interval.ms */
  readonly flushCheckIntervalMs: number
  /** log.flush.offset.checkpoint.interval.ms */
  readonly recoveryPointCheckpointIntervalMs: number
  /** log.flush.start.offset.checkpoint.interval.ms */
  readonly logStartOffsetCheckpointIntervalMs: number
  /** producer.id.expiration.ms */
  readonly producerIdExpirationMs: number
  /** producer.id.expiration.check.interval.ms */
  readonly producerIdExpirationCheckIntervalMs: number
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
  /** Called once for a directory whose disk failed; its logs are gone from the manager. */
  readonly onDirectoryOffline: (directory: LogDirectoryInfo, error: DiskError) => void
}

export interface LogDirectoryInfo {
  readonly path: string
  /** directory.id of meta.properties */
  readonly directoryId: Uuid
}

export interface GetOrCreateLogOptions {
  readonly topic: string
  readonly partition: number
  readonly topicId: Uuid
  /** Where to create it; without, the live directory with the fewest logs. */
  readonly directoryId?: Uuid
}

/** Directories load and close more than one log at a time also where Kafka's setting, which counts threads, says 1. */
const LEAST_CONCURRENCY = 8
const INDEX_MEMORY_BYTES = 32 * 1024 * 1024
const NEAR_BYTES = 128 * 1024 * 1024
/** Logs visited before other work gets its turn. */
const SLICE = 100
const LONGEST_FLUSH_CHECK_MS = 3_600_000

/**
 * The log directories of a node and the logs in them. A directory whose disk fails goes offline alone; the node goes on with
 * the others. The caller has locked the directories (`lockDirectories`) and keeps them locked until `shutdown` resolved.
 */
export class LogManager {
  readonly #options: LogManagerOptions
  readonly #settings: LogManagerSettings
  readonly #logger: Logger
  readonly #tasks: PeriodicTasks
  readonly #openFiles: OpenFiles
  readonly #indexMemory = new IndexMemory(INDEX_MEMORY_BYTES)
  readonly #live = new Map<string, LogDirectory>()
  readonly #offline = new Set<string>()
  /** By `topicPartitionKey`. */
  readonly #directoryOf = new Map<string, LogDirectory>()
  readonly #creating = new Map<string, Promise<PartitionLog>>()
  /** Logs that are being made, by directory. */
  readonly #creatingIn = new Map<LogDirectory, number>()
  #previousBrokerEpoch = -1

  private constructor(options: LogManagerOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#logger = options.logger
    this.#tasks = new PeriodicTasks(options.ports.timers)
    this.#openFiles = new OpenFiles(options.ports.disk, options.settings.maxOpenFiles)
  }

  /** Loads or recovers all logs. Throws an `OdradekError` with code NO_LOG_DIRECTORY when no directory is left. */
  static async open(options: LogManagerOptions): Promise<LogManager> {
    const manager = new LogManager(options)
    await Promise.all(options.settings.logDirs.map((path) => manager.#load(path)))
    if (manager.#live.size === 0) {
      throw new OdradekError('NO_LOG_DIRECTORY', `None of the log directories can be used: ${options.settings.logDirs.join(', ')}. See the errors before.`)
    }
    manager.#previousBrokerEpoch = commonEpoch([...manager.#live.values()].map((directory) => directory.previousBrokerEpoch))
    manager.#startTasks()
    return manager
  }

  get liveDirectories(): readonly LogDirectoryInfo[] {
    return [...this.#live.values()].map(infoOf)
  }

  get offlineDirectories(): readonly string[] {
    return [...this.#offline]
  }

  get logs(): Iterable<PartitionLog> {
    return [...this.#live.values()].flatMap((directory) => [...directory.logs.values()])
  }

  /** The broker epoch that the last clean shutdown left in the directories; -1 when any stop was unclean, or they differ. Source: KIP-966. */
  get previousBrokerEpoch(): number {
    return this.#previousBrokerEpoch
  }

  getLog(topic: string, partition: number): PartitionLog | undefined {
    const key = topicPartitionKey(topic, partition)
    return this.#directoryOf.get(key)?.logs.get(key)
  }

  directoryIdOf(log: PartitionLog): Uuid {
    const directory = this.#directoryOf.get(topicPartitionKey(log.topic, log.partition))
    assert(directory !== undefined, 'a log in use has a directory')
    return directory.directoryId
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

  /** The name is free at once; the files are removed after `file.delete.delay.ms`. A missing log is fine. Rejects with `DiskError`. */
  async deleteLog(topic: string, partition: number): Promise<void> {
    const log = this.getLog(topic, partition)
    if (log === undefined) return
    const directory = this.#takeOut(log)
    await this.#onDisk(directory, () => directory.deleteLog(log))
  }

  /**
   * Logs that the metadata does not know: set aside as `…-stray`, never removed by us. To be called before any log is used:
   * one of a deleted topic may stand beside that of a new topic of the same name in another directory, which takes its place.
   */
  async setAsideStrayLogs(isStray: (log: PartitionLog) => boolean): Promise<void> {
    for (const directory of [...this.#live.values()]) {
      await this.#inBackground(directory, async () => {
        for (const [key, log] of [...directory.logs].filter(([, found]) => isStray(found))) {
          if (this.#directoryOf.get(key) === directory) this.#directoryOf.delete(key)
          await directory.setAsideStray(log)
        }
      })
    }
    for (const directory of this.#live.values()) for (const key of directory.logs.keys()) this.#directoryOf.set(key, directory)
  }

  updateTopicConfig(topic: string, config: LogConfig): void {
    for (const log of this.logs) if (log.topic === topic) log.updateConfig(config)
  }

  /** For code that got a `DiskError` from a log: the log's directory goes offline. */
  reportDiskError(log: PartitionLog, error: DiskError): void {
    for (const directory of this.#live.values()) {
      if (log.directory.startsWith(`${directory.path}/`)) this.#takeOffline(directory, error)
    }
  }

  /** Retention of all logs, as the periodic task does it. */
  async runRetention(nowMs: TimestampMs): Promise<void> {
    await this.#forEachLog(async (log) => {
      await log.deleteOldSegments(nowMs)
    })
  }

  /** Writes recovery points and log starts of all directories, as the periodic task does. */
  async checkpoint(): Promise<void> {
    for (const directory of [...this.#live.values()]) await this.#inBackground(directory, () => directory.checkpoint())
  }

  /** Flushes and closes all logs, writes checkpoints and the marker of a clean shutdown. Nothing may use a log any more. */
  async shutdown(brokerEpoch: number): Promise<void> {
    await this.#tasks.stop()
    await Promise.all([...this.#live.values()].map((directory) => this.#inBackground(directory, () => directory.shutdown(brokerEpoch))))
  }

  /** Lets go of everything without a word on disk: for a node that has to stop at once. */
  abandon(): void {
    void this.#tasks.stop()
    for (const directory of this.#live.values()) directory.closeFiles()
  }

  async #load(path: string): Promise<void> {
    const directoryId = this.#options.directoryIds.get(path)
    if (directoryId === undefined) {
      this.#offline.add(path)
      return
    }
    const directory = this.#newDirectory(path, directoryId)
    this.#live.set(path, directory)
    await this.#inBackground(directory, () => directory.load())
    for (const [key, log] of directory.logs) {
      const other = this.#directoryOf.get(key)
      if (other === undefined) this.#directoryOf.set(key, directory)
      else if (mayBeOfOneTopic(log, other.logs.get(key))) {
        throw new OdradekError('DUPLICATE_LOG', `The log of ${key} is in ${other.path} and in ${path}: remove one of them`, { fields: { key } })
      }
    }
  }

  #newDirectory(path: string, directoryId: Uuid): LogDirectory {
    const { ports, configOf } = this.#options
    const onDiskError = (error: DiskError) => {
      const directory = this.#live.get(path)
      if (directory !== undefined) this.#takeOffline(directory, error)
    }
    const trash = new FileTrash({ disk: ports.disk, timers: ports.timers, onDiskError })
    const context: LogContext = {
      ...ports,
      logger: this.#logger,
      openFiles: this.#openFiles,
      indexes: { disk: ports.disk, memory: this.#indexMemory },
      producerIdExpirationMs: this.#settings.producerIdExpirationMs,
      nearBytes: NEAR_BYTES,
      discard: (paths, delayMs) => trash.discardFiles(paths, delayMs),
      onDiskError,
    }
    const concurrency = Math.max(LEAST_CONCURRENCY, this.#settings.recoveryConcurrency)
    return new LogDirectory({ path, directoryId, context, trash, configOf, concurrency })
  }

  async #assignTopicId(log: PartitionLog, topicId: Uuid): Promise<void> {
    const directory = this.#directoryOf.get(topicPartitionKey(log.topic, log.partition))
    assert(directory !== undefined, 'a log in use has a directory')
    await this.#onDisk(directory, async () => directory.assignTopicId(log, topicId))
  }

  #create(key: string, options: GetOrCreateLogOptions): Promise<PartitionLog> {
    const directory = this.#directoryFor(options.directoryId)
    this.#countCreating(directory, 1)
    const creating = this.#onDisk(directory, () => directory.createLog(options.topic, options.partition, options.topicId))
      .then((log) => {
        this.#directoryOf.set(key, directory)
        return log
      })
      .finally(() => {
        this.#creating.delete(key)
        this.#countCreating(directory, -1)
      })
    this.#creating.set(key, creating)
    return creating
  }

  #countCreating(directory: LogDirectory, difference: number): void {
    this.#creatingIn.set(directory, (this.#creatingIn.get(directory) ?? 0) + difference)
  }

  /** Source: `LogManager.nextLogDirs` of Kafka: the directory with the fewest logs, those that are being made among them. */
  #directoryFor(directoryId: Uuid | undefined): LogDirectory {
    const live = [...this.#live.values()]
    const wanted = directoryId === undefined ? undefined : live.find((directory) => directory.directoryId === directoryId)
    if (wanted !== undefined) return wanted
    const [first, ...others] = live
    if (first === undefined) throw new OdradekError('NO_LOG_DIRECTORY', 'All log directories are offline')
    const count = (directory: LogDirectory) => directory.logs.size + (this.#creatingIn.get(directory) ?? 0)
    return others.reduce((best, directory) => (count(directory) < count(best) ? directory : best), first)
  }

  #takeOut(log: PartitionLog): LogDirectory {
    const key = topicPartitionKey(log.topic, log.partition)
    const directory = this.#directoryOf.get(key)
    assert(directory !== undefined, 'a log in use has a directory')
    this.#directoryOf.delete(key)
    return directory
  }

  /** A failure takes the directory offline and goes to the caller. */
  async #onDisk<T>(directory: LogDirectory, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof DiskError) this.#takeOffline(directory, error)
      throw error
    }
  }

  /** A failure takes the directory offline, and that is all. */
  async #inBackground(directory: LogDirectory, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.#takeOffline(directory, error)
    }
  }

  #takeOffline(directory: LogDirectory, error: DiskError): void {
    if (!this.#live.delete(directory.path)) return
    this.#offline.add(directory.path)
    this.#logger.error('A log directory failed and is offline', { path: directory.path, logs: directory.logs.size, error })
    for (const key of directory.logs.keys()) if (this.#directoryOf.get(key) === directory) this.#directoryOf.delete(key)
    directory.closeFiles()
    this.#options.onDirectoryOffline(infoOf(directory), error)
  }

  #startTasks(): void {
    const settings = this.#settings
    const { clock } = this.#options.ports
    this.#tasks.add(
      'retention',
      () => settings.retentionCheckIntervalMs,
      () => this.runRetention(clock.nowMs()),
    )
    this.#tasks.add(
      'flush',
      () => Math.min(settings.flushCheckIntervalMs, LONGEST_FLUSH_CHECK_MS),
      () => this.#flushDueLogs(),
    )
    this.#tasks.add(
      'checkpoint',
      () => Math.min(settings.recoveryPointCheckpointIntervalMs, settings.logStartOffsetCheckpointIntervalMs),
      () => this.checkpoint(),
    )
    this.#tasks.add(
      'producer-expiration',
      () => settings.producerIdExpirationCheckIntervalMs,
      () => this.#forEachLog(async (log) => log.removeExpiredProducers(clock.nowMs())),
    )
  }

  async #flushDueLogs(): Promise<void> {
    const nowMs = this.#options.ports.clock.nowMs()
    await this.#forEachLog(async (log) => {
      const { flushMs } = log.config
      if (flushMs < UNLIMITED && log.recoveryPoint < log.logEndOffset && nowMs - log.lastFlushMs >= flushMs) await log.flush()
    })
  }

  async #forEachLog(work: (log: PartitionLog) => Promise<void>): Promise<void> {
    let visited = 0
    for (const directory of [...this.#live.values()]) {
      await this.#inBackground(directory, async () => {
        for (const log of [...directory.logs.values()]) {
          if (++visited % SLICE === 0) await this.#options.ports.timers.sleep(0)
          if (!log.isClosed) await work(log)
        }
      })
    }
  }
}

function infoOf({ path, directoryId }: LogDirectory): LogDirectoryInfo {
  return { path, directoryId }
}

function commonEpoch(epochs: readonly (number | null)[]): number {
  const [first] = epochs
  return first !== undefined && first !== null && epochs.every((epoch) => epoch === first) ? first : -1
}

/** A log that does not say whose it is may be anybody's. */
function mayBeOfOneTopic(log: PartitionLog, other: PartitionLog | undefined): boolean {
  return log.topicId === null || other === undefined || other.topicId === null || log.topicId === other.topicId
}
