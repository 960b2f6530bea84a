import type { Disk } from '../../base/ports.ts'
import { parseTopicPartitionKey, topicPartitionKey } from '../../base/topic-partition.ts'
import { decodeCheckpoint, encodeCheckpoint, wholeNumber } from './checkpoint-lines.ts'

/** Names in a log directory. */
export const RECOVERY_POINT_CHECKPOINT = 'recovery-point-offset-checkpoint'
export const LOG_START_CHECKPOINT = 'log-start-offset-checkpoint'
export const HIGH_WATERMARK_CHECKPOINT = 'replication-offset-checkpoint'
/** Where the log cleaner goes on: what is below may have been compacted. */
export const CLEANER_CHECKPOINT = 'cleaner-offset-checkpoint'

/** By `topicPartitionKey`. */
export type OffsetsByPartition = ReadonlyMap<string, number>

export interface ReadOffsets {
  readonly offsets: OffsetsByPartition
  /** null for a missing or well-formed file */
  readonly problem: string | null
}

/**
 * A file of a log directory with one offset a partition: `topic partition offset` a line. Also for replication, whose high
 * watermarks are in `HIGH_WATERMARK_CHECKPOINT` of every directory. Source: `OffsetCheckpointFile` of Kafka.
 */
export class OffsetCheckpointFile {
  readonly path: string
  readonly #disk: Disk

  constructor(disk: Disk, directory: string, name: string) {
    this.#disk = disk
    this.path = `${directory}/${name}`
  }

  /** Replaces the file in one step. Throws `DiskError`. */
  write(offsets: OffsetsByPartition): Promise<void> {
    return this.#disk.writeFileAtomic(this.path, encodeOffsets(offsets))
  }

  /** Of a malformed file, the lines before the first fault. Throws `DiskError` only. */
  async read(): Promise<ReadOffsets> {
    const content = await this.#disk.readFile(this.path)
    return content === null ? { offsets: new Map(), problem: null } : decodeOffsets(content)
  }
}

export function encodeOffsets(offsets: OffsetsByPartition): Buffer {
  const lines: string[] = []
  for (const [key, offset] of offsets) {
    const dash = key.lastIndexOf('-')
    lines.push(`${key.slice(0, dash)} ${key.slice(dash + 1)} ${offset}`)
  }
  return encodeCheckpoint(lines)
}

export function decodeOffsets(content: Buffer): ReadOffsets {
  const { lines, problem } = decodeCheckpoint(content)
  const offsets = new Map<string, number>()
  for (const line of lines) {
    const [topic, partition, offsetText, ...more] = line.split(' ')
    const key = parseTopicPartitionKey(`${topic}-${partition}`)
    const offset = wholeNumber(offsetText ?? '')
    if (key === null || offset === null || offset < 0 || more.length > 0) return { offsets, problem: `not a partition and its offset: '${line.slice(0, 80)}'` }
    offsets.set(topicPartitionKey(key.topic, key.partition), offset)
  }
  return { offsets, problem }
}
