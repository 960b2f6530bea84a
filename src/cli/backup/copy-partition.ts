import { OdradekError } from '../../base/errors.ts'
import type { Clock, Disk, Timers } from '../../base/ports.ts'
import { QUORUM_STATE_FILE } from '../../raft/election-state.ts'
import { LEADER_EPOCH_CHECKPOINT } from '../../storage/checkpoint/leader-epoch-checkpoint.ts'
import { PARTITION_METADATA_FILE } from '../../storage/directory/partition-metadata.ts'
import {
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  offsetFileName,
  SNAPSHOT_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
} from '../../storage/files/file-names.ts'
import { archivePath, METADATA_DIRECTORY } from './archive-layout.ts'
import type { ArchiveWriter, FileDigest } from './archive-writer.ts'
import { CHUNK_BYTES, copyFile, isAsCopied } from './copy-file.ts'
import { lookAtPartition, type PartitionView, type SeenSegment } from './look-at-partition.ts'

/**
 * Copies the log of one partition while its node may be appending to it, rolling, retaining, truncating or deleting it. Nobody is asked
 * and nothing is held; what makes the copy that of one time is what these files are:
 *
 * - All segments but the last are finished. One that is as it was (name, size, time) when everything has been copied did
 *   not change meanwhile. Where the time is too near to tell, and for the last segment, it is read a second time, when all else is copied.
 * - The last one is appended to: its first bytes, as many as there were, are the log of that moment.
 * - Retention removes from the front: what it overtakes is left out, with all before. Truncation, compaction and a new topic of the
 *   same name show in the comparison, and the partition is copied anew.
 *
 * The last segment goes without its indexes, which makes who loads the log read all of it and cut off a batch that was half written.
 */
export interface CopyPartitionOptions {
  readonly disk: Disk
  readonly clock: Pick<Clock, 'nowMs'>
  readonly timers: Pick<Timers, 'sleep'>
  readonly writer: ArchiveWriter
  /** Of a log directory of the node. */
  readonly root: string
  /** Of that one in the archive. */
  readonly directory: number
  /** `<topic>-<partition>` */
  readonly name: string
  /** Read at a time; `CHUNK_BYTES` where not given. */
  readonly chunkBytes?: number
}

const ATTEMPTS = 50
const RETRY_MS = 100
/** A file that was written to so lately may be written to again without its time showing it. */
export const SETTLED_AFTER_MS = 5_000
const INDEX_SUFFIXES = [OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX, TRANSACTION_INDEX_SUFFIX]

export interface CopiedPartition {
  /** Those that count; none where the partition is not there. */
  readonly files: readonly FileDigest[]
  /** As they were copied, in order. */
  readonly segments: readonly SeenSegment[]
}

const NOT_THERE: CopiedPartition = { files: [], segments: [] }

/**
 * Errors: BACKUP_UNSETTLED for a log that changes each time it is copied; `DiskError`.
 */
export async function copyPartition(options: CopyPartitionOptions): Promise<CopiedPartition> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const copied = await new PartitionCopy(options).make()
    if (copied !== 'disturbed') return copied
    await options.timers.sleep(RETRY_MS)
  }
  const { root, name } = options
  throw new OdradekError('BACKUP_UNSETTLED', `${root}/${name} changes each time it is copied (truncated or removed ${ATTEMPTS} times in a row). Try again`)
}

interface CopiedSegment extends SeenSegment {
  readonly log: FileDigest
  readonly indexes: readonly FileDigest[]
  /** Its time cannot tell whether it changes. */
  readonly isUnsettled: boolean
}

class PartitionCopy {
  readonly #options: CopyPartitionOptions
  readonly #path: string
  readonly #isMetadata: boolean
  /** Without a gap, in order. */
  #copied: CopiedSegment[] = []
  #isShort = false

  constructor(options: CopyPartitionOptions) {
    this.#options = options
    this.#path = `${options.root}/${options.name}`
    this.#isMetadata = options.name === METADATA_DIRECTORY
  }

