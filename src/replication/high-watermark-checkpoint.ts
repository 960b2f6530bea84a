import { DiskError } from '../base/errors.ts'
import type { Disk, Timer, Timers } from '../base/ports.ts'
import { topicPartitionKey } from '../base/topic-partition.ts'
import { HIGH_WATERMARK_CHECKPOINT, OffsetCheckpointFile, type OffsetsByPartition } from '../storage/checkpoint/offset-checkpoint.ts'
import type { Logger } from '../telemetry/logger.ts'

export interface HighWatermarkCheckpointOptions {
  readonly ports: { readonly timers: Timers; readonly disk: Disk }
  readonly logger: Logger
  readonly intervalMs: () => number
  /** Paths of the log directories that work. */
  readonly directories: () => readonly string[]
  readonly highWatermarksIn: (directory: string) => OffsetsByPartition
  /** A broken invariant outside of any request. */
  readonly onFailure: (error: unknown) => void
}

/**
 * Keeps the high watermarks of all partitions over a restart, in `replication-offset-checkpoint` of each log directory.
 * Written `intervalMs` after the first change, so an idle node writes nothing. A failed write is logged and tried again
 * at the next change: the file only saves followers and new leaders some truncation.
 */
export class HighWatermarkCheckpoint {
  readonly #options: HighWatermarkCheckpointOptions
  /** Read at the start; each entry until its partition took it. */
  readonly #loaded = new Map<string, number>()
  #timer: Timer | null = null
  #writing: Promise<void> = Promise.resolve()
  #isLoaded = false
  #isStopped = false

  constructor(options: HighWatermarkCheckpointOptions) {
    this.#options = options
  }

  async load(): Promise<void> {
    this.#isLoaded = true
    for (const directory of this.#options.directories()) {
      try {
        const { offsets, problem } = await this.#file(directory).read()
        if (problem !== null) this.#options.logger.warn('a high watermark checkpoint is damaged, its good lines are used', { directory, problem })
        for (const [key, offset] of offsets) this.#loaded.set(key, offset)
      } catch (error) {
        if (!(error instanceof DiskError)) throw error
        this.#options.logger.warn('a high watermark checkpoint could not be read', { directory, error })
      }
    }
  }

  /** The high watermark of the last run, once: 0 when it is not known. */
  take(topic: string, partition: number): number {
    const key = topicPartitionKey(topic, partition)
    const offset = this.#loaded.get(key) ?? 0
    this.#loaded.delete(key)
    return offset
  }

  changed(): void {
    if (this.#timer !== null || this.#isStopped) return
    this.#timer = this.#options.ports.timers.schedule(this.#options.intervalMs(), () => {
      this.#timer = null
      this.#writing = this.#writing.then(() => this.#writeAll()).catch(this.#options.onFailure)
    })
  }

  /** Writes what is in force now; later changes are not written any more. Of a start that did not come to `load` nothing is: the last run's are kept. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#timer = null
    await this.#writing
    if (this.#isLoaded) await this.#writeAll()
  }

  async #writeAll(): Promise<void> {
    for (const directory of this.#options.directories()) {
      try {
        await this.#file(directory).write(this.#options.highWatermarksIn(directory))
      } catch (error) {
        if (!(error instanceof DiskError)) throw error
        this.#options.logger.warn('a high watermark checkpoint could not be written', { directory, error })
      }
    }
  }

  #file(directory: string): OffsetCheckpointFile {
    return new OffsetCheckpointFile(this.#options.ports.disk, directory, HIGH_WATERMARK_CHECKPOINT)
  }
}
