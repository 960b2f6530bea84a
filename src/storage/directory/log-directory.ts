import { METADATA_TOPIC } from '../../../protocol/internal-topics.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { assert } from '../../base/assert.ts'
import { DiskError } from '../../base/errors.ts'
import { parseTopicPartitionKey, topicPartitionKey } from '../../base/topic-partition.ts'
import {
  CLEANER_CHECKPOINT,
  LOG_START_CHECKPOINT,
  OffsetCheckpointFile,
  type OffsetsByPartition,
  RECOVERY_POINT_CHECKPOINT,
} from '../checkpoint/offset-checkpoint.ts'
import { DELETE_DIRECTORY_SUFFIX, FUTURE_DIRECTORY_SUFFIX, futureTopicPartition, STRAY_DIRECTORY_SUFFIX, setAsideDirectoryName } from '../files/file-names.ts'
import type { FileTrash } from '../files/file-trash.ts'
import { readWhole, writeWhole } from '../files/read-whole.ts'
import { Flusher } from '../log/flusher.ts'
import { loadLog } from '../log/load-log.ts'
import type { LogConfig } from '../log/log-config.ts'
import type { LogContext } from '../log/log-context.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { takeCleanShutdown, writeCleanShutdown } from './clean-shutdown.ts'
import { forEachLimited } from './for-each-limited.ts'
import { decodePartitionMetadata, encodePartitionMetadata, PARTITION_METADATA_FILE } from './partition-metadata.ts'

export interface LogDirectoryOptions {
  readonly path: string
  readonly directoryId: Uuid
  readonly context: LogContext
  readonly trash: FileTrash
  readonly configOf: (topic: string) => LogConfig
  /** Logs loaded or closed at the same time. */
  readonly concurrency: number
}

/** Not logs of ours to manage: the metadata log belongs to raft, the cache to tiered storage. */
const OTHERS: ReadonlySet<string> = new Set([`${METADATA_TOPIC}-0`, 'remote-log-index-cache'])
const REMOVED_AFTER_START_MS = 60_000
/** Logs whose last files are made in one turn. */
const CLOSED_TOGETHER = 500

/**
 * One of the log directories: its logs, the checkpoints of their offsets, the marker of a clean shutdown. Every method but
 * `closeFiles` may throw `DiskError`, after which the directory must not be used any more.
 */
export class LogDirectory {
  readonly path: string
  readonly directoryId: Uuid
  /** By `topicPartitionKey`. */
  readonly logs = new Map<string, PartitionLog>()
  /** Copies that are to take the place of logs in other directories (KIP-113), by `topicPartitionKey`. */
  readonly futures = new Map<string, PartitionLog>()
  readonly #options: LogDirectoryOptions
  readonly #context: LogContext
  readonly #recoveryPoints: OffsetCheckpointFile
  readonly #logStarts: OffsetCheckpointFile
  readonly #checkpointing: Flusher
  #writtenRecoveryPoints: OffsetsByPartition | null = null
  #writtenLogStarts: OffsetsByPartition | null = null
  /** Its logs are let go: what was under way then writes nothing of them any more, and brings none back. */
  #isClosed = false
  /** Of the shutdown before this start; null when there was none, or an unclean one. */
  previousBrokerEpoch: number | null = null

  constructor(options: LogDirectoryOptions) {
    this.#options = options
    this.#context = options.context
    this.path = options.path
    this.directoryId = options.directoryId
    this.#recoveryPoints = new OffsetCheckpointFile(options.context.disk, options.path, RECOVERY_POINT_CHECKPOINT)
    this.#logStarts = new OffsetCheckpointFile(options.context.disk, options.path, LOG_START_CHECKPOINT)
    this.#checkpointing = new Flusher(() => this.#writeCheckpoints())
  }

  /** Loads what is there. A clean start reads names only; an unclean one recovers every log from its recovery point. */
  async load(): Promise<void> {
    const { disk, logger } = this.#context
    const cleanShutdown = await takeCleanShutdown(disk, this.path)
    this.previousBrokerEpoch = cleanShutdown?.brokerEpoch ?? null
    const recoveryPoints = await this.#readCheckpoint(this.#recoveryPoints)
    const logStarts = await this.#readCheckpoint(this.#logStarts)
    const cleaned = await this.#readCheckpoint(new OffsetCheckpointFile(disk, this.path, CLEANER_CHECKPOINT))
    const names = (await disk.list(this.path)).filter((entry) => entry.kind === 'directory' && !OTHERS.has(entry.name)).map((entry) => entry.name)
    await forEachLimited(names, this.#options.concurrency, async (name) => {
      const found = this.#logNamed(name)
      if (found === null) return
      const { topic, partition, logs } = found
      const key = topicPartitionKey(topic, partition)
      const checkpointed = { recoveryPoint: recoveryPoints.get(key) ?? null, logStartOffset: logStarts.get(key) ?? 0, cleanedTo: cleaned.get(key) ?? 0 }
      const topicId = this.#readTopicId(name)
      logs.set(key, await this.#open({ name, topic, partition, topicId, ...checkpointed, wasClean: cleanShutdown !== null, isNew: false }))
    })
    logger.info('Log directory loaded', { path: this.path, logs: this.logs.size, wasClean: cleanShutdown !== null })
  }

