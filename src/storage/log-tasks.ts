import type { Clock, Timers, TimestampMs } from '../base/ports.ts'
import { PeriodicTasks } from './directory/periodic-tasks.ts'
import { UNLIMITED } from './log/log-config.ts'
import type { PartitionLog } from './log/partition-log.ts'

const LONGEST_FLUSH_CHECK_MS = 3_600_000

/** How often each is done. Read again at each use. */
export interface LogTaskSettings {
  /** log.retention.check.interval.ms */
  readonly retentionCheckIntervalMs: number
  /** log.flush.scheduler.interval.ms */
  readonly flushCheckIntervalMs: number
  /** log.flush.offset.checkpoint.interval.ms */
  readonly recoveryPointCheckpointIntervalMs: number
  /** log.flush.start.offset.checkpoint.interval.ms */
  readonly logStartOffsetCheckpointIntervalMs: number
  /** producer.id.expiration.check.interval.ms */
  readonly producerIdExpirationCheckIntervalMs: number
}

export interface LogTasksOptions {
  readonly ports: { readonly clock: Clock; readonly timers: Timers }
  readonly settings: LogTaskSettings
  readonly logs: {
    runRetention(nowMs: TimestampMs): Promise<void>
    checkpoint(): Promise<void>
    forEachLog(work: (log: PartitionLog) => Promise<void>): Promise<void>
  }
}

/** What a node does to its logs again and again: retention, flushes, checkpoints, expiration of producers. */
export function startLogTasks({ ports, settings, logs }: LogTasksOptions): PeriodicTasks {
  const { clock } = ports
  const tasks = new PeriodicTasks(ports.timers)
  tasks.add(
    'retention',
    () => settings.retentionCheckIntervalMs,
    () => logs.runRetention(clock.nowMs()),
  )
  tasks.add(
    'flush',
    () => Math.min(settings.flushCheckIntervalMs, LONGEST_FLUSH_CHECK_MS),
    () => flushDueLogs(logs, clock),
  )
  tasks.add(
    'checkpoint',
    () => Math.min(settings.recoveryPointCheckpointIntervalMs, settings.logStartOffsetCheckpointIntervalMs),
    () => logs.checkpoint(),
  )
  tasks.add(
    'producer-expiration',
    () => settings.producerIdExpirationCheckIntervalMs,
    () => logs.forEachLog(async (log) => log.removeExpiredProducers(clock.nowMs())),
  )
  return tasks
}

async function flushDueLogs(logs: LogTasksOptions['logs'], clock: Clock): Promise<void> {
  const nowMs = clock.nowMs()
  await logs.forEachLog(async (log) => {
    const { flushMs } = log.config
    if (flushMs < UNLIMITED && log.recoveryPoint < log.logEndOffset && nowMs - log.lastFlushMs >= flushMs) await log.flush()
  })
}
