import type { Uuid } from '../../../protocol/uuid.ts'
import { assert } from '../../base/assert.ts'
import { DiskError } from '../../base/errors.ts'
import { topicPartitionKey } from '../../base/topic-partition.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { LogDirectory } from './log-directory.ts'

export interface LogDirectoryInfo {
  readonly path: string
  /** directory.id of meta.properties */
  readonly directoryId: Uuid
}

export interface LogDirectoriesOptions {
  readonly logger: Logger
  /** Called once for a directory whose disk failed; its logs are gone by then. */
  readonly onOffline: (directory: LogDirectoryInfo, error: DiskError) => void
}

/**
 * The directories of a node that work and those that failed, and in which of them the log of each partition is. Whatever
 * touches the disk of a directory goes through `onDisk` or `inBackground`: a failure takes that directory offline, alone.
 */
export class LogDirectories {
  readonly #options: LogDirectoriesOptions
  readonly #live = new Map<string, LogDirectory>()
  readonly #offline = new Set<string>()
  /** By `topicPartitionKey`. */
  readonly #directoryOf = new Map<string, LogDirectory>()

  constructor(options: LogDirectoriesOptions) {
    this.#options = options
  }

  get live(): readonly LogDirectory[] {
    return [...this.#live.values()]
  }

  get offlinePaths(): readonly string[] {
    return [...this.#offline]
  }

  add(directory: LogDirectory): void {
    this.#live.set(directory.path, directory)
  }

  /** One that could not even be locked or read. */
  addOffline(path: string): void {
    this.#offline.add(path)
  }

  /** The live directory at a path. */
  at(path: string): LogDirectory | undefined {
    return this.#live.get(path)
  }

  isLive(directory: LogDirectory): boolean {
    return this.#live.get(directory.path) === directory
  }

  /** Where the log of a partition is. */
  of(key: string): LogDirectory | undefined {
    return this.#directoryOf.get(key)
  }

  log(key: string): PartitionLog | undefined {
    return this.#directoryOf.get(key)?.logs.get(key)
  }

  place(key: string, directory: LogDirectory): void {
    this.#directoryOf.set(key, directory)
  }

  unplace(key: string): void {
    this.#directoryOf.delete(key)
  }

  /** Where a copy of the partition's log is being made. */
  withFuture(key: string): LogDirectory | undefined {
    for (const directory of this.#live.values()) if (directory.futures.has(key)) return directory
    return undefined
  }

  /** That of a log in use, or of a copy. */
  inUse(log: PartitionLog): LogDirectory {
    const key = topicPartitionKey(log.topic, log.partition)
    const candidates = [this.#directoryOf.get(key), this.withFuture(key)]
    const directory = candidates.find((candidate) => candidate?.logs.get(key) === log || candidate?.futures.get(key) === log)
    assert(directory !== undefined, 'a log in use has a directory')
    return directory
  }

  /** Whichever has the log, in use or not; undefined when it was moved or deleted. */
  holding(log: PartitionLog): LogDirectory | undefined {
    return this.live.find(({ allLogs }) => allLogs.includes(log))
  }

  /** A failure takes the directory offline and goes to the caller. */
  async onDisk<T>(directory: LogDirectory, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof DiskError) this.fail(directory, error)
      throw error
    }
  }

  /** A failure takes the directory offline, and that is all. */
  async inBackground(directory: LogDirectory, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
      this.fail(directory, error)
    }
  }

  /** Lets go of all of them; a failure that comes now is nobody's concern. */
  abandon(): void {
    for (const directory of this.#live.values()) directory.closeFiles()
    this.#live.clear()
    this.#directoryOf.clear()
  }

  fail(directory: LogDirectory, error: DiskError): void {
    if (!this.#live.delete(directory.path)) return
    this.#offline.add(directory.path)
    this.#options.logger.error('A log directory failed and is offline', { path: directory.path, logs: directory.logs.size, error })
    for (const key of directory.logs.keys()) if (this.#directoryOf.get(key) === directory) this.#directoryOf.delete(key)
    directory.closeFiles()
    this.#options.onOffline(infoOf(directory), error)
  }
}

export function infoOf({ path, directoryId }: LogDirectory): LogDirectoryInfo {
  return { path, directoryId }
}
