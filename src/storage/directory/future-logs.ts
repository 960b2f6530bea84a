import type { Uuid } from '../../../protocol/uuid.ts'
import { assert } from '../../base/assert.ts'
import { DiskError } from '../../base/errors.ts'
import { topicPartitionKey } from '../../base/topic-partition.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { LogDirectories } from './log-directories.ts'
import type { LogDirectory } from './log-directory.ts'
import type { LogPlacement } from './log-placement.ts'
import { type FoundFuture, fateOfFuture } from './settle-logs.ts'

/** A log that took the place of one in another directory. */
export interface PromotedLog {
  readonly log: PartitionLog
  /** Resolves when a loss of power would not undo it. A failing disk takes its directory offline, and is not told here. */
  readonly settled: Promise<void>
}

export interface FutureLogsOptions {
  readonly directories: LogDirectories
  readonly placement: LogPlacement
  readonly logger: Logger
}

/** Where the log of a partition is, and what is left of it in the directory that it was moved away from. */
interface Replaced {
  readonly source: LogDirectory
  readonly old: PartitionLog
}

/**
 * The copies of logs that are being made in other directories, and the exchange: a copy takes the place of its log in one
 * turn, and the old log is removed when no loss of power can undo that. At most one copy of a log exists.
 * What is copied and when the exchange comes is decided elsewhere. Source: KIP-113.
 */
export class FutureLogs {
  readonly #directories: LogDirectories
  readonly #placement: LogPlacement
  readonly #logger: Logger
  /** Exchanges whose old log is not gone yet: until then its name is taken. */
  readonly #settling = new Map<string, Promise<void>>()

  constructor({ directories, placement, logger }: FutureLogsOptions) {
    this.#directories = directories
    this.#placement = placement
    this.#logger = logger
  }

  /** The copy of a log that is being made in another directory. */
  get(topic: string, partition: number): PartitionLog | undefined {
    const key = topicPartitionKey(topic, partition)
    return this.#directories.withFuture(key)?.futures.get(key)
  }

  /** An empty log in a live directory, into which that of the partition is to be copied. Rejects with a `DiskError` when the directory fails. */
  async create(what: { readonly topic: string; readonly partition: number; readonly topicId: Uuid }, path: string): Promise<PartitionLog> {
    const directory = this.#directories.at(path)
    const key = topicPartitionKey(what.topic, what.partition)
    assert(directory !== undefined && this.#directories.withFuture(key) === undefined, 'a log is copied once, to a directory that works')
    return this.#placement.during(key, directory, async () => {
      await this.nameIsFree(key)
      return this.#directories.onDisk(directory, () => directory.createFuture(what.topic, what.partition, what.topicId))
    })
  }

  /** Gives up the copy of a log. A missing one is fine. Rejects with `DiskError`. */
  async delete(topic: string, partition: number): Promise<void> {
    const future = this.get(topic, partition)
    if (future === undefined) return
    const directory = this.#directories.inUse(future)
    await this.#directories.onDisk(directory, () => directory.deleteLog(future))
  }

  /** In this turn, the copy takes the place of the log, which is closed and removed. Throws a `DiskError` when the copy's directory fails. */
  promote(topic: string, partition: number): PromotedLog {
    const key = topicPartitionKey(topic, partition)
    const directory = this.#directories.withFuture(key)
    assert(directory !== undefined, 'there is a copy')
    assert(!this.#settling.has(key), 'a log is moved once at a time')
    const old = this.#directories.log(key)
    const source = this.#directories.of(key)
    const log = this.#promoteIn(directory, key)
    this.#directories.place(key, directory)
    if (old !== undefined) source?.forget(old)
    const replaced = old === undefined || source === undefined ? null : { source, old }
    const settled = this.#settle(directory, log, replaced).finally(() => this.#settling.delete(key))
    this.#settling.set(key, settled)
    return { log, settled }
  }

  /** Resolves when no log that was moved away stands under the name of this partition. */
  async nameIsFree(key: string): Promise<void> {
    await this.#settling.get(key)
  }

  /** Resolves when all exchanges that were begun are for good. */
  async idle(): Promise<void> {
    await Promise.all(this.#settling.values())
  }

  /**
   * What the last run left of copies: one that is ahead of its log, or has none any more, takes its place; what nobody needs is
   * removed. The others are to be continued. To be called after `LogManager.setAsideStrayLogs`.
   *
   * @param placedIn the directory in which the cluster believes the replica to be; null where it knows none of this topic id
   */
  async settleLeftOver(placedIn: (log: PartitionLog) => Uuid | null): Promise<void> {
    for (const directory of this.#directories.live) {
      for (const [key, future] of [...directory.futures]) {
        // What became of another copy may have taken the directory offline.
        if (!future.isClosed) await this.#settleOne({ directory, key, future, placedIn: placedIn(future) })
      }
    }
  }

  #promoteIn(directory: LogDirectory, key: string): PartitionLog {
    try {
      return directory.promote(key)
    } catch (error) {
      if (error instanceof DiskError) this.#directories.fail(directory, error)
      throw error
    }
  }

  /** Only when a loss of power would not take the new log back is the old one removed: until then it may have to stand in again. */
  async #settle(directory: LogDirectory, log: PartitionLog, replaced: Replaced | null): Promise<void> {
    await this.#directories.inBackground(directory, async () => {
      await log.flushWithPlace()
      await directory.flushNames()
    })
    if (replaced === null || !this.#directories.isLive(directory) || !this.#directories.isLive(replaced.source)) return
    await this.#directories.inBackground(replaced.source, () => replaced.source.retire(replaced.old))
  }

  async #settleOne(found: FoundFuture): Promise<void> {
    const { key, future, directory } = found
    const fate = fateOfFuture(this.#directories, found)
    if (fate === 'remove') await this.#directories.inBackground(directory, () => directory.deleteLog(future))
    if (fate !== 'promote') return
    this.#logger.warn('A copy of a log takes its place: the node stopped in the middle of the move', { directory: future.directory })
    for (const other of this.#directories.live) {
      const surpassed = other === directory ? undefined : other.futures.get(key)
      if (surpassed !== undefined) await this.#directories.inBackground(other, () => other.deleteLog(surpassed))
    }
    await this.#directories.inBackground(directory, () => this.promote(future.topic, future.partition).settled)
  }
}
