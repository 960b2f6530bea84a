import type { Disk, TimestampMs } from '../../base/ports.ts'
import { decodeOffsets, type OffsetsByPartition, RECOVERY_POINT_CHECKPOINT } from '../../storage/checkpoint/offset-checkpoint.ts'
import { SETTLED_AFTER_MS } from './copy-partition.ts'
import type { SeenSegment } from './look-at-partition.ts'

/** What a log directory noted of its logs: below these offsets a node does not look at them after a crash. */
export interface RecoveryPoints {
  readonly offsets: OffsetsByPartition
  readonly writtenMs: TimestampMs
}

/** To be read before the logs are copied. null where there are none: all of the logs is looked at then. Errors: `DiskError`. */
export async function readRecoveryPoints(disk: Disk, root: string): Promise<RecoveryPoints | null> {
  const path = `${root}/${RECOVERY_POINT_CHECKPOINT}`
  // In this order: a file that is replaced in between is taken for older than it is, which costs recovery a little and nothing else.
  const info = await disk.info(path)
  const content = await disk.readFile(path)
  return info === null || content === null ? null : { offsets: decodeOffsets(content).offsets, writtenMs: info.modifiedMs }
}

/**
 * Where recovery of a log begins that was copied later than its recovery point was noted. Finished segments below that were durable, and so were
 * the leader epochs in them. One that was written to since then was cut and written anew: the epochs that were copied may be older than that,
 * so it is looked at, and all behind it.
 * @param segments as they were copied
 */
export function recoveryPointOfCopy(noted: number, writtenMs: TimestampMs, segments: readonly SeenSegment[]): number {
  const isBelow = (index: number) => (segments[index + 1]?.baseOffset ?? Number.POSITIVE_INFINITY) <= noted
  const anew = segments.find(({ modifiedMs }, index) => isBelow(index) && modifiedMs >= writtenMs - SETTLED_AFTER_MS)
  return anew?.baseOffset ?? noted
}
