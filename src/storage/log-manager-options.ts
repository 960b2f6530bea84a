import type { Uuid } from '../../protocol/uuid.ts'
import type { DiskError } from '../base/errors.ts'
import type { Clock, Disk, Random, Timers } from '../base/ports.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { LogDirectoryInfo } from './directory/log-directories.ts'
import type { LogConfig } from './log/log-config.ts'
import type { LogTaskSettings } from './log-tasks.ts'

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

export interface GetOrCreateLogOptions {
  readonly topic: string
  readonly partition: number
  readonly topicId: Uuid
  /** Where to create it; without, see `LogPlacement`. */
  readonly directoryId?: Uuid
}
