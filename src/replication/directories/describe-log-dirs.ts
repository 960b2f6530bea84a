import { ErrorCode } from '../../../protocol/error-codes.ts'
import { DiskError } from '../../base/errors.ts'
import { forEachLimited } from '../../storage/directory/for-each-limited.ts'
import type { PartitionLog } from '../../storage/log/partition-log.ts'
import type { LogManager } from '../../storage/log-manager.ts'
import type { Partition } from '../partition.ts'

export interface DescribedLog {
  readonly topic: string
  readonly partition: number
  readonly sizeBytes: number
  /** How far its end is behind that of the partition; -1 when the partition is not here. */
  readonly offsetLag: number
  /** A copy that is to take the place of the log in another directory. */
  readonly isFuture: boolean
}

export interface DescribedDirectory {
  readonly path: string
  readonly errorCode: ErrorCode
  readonly logs: readonly DescribedLog[]
  /** Of the volume; -1 for a directory that is offline. */
  readonly totalBytes: number
  readonly usableBytes: number
  readonly isCordoned: boolean
}

export interface DescribeLogDirsOptions {
  readonly logs: LogManager
  readonly partition: (topic: string, index: number) => Partition | undefined
  /** Which logs are told. */
  readonly isAsked: (topic: string, partition: number) => boolean
}

const UNKNOWN = -1
/** Sizes asked at the same time in one directory. */
const CONCURRENCY = 8

/** Each of `log.dirs`, in order, with what is in it. Source: ReplicaManager.describeLogDirs; KIP-113, KIP-827, KIP-1066. */
export function describeLogDirs(options: DescribeLogDirsOptions): Promise<readonly DescribedDirectory[]> {
  return Promise.all(options.logs.directoryPaths.map((path) => describeDirectory(path, options)))
}

async function describeDirectory(path: string, { logs, partition, isAsked }: DescribeLogDirsOptions): Promise<DescribedDirectory> {
  try {
    const { totalBytes, freeBytes: usableBytes } = await logs.spaceOf(path)
    const askedFor = () => logs.logsIn(path).filter((log) => isAsked(log.topic, log.partition))
    await forEachLimited(askedFor(), CONCURRENCY, (log) => findSize(logs, log))
    // Meanwhile logs may have come and gone.
    const asked = askedFor()
    const isFuture = (log: PartitionLog) => logs.futures.get(log.topic, log.partition) === log
    const described = asked.map((log) => describe(log, partition(log.topic, log.partition), isFuture(log)))
    if (logs.directoryStatus(path) !== 'online') return offline(path)
    return { path, errorCode: ErrorCode.NONE, logs: described, totalBytes, usableBytes, isCordoned: logs.isCordoned(path) }
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    return offline(path)
  }
}

function offline(path: string): DescribedDirectory {
  return { path, errorCode: ErrorCode.KAFKA_STORAGE_ERROR, logs: [], totalBytes: UNKNOWN, usableBytes: UNKNOWN, isCordoned: false }
}

async function findSize(logs: LogManager, log: PartitionLog): Promise<void> {
  if (log.isClosed) return
  try {
    await log.findSize()
  } catch (error) {
    if (error instanceof DiskError) logs.reportDiskError(log, error)
    throw error
  }
}

function describe(log: PartitionLog, partition: Partition | undefined, isFuture: boolean): DescribedLog {
  const { topic, partition: index, sizeBytes } = log
  return { topic, partition: index, sizeBytes, offsetLag: lagOf(log, partition, isFuture), isFuture }
}

function lagOf(log: PartitionLog, partition: Partition | undefined, isFuture: boolean): number {
  if (partition === undefined || partition.log === null) return UNKNOWN
  return isFuture ? partition.logEndOffset - log.logEndOffset : Math.max(partition.highWatermark - log.logEndOffset, 0)
}
