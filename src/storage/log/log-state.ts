import { assert } from '../../base/assert.ts'
import { DiskError } from '../../base/errors.ts'
import type { LogConfig } from './log-config.ts'
import { corruptLog, type LogContext } from './log-context.ts'
import type { SegmentList } from './segment-list.ts'

export interface LogStateOptions {
  readonly context: LogContext
  readonly directory: string
  /** `topic-partition` */
  readonly name: string
  readonly config: LogConfig
  readonly segments: SegmentList
  readonly logStartOffset: number
  readonly logEndOffset: number
  /** The end is what a clean shutdown noted: compared with the file when that is first used. */
  readonly isEndTrusted: boolean
}

/**
 * What the parts of one log share: its segments and offsets, and whether its disk failed. Only `PartitionLog` and its parts change it.
 * Invariant: logStartOffset <= highWatermark <= logEndOffset.
 */
export class LogState {
  readonly context: LogContext
  readonly directory: string
  readonly name: string
  readonly segments: SegmentList
  config: LogConfig
  logStartOffset: number
  logEndOffset: number
  highWatermark: number
  /** Rises when the log is cut at either end, for what waits while that happens. */
  cuts = 0
  /** Something is to be written before the log may count as cleanly closed. */
  hasChanged = false
  isClosed = false
  failure: DiskError | null = null
  #isEndTrusted: boolean

  constructor(options: LogStateOptions) {
    this.context = options.context
    this.directory = options.directory
    this.name = options.name
    this.config = options.config
    this.segments = options.segments
    this.logStartOffset = options.logStartOffset
    this.logEndOffset = options.logEndOffset
    this.highWatermark = options.logStartOffset
    this.#isEndTrusted = options.isEndTrusted
  }

  /** Throws what the disk failed with before. */
  ensureUsable(): void {
    if (this.failure !== null) throw this.failure
    assert(!this.isClosed, 'a closed log is not used')
  }

  /** After a clean start, at the first use of the files: what the shutdown noted must be what is there. Throws `DiskError`. */
  verifyEnd(): void {
    this.ensureUsable()
    if (!this.#isEndTrusted) return
    const { active } = this.segments
    const found = active.readNextOffset()
    if (found !== this.logEndOffset) throw corruptLog(active.log.path, `it ends at offset ${found}, and the last shutdown noted ${this.logEndOffset}`)
    this.#isEndTrusted = false
  }

  /** Runs what touches the disk, and remembers a failure. */
  guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw this.failed(error)
    }
  }

  /** Remembers a failure of the disk; gives back `error`, to be thrown. */
  failed(error: unknown): unknown {
    if (error instanceof DiskError) this.failure ??= error
    return error
  }
}
