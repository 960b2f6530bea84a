import type { Partition } from '../../replication/partition.ts'
import type { ReplicaManager } from '../../replication/replica-manager.ts'
import { PartitionFollower } from './partition-follower.ts'
import type { RecordsExpectation } from './wait-options.ts'
import type { Awaited } from './waits.ts'

export interface AwaitRecordsOptions {
  readonly replicas: ReplicaManager
  /** Calls back when topics or partitions come and go. */
  readonly onMetadata: (changed: () => void) => () => void
}

/**
 * A topic, or one partition of it, that holds at least so many records for its consumers: offsets from the start of each
 * log to its high watermark. Markers of transactions, and what compaction took away, have offsets too.
 */
export function awaitRecords({ replicas, onMetadata }: AwaitRecordsOptions, expected: RecordsExpectation): Awaited<number> {
  const { topic, partition, count } = expected
  const place = partition === undefined ? topic : `${topic}-${partition}`
  let follower: PartitionFollower | null = null
  return {
    what: `${count} records in ${place}`,
    check() {
      const partitions = partitionsOf(replicas, expected)
      follower?.follow(partitions)
      const held = heldBy(partitions)
      return partitions.length > 0 && held >= count ? held : null
    },
    describe() {
      const partitions = partitionsOf(replicas, expected)
      return partitions.length === 0 ? `there is no ${place}.` : `it has ${heldBy(partitions)}.`
    },
    follow(changed) {
      const partitions = new PartitionFollower(changed)
      follower = partitions
      const endMetadata = onMetadata(changed)
      // The first look was before there was anyone to follow partitions.
      changed()
      return () => {
        endMetadata()
        partitions.close()
      }
    },
  }
}

function partitionsOf(replicas: ReplicaManager, { topic, partition }: RecordsExpectation): readonly Partition[] {
  const all = replicas.image.topics.byName.get(topic)?.partitions ?? []
  const indexes = partition === undefined ? all.keys() : [partition].values()
  return [...indexes].flatMap((index) => replicas.partition(topic, index) ?? [])
}

function heldBy(partitions: readonly Partition[]): number {
  return partitions.reduce((sum, { highWatermark, logStartOffset }) => sum + Math.max(0, highWatermark - logStartOffset), 0)
}
