import type { SnapshotRegistry } from '../../base/timeline/snapshot-registry.ts'
import { TimelineMap } from '../../base/timeline/timeline-map.ts'

type ByPartition<Value> = TimelineMap<number, Value>
type ByTopic<Value> = TimelineMap<string, ByPartition<Value>>

/** Values by group, topic and partition, with a past. Branches without values are not kept. */
export class PartitionTree<Value> {
  readonly #snapshots: SnapshotRegistry
  readonly #groups: TimelineMap<string, ByTopic<Value>>

  constructor(snapshots: SnapshotRegistry) {
    this.#snapshots = snapshots
    this.#groups = new TimelineMap(snapshots)
  }

  get(groupId: string, topic: string, partition: number, atOffset?: number): Value | undefined {
    return this.#groups.get(groupId, atOffset)?.get(topic, atOffset)?.get(partition, atOffset)
  }

  hasGroup(groupId: string): boolean {
    return this.#groups.has(groupId)
  }

  set(groupId: string, topic: string, partition: number, value: Value): void {
    let topics = this.#groups.get(groupId)
    if (topics === undefined) {
      topics = new TimelineMap(this.#snapshots)
      this.#groups.set(groupId, topics)
    }
    let partitions = topics.get(topic)
    if (partitions === undefined) {
      partitions = new TimelineMap(this.#snapshots)
      topics.set(topic, partitions)
    }
    partitions.set(partition, value)
  }

  delete(groupId: string, topic: string, partition: number): void {
    const topics = this.#groups.get(groupId)
    const partitions = topics?.get(topic)
    if (topics === undefined || partitions === undefined) return
    partitions.delete(partition)
    if (partitions.size() === 0) topics.delete(topic)
    if (topics.size() === 0) this.#groups.delete(groupId)
  }

  *topicsOf(groupId: string, atOffset?: number): Iterable<[topic: string, partitions: Iterable<[partition: number, value: Value]>]> {
    const topics = this.#groups.get(groupId, atOffset)
    if (topics === undefined) return
    for (const [topic, partitions] of topics.entries(atOffset)) yield [topic, partitions.entries(atOffset)]
  }

  *all(): Iterable<[groupId: string, topic: string, partition: number, value: Value]> {
    for (const [groupId, topics] of this.#groups.entries()) {
      for (const [topic, partitions] of topics.entries()) for (const [partition, value] of partitions.entries()) yield [groupId, topic, partition, value]
    }
  }

  *ofTopic(topic: string): Iterable<[groupId: string, partition: number, value: Value]> {
    for (const [groupId, topics] of this.#groups.entries()) {
      for (const [partition, value] of topics.get(topic)?.entries() ?? []) yield [groupId, partition, value]
    }
  }
}
