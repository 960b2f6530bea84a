import type { Uuid } from '../../protocol/uuid.ts'
import { unreachable } from '../base/assert.ts'
import type { DiskError } from '../base/errors.ts'
import type { Clock, Disk, Random, Timers, TimestampMs } from '../base/ports.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { LogConfig } from './log/log-config.ts'
import type { PartitionLog } from './log/partition-log.ts'

export interface LogManagerPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly disk: Disk
}

/** Broker settings; names of Kafka in camel case. */
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
  /** num.recovery.threads.per.data.dir: logs recovered at the same time in one directory */
  readonly recoveryConcurrency: number
  /** Segment files open at once; least recently used ones are closed. */
  readonly maxOpenFiles: number
}

export interface LogManagerOptions {
  readonly ports: LogManagerPorts
  readonly logger: Logger
  readonly settings: LogManagerSettings
  readonly clusterId: string
  readonly nodeId: number
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

/** The log directories of a node and the logs in them. INTERFACE FIRST: bodies follow. */
export class LogManager {
  /** Locks the directories, checks `meta.properties` (written by formatting), loads or recovers all logs. */
  static open(_options: LogManagerOptions): Promise<LogManager> {
    return todo()
  }

  get liveDirectories(): readonly LogDirectoryInfo[] {
    return todo()
  }
  get offlineDirectories(): readonly string[] {
    return todo()
  }
  get logs(): Iterable<PartitionLog> {
    return todo()
  }
  /** Broker epoch that the last clean shutdown left in the directories, -1 when any was unclean (KIP-966). */
  get previousBrokerEpoch(): number {
    return todo()
  }

  getLog(_topic: string, _partition: number): PartitionLog | undefined {
    return todo()
  }
  directoryIdOf(_log: PartitionLog): Uuid {
    return todo()
  }
  getOrCreateLog(_options: GetOrCreateLogOptions): Promise<PartitionLog> {
    return todo()
  }
  /** Renames to `…-delete` at once and removes it after `file.delete.delay.ms`. A missing one is fine. */
  deleteLog(_topic: string, _partition: number): Promise<void> {
    return todo()
  }
  /** Logs that the metadata does not know: renamed to `…-stray`, never removed. */
  setAsideStrayLogs(_isStray: (log: PartitionLog) => boolean): Promise<void> {
    return todo()
  }
  updateTopicConfig(_topic: string, _config: LogConfig): void {
    todo()
  }
  /** For code that got a `DiskError` from a log: the log's directory goes offline. */
  reportDiskError(_log: PartitionLog, _error: DiskError): void {
    todo()
  }
  runRetention(_nowMs: TimestampMs): void {
    todo()
  }
  /** Flushes and closes all logs, writes checkpoints and the clean-shutdown marker, lets go of the locks. */
  shutdown(_brokerEpoch: number): Promise<void> {
    return todo()
  }
}

function todo(): never {
  return unreachable('interface first' as never)
}
