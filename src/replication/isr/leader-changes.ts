import type { MetadataDelta } from '../../metadata/delta.ts'
import type { PartitionImage } from '../../metadata/image.ts'
import type { Traffic } from '../../telemetry/traffic.ts'

/**
 * Counts what became of the in-sync replicas of the partitions that `nodeId` leads now, whether their leader asked for it or the
 * controller decided it, as for a broker that it fenced. Each change is counted by one node, so that sums over nodes are right.
 * Several changes within one delta count as one.
 */
export function countLeaderChanges(traffic: Traffic, delta: MetadataDelta, nodeId: number): void {
  for (const { before, after, partitions } of delta.topics.changed.values()) {
    for (const index of partitions) {
      const [old, now] = [before?.partitions[index], after.partitions[index]]
      if (old !== undefined && now?.leader === nodeId) countOne(traffic, old, now)
    }
  }
}

function countOne(traffic: Traffic, old: PartitionImage, now: PartitionImage): void {
  if (old.isr.some((replica) => !now.isr.includes(replica))) traffic.isrShrinks++
  if (now.isr.some((replica) => !old.isr.includes(replica))) traffic.isrExpands++
  const mayHaveLost = old.leader !== now.leader && !old.isr.includes(now.leader) && !old.eligibleLeaderReplicas.includes(now.leader)
  if (mayHaveLost) traffic.uncleanElections++
}
