import type { Clock, Timers } from '../base/ports.ts'
import { PeriodicTasks } from './directory/periodic-tasks.ts'
import { UNLIMITED } from './log/log-config.ts'
import type { LogManager, LogManagerSettings } from './log-manager.ts'

const LONGEST_FLUSH_CHECK_MS = 3_600_000

export interface LogTasksOptions {
  readonly ports: { readonly clock: Clock; readonly timers: Timers }
  readonly settings: LogManagerSettings
  readonly logs: Pick<LogManager, 'runRetention' | 'checkpoint' | 'forEachLog'>
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
