import { DiskError } from '../../base/errors.ts'
import type { VolumeSpace } from '../../base/ports.ts'
import type { LogManager } from '../../storage/log-manager.ts'
import type { AnyMetricTable, MetricSheet, MetricTable } from '../../telemetry/metrics.ts'

type Logs = Pick<LogManager, 'directoryPaths' | 'directoryStatus' | 'offlineDirectories' | 'spaceOf' | 'logsIn'>

interface DirectoryRow {
  readonly path: string
  readonly isOffline: boolean
  /** null where the directory is offline or its disk does not say. */
  readonly space: VolumeSpace | null
  readonly logBytes: number | null
}

/** The directories of `log.dirs`, and the volumes that they are on. */
export function storageTables(logs: Logs): readonly AnyMetricTable[] {
  let rows: readonly DirectoryRow[] = []
  const prepare = async () => {
    rows = await Promise.all(logs.directoryPaths.map((path) => directoryRow(logs, path)))
  }
  const labelsOf = ({ path }: DirectoryRow) => [path]
  const directories: MetricTable<DirectoryRow> = { ...directorySheet, prepare, rows: () => rows, labelsOf }
  const kafka: MetricTable<DirectoryRow> = { ...kafkaDirectorySheet, prepare, rows: () => rows, labelsOf }
  const count: MetricTable<Logs> = { ...offlineDirectoriesSheet, rows: () => [logs], labelsOf: () => [] }
  return [directories, kafka, count]
}

export const directorySheet: MetricSheet<DirectoryRow> = {
  labels: ['directory'],
  metrics: [
    { name: 'log_directory_offline', type: 'gauge', help: 'Whether the directory has failed.', read: ({ isOffline }) => Number(isOffline) },
    {
      name: 'log_directory_logs_bytes',
      type: 'gauge',
      help: 'Bytes of the logs in the directory.',
      read: ({ logBytes }) => logBytes,
    },
    { name: 'log_directory_free_bytes', type: 'gauge', help: 'Bytes that may still be written to its volume.', read: ({ space }) => space?.freeBytes ?? null },
    { name: 'log_directory_volume_bytes', type: 'gauge', help: 'Bytes of its volume, used or not.', read: ({ space }) => space?.totalBytes ?? null },
  ],
}

export const kafkaDirectorySheet: MetricSheet<DirectoryRow> = {
  labels: ['logDirectory'],
  metrics: [{ name: 'kafka_log_logmanager_logdirectoryoffline', type: 'gauge', help: 'As log_directory_offline.', read: ({ isOffline }) => Number(isOffline) }],
}

export const offlineDirectoriesSheet: MetricSheet<Pick<Logs, 'offlineDirectories'>> = {
  labels: [],
  metrics: [
    {
      name: 'offline_log_directories',
      aliases: ['kafka_log_logmanager_offlinelogdirectorycount'],
      type: 'gauge',
      help: 'Directories of log.dirs that have failed.',
      read: ({ offlineDirectories }) => offlineDirectories.length,
    },
  ],
}

async function directoryRow(logs: Logs, path: string): Promise<DirectoryRow> {
  const isOffline = logs.directoryStatus(path) !== 'online'
  return { path, isOffline, space: isOffline ? null : await spaceOf(logs, path), logBytes: isOffline ? null : bytesIn(logs, path) }
}

/** A disk that does not say now is found to have failed by who needs it. */
async function spaceOf(logs: Logs, path: string): Promise<VolumeSpace | null> {
  try {
    return await logs.spaceOf(path)
  } catch (error) {
    if (error instanceof DiskError) return null
    throw error
  }
}

/** As far as sizes are known. */
function bytesIn(logs: Logs, path: string): number {
  let bytes = 0
  for (const { knownSizeBytes } of logs.logsIn(path)) bytes += knownSizeBytes ?? 0
  return bytes
}
