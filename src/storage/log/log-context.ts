import { DiskError } from '../../base/errors.ts'
import type { Clock, Disk, Random } from '../../base/ports.ts'
import type { Histogram } from '../../telemetry/histogram.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { OpenFiles } from '../files/open-files.ts'
import type { IndexStorage } from '../index/index-file.ts'

/** What the logs of one directory share. */
export interface LogContext {
  readonly disk: Disk
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly openFiles: OpenFiles
  readonly indexes: IndexStorage
  readonly producerIdExpirationMs: number
  /** Reads below this many bytes from the end of a log are done at once; those further back do not hold the event loop. */
  readonly nearBytes: number
  /** In seconds; each flush of a log that had something to flush is added. */
  readonly flushTimes: Histogram
  /** Sets the files aside under names with `.deleted` and removes them after `delayMs`. Resolves when they have their new names. */
  readonly discard: (paths: readonly string[], delayMs: number) => Promise<void>
  /** The names of the logs' directories. */
  readonly places: { noteChange(): void; flush(): Promise<void> }
  /** Writes the recovery points of all logs where they have changed. Resolves when they are durable. */
  readonly checkpoint: () => Promise<void>
  /** A disk failure of work that nobody waits for. The directory goes offline. */
  readonly onDiskError: (error: DiskError) => void
}

/** A log file whose bytes contradict the state that we hold: as bad as a device that fails. */
export function corruptLog(path: string, what: string): DiskError {
  return new DiskError(
    'io',
    path,
    `Reading ${path}: ${what}. The file was changed or damaged while it was not in use; restore it, or remove .kafka_cleanshutdown from its log directory to have it recovered.`,
  )
}