  /** Of the partitions here, and the copies that are being made here. */
  get allLogs(): readonly PartitionLog[] {
    return [...this.logs.values(), ...this.futures.values()]
  }

  async createLog(topic: string, partition: number, topicId: Uuid): Promise<PartitionLog> {
    const name = topicPartitionKey(topic, partition)
    const log = await this.#make(name, { topic, partition, topicId })
    this.logs.set(name, log)
    return log
  }

  /** An empty log to copy another one into. */
  async createFuture(topic: string, partition: number, topicId: Uuid): Promise<PartitionLog> {
    // What the checkpoint says of an earlier log of this name, which was moved away, must not be taken for this one's.
    await this.checkpoint()
    const name = setAsideDirectoryName(topic, partition, this.#uniqueHex(), FUTURE_DIRECTORY_SUFFIX)
    const log = await this.#make(name, { topic, partition, topicId })
    this.futures.set(topicPartitionKey(topic, partition), log)
    return log
  }

  /** In this turn the copy becomes the log of its partition. What was the log elsewhere is to be forgotten and retired there. */
  promote(key: string): PartitionLog {
    const future = this.futures.get(key)
    assert(future !== undefined && !this.logs.has(key), 'a copy takes the place of a log elsewhere')
    const log = future.moveTo(`${this.path}/${key}`)
    this.#options.trash.directoryMoved(future.directory, log.directory)
    this.futures.delete(key)
    this.logs.set(key, log)
    return log
  }

  /** A log that was moved elsewhere: as `deleteLog`, and resolves when it will not come back. */
  async retire(log: PartitionLog): Promise<void> {
    await this.deleteLog(log)
    await this.#context.disk.flushDirectory(this.path)
  }

  /** The log is none of this directory's any more. Its files stay until it is retired. */
  forget(log: PartitionLog): void {
    const key = topicPartitionKey(log.topic, log.partition)
    for (const logs of [this.logs, this.futures]) if (logs.get(key) === log) logs.delete(key)
    log.closeFiles()
  }

  /** Resolves when moves into and out of this directory would survive a loss of power, and the checkpoints know of them. */
  async flushNames(): Promise<void> {
    await this.#context.disk.flushDirectory(this.path)
    await this.checkpoint()
  }

  /** For a log whose directory did not say whose it is. */
  assignTopicId(log: PartitionLog, topicId: Uuid): void {
    this.#writeTopicId(topicPartitionKey(log.topic, log.partition), topicId)
    log.assignTopicId(topicId)
  }

  /** The name is free when this resolves; the files are removed after `file.delete.delay.ms`. */
  async deleteLog(log: PartitionLog): Promise<void> {
    const path = await this.#setAside(log, DELETE_DIRECTORY_SUFFIX)
    this.#options.trash.removeDirectoryLater(path, log.config.fileDeleteDelayMs)
  }

  /** Of a log that the cluster does not know: kept for whoever may miss it. */
  async setAsideStray(log: PartitionLog): Promise<void> {
    const path = await this.#setAside(log, STRAY_DIRECTORY_SUFFIX)
    this.#context.logger.warn('A log that the cluster does not know is set aside', { path, topicId: log.topicId })
  }

  /** Writes recovery points and log starts, if they changed. Calls while one runs share the next. */
  checkpoint(): Promise<void> {
    return this.#checkpointing.run()
  }

  /** Flushes and closes all logs; the marker is the last thing written. */
  async shutdown(brokerEpoch: number): Promise<void> {
    this.#options.trash.stop()
    const logs = this.allLogs
    for (let first = 0; first < logs.length; first += CLOSED_TOGETHER) await this.#close(logs.slice(first, first + CLOSED_TOGETHER))
    await this.checkpoint()
    this.#ensureOpen()
    await writeCleanShutdown(this.#context.disk, this.path, brokerEpoch)
  }

  closeFiles(): void {
    this.#isClosed = true
    this.#options.trash.stop()
    for (const log of this.allLogs) log.closeFiles()
    this.logs.clear()
    this.futures.clear()
  }

  /** Files are made before any is flushed: file systems let who makes one wait while they write their journal for a flush. */
  async #close(logs: readonly PartitionLog[]): Promise<void> {
    for (const log of logs) if (!log.isClosed) log.finish()
    await forEachLimited(logs, this.#options.concurrency, (log) => log.close())
  }

  /** Renames the log's directory with `suffix`, so that the log is never loaded again. */
  async #setAside(log: PartitionLog, suffix: typeof DELETE_DIRECTORY_SUFFIX | typeof STRAY_DIRECTORY_SUFFIX): Promise<string> {
    this.forget(log)
    await log.idle()
    const target = this.#asidePath(log, suffix)
    await this.#context.disk.rename(log.directory, target)
    // A log of the same name to come must not find offsets of this one.
    await this.checkpoint()
    return target
  }

  #asidePath({ topic, partition }: PartitionLog, suffix: string): string {
    return `${this.path}/${setAsideDirectoryName(topic, partition, this.#uniqueHex(), suffix)}`
  }

