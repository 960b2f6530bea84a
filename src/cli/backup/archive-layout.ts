import { METADATA_TOPIC } from '../../../protocol/internal-topics.ts'
import { parseTopicPartitionKey } from '../../base/topic-partition.ts'
import { QUORUM_STATE_FILE } from '../../raft/election-state.ts'
import { BOOTSTRAP_FILE } from '../../raft/format/bootstrap-file.ts'
import { META_PROPERTIES_FILE } from '../../raft/format/meta-properties.ts'
import { parseSnapshotFileName } from '../../raft/snapshot-name.ts'
import { LEADER_EPOCH_CHECKPOINT } from '../../storage/checkpoint/leader-epoch-checkpoint.ts'
import { CLEANER_CHECKPOINT, HIGH_WATERMARK_CHECKPOINT, LOG_START_CHECKPOINT, RECOVERY_POINT_CHECKPOINT } from '../../storage/checkpoint/offset-checkpoint.ts'
import { PARTITION_METADATA_FILE } from '../../storage/directory/partition-metadata.ts'
import { offsetOfFileName, SEGMENT_SUFFIXES, SNAPSHOT_SUFFIX } from '../../storage/files/file-names.ts'

/**
 * What an archive holds, and under which names: `odradek-backup.json` first, the files of the node's directories as
 * `data-<number>/…`, `manifest.json` last. Nothing else is written into one, and nothing else is taken out of one.
 */
export const HEADER_FILE = 'odradek-backup.json'
export const MANIFEST_FILE = 'manifest.json'

export const METADATA_DIRECTORY = `${METADATA_TOPIC}-0`

/** Of a log directory itself. What locks it and the marker of a clean shutdown stay: what is restored is recovered as after a crash. */
export const DIRECTORY_FILES: readonly string[] = [
  META_PROPERTIES_FILE,
  BOOTSTRAP_FILE,
  RECOVERY_POINT_CHECKPOINT,
  LOG_START_CHECKPOINT,
  HIGH_WATERMARK_CHECKPOINT,
  CLEANER_CHECKPOINT,
]

const OFFSET_SUFFIXES: readonly string[] = [...SEGMENT_SUFFIXES, SNAPSHOT_SUFFIX]
const PATH = /^data-(?<index>0|[1-9][0-9]{0,3})\/(?:(?<partition>[^/]+)\/)?(?<file>[^/]+)$/
const TOPIC_NAME = /^[A-Za-z0-9._-]{1,249}$/

/** Where a file of an archive belongs. */
export interface ArchivePlace {
  /** Of the node's directories, from 0. */
  readonly directory: number
  /** `<topic>-<partition>`; null for a file of the directory itself. */
  readonly partition: string | null
  readonly file: string
}

export function archivePath(directory: number, file: string, partition: string | null = null): string {
  return partition === null ? `data-${directory}/${file}` : `data-${directory}/${partition}/${file}`
}

/** null for whatever is not a file of a node: other names, other directories, absolute paths, `..`. */
export function parseArchivePath(path: string): ArchivePlace | null {
  const { index, partition, file } = PATH.exec(path)?.groups ?? {}
  if (index === undefined || file === undefined) return null
  if (partition === undefined) return DIRECTORY_FILES.includes(file) ? { directory: Number(index), partition: null, file } : null
  return isPartitionDirectory(partition) && isPartitionFile(file) ? { directory: Number(index), partition, file } : null
}

/** Of a partition as it is served: not one that is being made, moved, deleted, or that nobody knows. */
export function isPartitionDirectory(name: string): boolean {
  const topic = parseTopicPartitionKey(name)?.topic
  return topic !== undefined && TOPIC_NAME.test(topic) && topic !== '.' && topic !== '..'
}

function isPartitionFile(name: string): boolean {
  if (name === LEADER_EPOCH_CHECKPOINT || name === PARTITION_METADATA_FILE || name === QUORUM_STATE_FILE) return true
  return parseSnapshotFileName(name)?.state === 'complete' || OFFSET_SUFFIXES.some((suffix) => offsetOfFileName(name, suffix) !== null)
}
