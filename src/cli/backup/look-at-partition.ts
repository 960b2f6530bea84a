import { DiskError } from '../../base/errors.ts'
import type { Disk, TimestampMs } from '../../base/ports.ts'
import { parseSnapshotFileName } from '../../raft/snapshot-name.ts'
import { PARTITION_METADATA_FILE } from '../../storage/directory/partition-metadata.ts'
import { LOG_SUFFIX, offsetOfFileName, SNAPSHOT_SUFFIX, segmentPath } from '../../storage/files/file-names.ts'

export interface SeenSegment {
  readonly baseOffset: number
  readonly sizeBytes: number
  readonly modifiedMs: TimestampMs
}

/** The directory of a partition as it was at one time. */
export interface PartitionView {
  /** In order; the last one is being written. */
  readonly segments: readonly SeenSegment[]
  /** Of the producers' states. */
  readonly snapshotOffsets: readonly number[]
  /** Names, of the metadata log. */
  readonly metadataSnapshots: readonly string[]
  /** Whose log it is, as it stands in its file. */
  readonly owner: string
}

/** null where the directory is not there, or goes while it is looked at. */
export async function lookAtPartition(disk: Disk, directory: string): Promise<PartitionView | null> {
  try {
    const names = (await disk.list(directory)).filter(({ kind }) => kind === 'file').map(({ name }) => name)
    const segments: SeenSegment[] = []
    for (const baseOffset of offsets(names, LOG_SUFFIX)) {
      const info = await disk.info(segmentPath(directory, baseOffset, LOG_SUFFIX))
      // Removed since it was listed: who compares finds that.
      if (info !== null) segments.push({ baseOffset, sizeBytes: info.sizeBytes, modifiedMs: info.modifiedMs })
    }
    const owner = await disk.readFile(`${directory}/${PARTITION_METADATA_FILE}`)
    return {
      segments,
      snapshotOffsets: offsets(names, SNAPSHOT_SUFFIX),
      metadataSnapshots: names.filter((name) => parseSnapshotFileName(name)?.state === 'complete'),
      owner: owner?.toString('latin1') ?? '',
    }
  } catch (error) {
    if (error instanceof DiskError && error.reason === 'not-found') return null
    throw error
  }
}

function offsets(names: readonly string[], suffix: string): number[] {
  return names.map((name) => offsetOfFileName(name, suffix)).filter((offset) => offset !== null)
}
