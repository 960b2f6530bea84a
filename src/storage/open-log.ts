import type { Uuid } from '../../protocol/uuid.ts'
import type { DiskError } from '../base/errors.ts'
import type { Clock, Disk, Random, Timers } from '../base/ports.ts'
import { Histogram, SECONDS_BOUNDS } from '../telemetry/histogram.ts'
import type { Logger } from '../telemetry/logger.ts'
import { LogPlaces } from './directory/log-places.ts'
import { FileTrash } from './files/file-trash.ts'
import { OpenFiles } from './files/open-files.ts'
import { IndexMemory } from './index/index-memory.ts'
import { loadLog } from './log/load-log.ts'
import type { LogConfig } from './log/log-config.ts'
import type { PartitionLog } from './log/partition-log.ts'

export interface OpenLogOptions {
  readonly ports: { readonly clock: Clock; readonly timers: Timers; readonly random: Random; readonly disk: Disk }
  readonly logger: Logger
  /** Made when missing: `<log dir>/<topic>-<partition>`. */
  readonly directory: string
  readonly topic: string
  readonly partition: number
  readonly topicId: Uuid
  readonly config: LogConfig
  readonly logStartOffset?: number
  /** Below this nothing is read for recovery; 0 (all is) when absent. */
  readonly recoveryPoint?: number
  /** See `LogContext`. */
  readonly flushTimes?: Histogram
  /** Work in the background failed. */
  readonly onDiskError: (error: DiskError) => void
}

const MAX_OPEN_FILES = 16
const INDEX_MEMORY_BYTES = 4 * 1024 * 1024
const NEAR_BYTES = 64 * 1024 * 1024
/** Producers of the metadata log have no ids. */
const NEVER = Number.MAX_SAFE_INTEGER

/** A log outside of a `LogManager`: the metadata log. Recovered as after an unclean stop. Throws `DiskError`. */
export async function openLog(options: OpenLogOptions): Promise<PartitionLog> {
  const { ports, directory, logStartOffset = 0, recoveryPoint = 0, flushTimes = new Histogram(SECONDS_BOUNDS) } = options
  await ports.disk.makeDirectory(directory)
  const trash = new FileTrash({ disk: ports.disk, timers: ports.timers, onDiskError: options.onDiskError })
  return loadLog({
    ...options,
    logStartOffset,
    recoveryPoint,
    wasClean: false,
    isNew: true,
    context: {
      ...ports,
      logger: options.logger,
      openFiles: new OpenFiles(ports.disk, MAX_OPEN_FILES),
      indexes: { disk: ports.disk, memory: new IndexMemory(INDEX_MEMORY_BYTES) },
      producerIdExpirationMs: NEVER,
      nearBytes: NEAR_BYTES,
      flushTimes,
      discard: (paths, delayMs) => trash.discardFiles(paths, delayMs),
      places: new LogPlaces(ports.disk, directory.slice(0, directory.lastIndexOf('/'))),
      // The caller keeps none: such a log is recovered from the place that it is told.
      checkpoint: async () => {},
      onDiskError: options.onDiskError,
    },
  })
}
