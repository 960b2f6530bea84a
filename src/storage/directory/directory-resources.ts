import type { Uuid } from '../../../protocol/uuid.ts'
import type { DiskError } from '../../base/errors.ts'
import { Histogram, SECONDS_BOUNDS } from '../../telemetry/histogram.ts'
import { FileTrash } from '../files/file-trash.ts'
import { OpenFiles } from '../files/open-files.ts'
import { IndexMemory } from '../index/index-memory.ts'
import type { LogContext } from '../log/log-context.ts'
import type { LogManagerOptions } from '../log-manager-options.ts'
import { LogDirectory } from './log-directory.ts'
import { LogPlaces } from './log-places.ts'

/** Directories load and close more than one log at a time also where Kafka's setting, which counts threads, says 1. */
const LEAST_CONCURRENCY = 8
const INDEX_MEMORY_BYTES = 32 * 1024 * 1024
const NEAR_BYTES = 128 * 1024 * 1024
const SHARE_OF_DESCRIPTORS = 0.5
const LEAST_OPEN_FILES = 16

/** What the logs of all directories of a node share: its ports, and how many files and how much memory they may use together. */
export class DirectoryResources {
  readonly #options: LogManagerOptions
  readonly #openFiles: OpenFiles
  readonly #indexMemory = new IndexMemory(INDEX_MEMORY_BYTES)
  readonly flushTimes = new Histogram(SECONDS_BOUNDS)

  constructor(options: LogManagerOptions) {
    this.#options = options
    this.#openFiles = new OpenFiles(options.ports.disk, openFilesWithin(options))
    options.onShortage?.(() => this.#openFiles.makeRoom())
  }

  /** @param onDiskError gets failures of work in the background */
  newDirectory(path: string, directoryId: Uuid, onDiskError: (error: DiskError) => void): LogDirectory {
    const { ports, configOf, settings } = this.#options
    const trash = new FileTrash({ disk: ports.disk, timers: ports.timers, onDiskError })
    const concurrency = Math.max(LEAST_CONCURRENCY, settings.recoveryConcurrency)
    const context = this.#contextOf({ path, trash, checkpoint: () => directory.checkpoint(), onDiskError })
    const directory: LogDirectory = new LogDirectory({ path, directoryId, context, trash, configOf, concurrency })
    return directory
  }

  #contextOf({
    path,
    trash,
    ...ofDirectory
  }: Pick<LogContext, 'checkpoint' | 'onDiskError'> & { readonly path: string; readonly trash: FileTrash }): LogContext {
    const { ports, settings, logger } = this.#options
    return {
      ...ports,
      logger,
      openFiles: this.#openFiles,
      indexes: { disk: ports.disk, memory: this.#indexMemory },
      get producerIdExpirationMs() {
        return settings.producerIdExpirationMs
      },
      nearBytes: NEAR_BYTES,
      flushTimes: this.flushTimes,
      discard: (paths, delayMs) => trash.discardFiles(paths, delayMs),
      places: new LogPlaces(ports.disk, path),
      ...ofDirectory,
    }
  }
}

/** Sockets, and files that are open for a moment only, need descriptors too. */
function openFilesWithin({ settings, ports, logger }: LogManagerOptions): number {
  const limit = ports.disk.descriptorLimit()
  const allowed = Math.max(LEAST_OPEN_FILES, Math.floor(limit * SHARE_OF_DESCRIPTORS))
  if (allowed < settings.maxOpenFiles)
    logger.info('Fewer log files are kept open than odradek.open.files.max says: the process may open no more', { limit, allowed })
  return Math.min(settings.maxOpenFiles, allowed)
}