  #uniqueHex(): string {
    return this.#context.random.bytes(16).toString('hex')
  }

  async #make(name: string, what: { readonly topic: string; readonly partition: number; readonly topicId: Uuid }): Promise<PartitionLog> {
    await this.#context.disk.makeDirectory(`${this.path}/${name}`)
    this.#writeTopicId(name, what.topicId)
    return this.#open({ ...what, name, recoveryPoint: 0, logStartOffset: 0, wasClean: true, isNew: true })
  }

  async #writeCheckpoints(): Promise<void> {
    if (this.#isClosed) return
    const logs = [...this.futures, ...this.logs]
    const recoveryPoints = new Map(logs.map(([name, log]) => [name, log.recoveryStart]))
    const logStarts = new Map(logs.filter(([, log]) => log.isStartWithinSegment).map(([name, log]) => [name, log.logStartOffset]))
    if (!isSame(recoveryPoints, this.#writtenRecoveryPoints)) await this.#recoveryPoints.write(recoveryPoints)
    this.#writtenRecoveryPoints = recoveryPoints
    if (!isSame(logStarts, this.#writtenLogStarts)) await this.#logStarts.write(logStarts)
    this.#writtenLogStarts = logStarts
  }

  async #readCheckpoint(file: OffsetCheckpointFile): Promise<OffsetsByPartition> {
    const { offsets, problem } = await file.read()
    if (problem !== null) this.#context.logger.warn('A checkpoint is malformed; what stands before the fault is used', { path: file.path, problem })
    return offsets
  }

  /** Whose log a directory of that name is, and among which it counts; null when it is none to load. */
  #logNamed(name: string): { readonly topic: string; readonly partition: number; readonly logs: Map<string, PartitionLog> } | null {
    if (name.endsWith(DELETE_DIRECTORY_SUFFIX)) {
      this.#options.trash.removeDirectoryLater(`${this.path}/${name}`, REMOVED_AFTER_START_MS)
      return null
    }
    const future = futureTopicPartition(name)
    if (future !== null) return { ...future, logs: this.futures }
    if (name.endsWith(STRAY_DIRECTORY_SUFFIX)) {
      this.#context.logger.info('A log that was set aside is kept: remove its directory when nothing in it is missed', { path: `${this.path}/${name}` })
      return null
    }
    const current = parseTopicPartitionKey(name)
    if (current !== null) return { ...current, logs: this.logs }
    this.#context.logger.warn('A directory that is no log is left alone', { path: `${this.path}/${name}` })
    return null
  }

  #readTopicId(name: string): Uuid | null {
    const content = readWhole(this.#context.disk, `${this.path}/${name}/${PARTITION_METADATA_FILE}`)
    return content === null ? null : decodePartitionMetadata(content)
  }

  /** Durable with the log's first flush: before that, nothing of the log is. */
  #writeTopicId(name: string, topicId: Uuid): void {
    writeWhole(this.#context.disk, `${this.path}/${name}/${PARTITION_METADATA_FILE}`, encodePartitionMetadata(topicId))
  }

  async #open(what: {
    name: string
    topic: string
    partition: number
    topicId: Uuid | null
    recoveryPoint: number | null
    logStartOffset: number
    cleanedTo?: number
    wasClean: boolean
    isNew: boolean
  }): Promise<PartitionLog> {
    const directory = `${this.path}/${what.name}`
    const log = await loadLog({ ...what, context: this.#context, directory, config: this.#options.configOf(what.topic) })
    if (this.#isClosed) log.closeFiles()
    this.#ensureOpen()
    return log
  }

  #ensureOpen(): void {
    if (this.#isClosed) throw new DiskError('closed', this.path, `Log directory ${this.path} was given up meanwhile`)
  }
}

function isSame(a: OffsetsByPartition, b: OffsetsByPartition | null): boolean {
  if (b === null || a.size !== b.size) return false
  for (const [key, offset] of a) if (b.get(key) !== offset) return false
  return true
}