  async make(): Promise<CopiedPartition | 'disturbed'> {
    const { disk } = this.#options
    const before = await lookAtPartition(disk, this.#path)
    if (before === null) return NOT_THERE
    for (const segment of before.segments) await this.#copySegment(segment, segment === before.segments.at(-1))
    const others = await this.#copyOthers(before)
    const after = await lookAtPartition(disk, this.#path)
    if (after === null) return NOT_THERE
    if (this.#isShort || !this.#isOfOneTime(before, after) || !(await this.#isAsCopied())) return 'disturbed'
    this.#leaveOutWhatIsGone(after)
    // A vote or an epoch must not be older than what the log holds of it, so it comes behind all else.
    const votes = this.#isMetadata ? await this.#copyWhole([QUORUM_STATE_FILE]) : []
    return { files: [...this.#copied.flatMap(({ log, indexes }) => [log, ...indexes]), ...others, ...votes], segments: this.#copied }
  }

  async #copySegment(segment: SeenSegment, isLast: boolean): Promise<void> {
    const { clock } = this.#options
    const name = (suffix: string) => offsetFileName(segment.baseOffset, suffix)
    const isUnsettled = isLast || Math.abs(clock.nowMs() - segment.modifiedMs) < SETTLED_AFTER_MS
    const log = await this.#copy(name(LOG_SUFFIX), segment.sizeBytes)
    if (log === null) {
      // Overtaken by retention. Who compares finds out whether it was that.
      this.#copied = []
      return
    }
    const indexes = isLast ? [] : await this.#copyWhole(INDEX_SUFFIXES.map(name))
    this.#copied.push({ ...segment, log, indexes, isUnsettled })
  }

  /** Snapshots of producers beyond the last segment's start would be made anew. */
  async #copyOthers({ snapshotOffsets, metadataSnapshots }: PartitionView): Promise<readonly FileDigest[]> {
    const start = this.#copied.at(-1)?.baseOffset ?? -1
    const producers = snapshotOffsets.filter((offset) => offset <= start).map((offset) => offsetFileName(offset, SNAPSHOT_SUFFIX))
    return this.#copyWhole([...producers, ...metadataSnapshots, LEADER_EPOCH_CHECKPOINT, PARTITION_METADATA_FILE])
  }

  /** Small files, which are replaced and never changed. One that is missing is left out. */
  async #copyWhole(names: readonly string[]): Promise<readonly FileDigest[]> {
    const digests: FileDigest[] = []
    for (const name of names) {
      const digest = await this.#copy(name, null)
      if (digest !== null) digests.push(digest)
    }
    return digests
  }

  /** null where it is not there, or not whole. */
  async #copy(name: string, sizeBytes: number | null): Promise<FileDigest | null> {
    const { disk, writer, directory, name: partition, chunkBytes = CHUNK_BYTES } = this.#options
    const result = await copyFile({ disk, writer, chunkBytes, from: `${this.#path}/${name}`, to: archivePath(directory, name, partition), sizeBytes })
    if (result === 'short') this.#isShort = true
    return typeof result === 'string' ? null : result
  }

  async #isAsCopied(): Promise<boolean> {
    const { disk, chunkBytes = CHUNK_BYTES } = this.#options
    for (const { baseOffset, log, isUnsettled } of this.#copied) {
      const path = `${this.#path}/${offsetFileName(baseOffset, LOG_SUFFIX)}`
      if (isUnsettled && !(await isAsCopied(disk, path, log, chunkBytes))) return false
    }
    return true
  }

  /** A log that is begun anew loses its segments in any order: what goes before the first one that stays may have a gap. */
  #leaveOutWhatIsGone({ segments }: PartitionView): void {
    const left = new Set(segments.map(({ baseOffset }) => baseOffset))
    this.#copied = this.#copied.filter(({ baseOffset }) => left.has(baseOffset))
  }

  /** What was copied is what is there, but for what came behind it and what retention took from the front. */
  #isOfOneTime(before: PartitionView, after: PartitionView): boolean {
    if (before.owner !== after.owner) return false
    const first = this.#copied[0]
    if (first === undefined) return before.segments.length === 0 && after.segments.length === 0
    if (after.segments.some(({ baseOffset }) => baseOffset < first.baseOffset)) return false
    const left = new Map(after.segments.map((segment) => [segment.baseOffset, segment]))
    const kept = this.#copied.filter(({ baseOffset }) => left.has(baseOffset))
    if (kept.length === 0 || kept[0] !== this.#copied.at(-kept.length)) return false
    if (this.#isMetadata && (kept.length < before.segments.length || !before.metadataSnapshots.every((name) => after.metadataSnapshots.includes(name))))
      return false
    return kept.every((segment) => isContinued(segment, left.get(segment.baseOffset) as SeenSegment, segment === this.#copied.at(-1)))
  }
}

/** Of the last one only the length can be compared: what it holds is read again. */
function isContinued(copied: SeenSegment, now: SeenSegment, isLast: boolean): boolean {
  return isLast ? now.sizeBytes >= copied.sizeBytes : now.sizeBytes === copied.sizeBytes && now.modifiedMs === copied.modifiedMs
}
