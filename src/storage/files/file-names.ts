import { parseTopicPartitionKey, type TopicPartition } from '../../base/topic-partition.ts'

/**
 * Names in a partition's directory. A segment's files begin with its base offset in 20 digits, so that names sort as
 * offsets do. Source: `LogFileUtils` of Kafka.
 */
export const LOG_SUFFIX = '.log'
export const OFFSET_INDEX_SUFFIX = '.index'
export const TIME_INDEX_SUFFIX = '.timeindex'
export const TRANSACTION_INDEX_SUFFIX = '.txnindex'
export const SNAPSHOT_SUFFIX = '.snapshot'
/** Behind the name of a file that waits for its removal. */
export const DELETED_SUFFIX = '.deleted'
/** Behind the names of files that compaction is writing. */
export const CLEANED_SUFFIX = '.cleaned'
/** Behind the names of files that compaction wrote in full, about to take the place of others. */
export const SWAP_SUFFIX = '.swap'
/** The metadata log's snapshots set aside: not ours to remove. */
export const DELETED_CHECKPOINT_SUFFIX = '.checkpoint.deleted'

export const SEGMENT_SUFFIXES = [LOG_SUFFIX, OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX, TRANSACTION_INDEX_SUFFIX] as const

/** Of topic directories: set aside for removal, moved between directories, unknown to the metadata. */
export const DELETE_DIRECTORY_SUFFIX = '-delete'
export const FUTURE_DIRECTORY_SUFFIX = '-future'
export const STRAY_DIRECTORY_SUFFIX = '-stray'

const FUTURE_NAME = /^(?<key>.+)\.[0-9a-f]{32}-future$/
const OFFSET_DIGITS = 20
const MAX_DIRECTORY_NAME = 255

export function offsetFileName(offset: number, suffix: string): string {
  return `${String(offset).padStart(OFFSET_DIGITS, '0')}${suffix}`
}

export function segmentPath(directory: string, baseOffset: number, suffix: string): string {
  return `${directory}/${offsetFileName(baseOffset, suffix)}`
}

/** The offset that `name` begins with when the rest is `suffix`, else null. Offsets beyond 2^53 are nobody's. */
export function offsetOfFileName(name: string, suffix: string): number | null {
  if (!name.endsWith(suffix)) return null
  const digits = name.slice(0, -suffix.length)
  if (!/^[0-9]{20}$/.test(digits)) return null
  const offset = Number(digits)
  return Number.isSafeInteger(offset) ? offset : null
}

/**
 * `<topic>-<partition>.<32 hex digits>-delete`, the topic cut short where the name would exceed 255 characters.
 * Source: `LocalLog.logDeleteDirName`.
 */
export function setAsideDirectoryName(topic: string, partition: number, uniqueHex: string, suffix: string): string {
  const ending = `-${partition}.${uniqueHex}${suffix}`
  return topic.slice(0, MAX_DIRECTORY_NAME - ending.length) + ending
}

/** Of which partition a directory holds the copy that is being made; null when that is not its name. Source: `LocalLog.logFutureDirName`. */
export function futureTopicPartition(name: string): TopicPartition | null {
  const key = FUTURE_NAME.exec(name)?.groups?.key
  return key === undefined ? null : parseTopicPartitionKey(key)
}
