import type { TopicPartition } from '../../../base/topic-partition.ts'

export interface Subscriber {
  readonly memberId: string
  readonly instanceId: string | null
  readonly topics: readonly string[]
}

/**
 * Divides partitions as Kafka's range assignor does: of each topic a run of partitions for every member that wants it, the first
 * members one more where they do not divide evenly.
 * @returns by member
 */
export function assignRanges(members: readonly Subscriber[], partitionCounts: ReadonlyMap<string, number>): ReadonlyMap<string, readonly TopicPartition[]> {
  const assigned = new Map<string, TopicPartition[]>(members.map(({ memberId }) => [memberId, []]))
  const ordered = members.toSorted((one, other) => compare(one.instanceId ?? one.memberId, other.instanceId ?? other.memberId))
  for (const [topic, partitionCount] of partitionCounts) {
    const wanting = ordered.filter(({ topics }) => topics.includes(topic))
    if (wanting.length === 0) continue
    const [each, withOneMore] = [Math.floor(partitionCount / wanting.length), partitionCount % wanting.length]
    let next = 0
    wanting.forEach(({ memberId }, index) => {
      const end = next + each + (index < withOneMore ? 1 : 0)
      for (; next < end; next++) assigned.get(memberId)?.push({ topic, partition: next })
    })
  }
  return assigned
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
