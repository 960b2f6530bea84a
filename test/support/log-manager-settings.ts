import type { LogManagerSettings } from '../../src/storage/log-manager-options.ts'

/** Kafka's defaults, but few files and one log at a time; `logDirs` are the test's to say. */
export const LOG_MANAGER_SETTINGS: Omit<LogManagerSettings, 'logDirs'> = {
  cordonedLogDirs: [],
  retentionCheckIntervalMs: 300_000,
  flushCheckIntervalMs: Number.MAX_SAFE_INTEGER,
  recoveryPointCheckpointIntervalMs: 60_000,
  logStartOffsetCheckpointIntervalMs: 60_000,
  producerIdExpirationMs: 86_400_000,
  producerIdExpirationCheckIntervalMs: 600_000,
  recoveryConcurrency: 1,
  maxOpenFiles: 50,
}
