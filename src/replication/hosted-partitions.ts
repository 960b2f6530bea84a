import type { Uuid } from '../../protocol/uuid.ts'
import { noTopicTraffic, type TopicTraffic } from '../telemetry/traffic.ts'
import type { Partition } from './partition.ts'

interface HostedTopic {
  readonly topicId: Uuid
  /** Partition p stands at index p where this node hosts it. */
  readonly partitions: Map<number, Partition>
  /** Of its partitions on this node; null while nobody has written or read. */
  traffic: TopicTraffic | null
}

/** The partitions of which this node keeps a replica, found by topic name or id. As many as the metadata assigns to it. */
export class HostedPartitions {
  readonly #byName = new Map<string, HostedTopic>()
  readonly #byId = new Map<Uuid, HostedTopic>()
  #count = 0

  get count(): number {
    return this.#count
  }

  get(topic: string, index: number): Partition | undefined {
    return this.#byName.get(topic)?.partitions.get(index)
  }

  getById(topicId: Uuid, index: number): Partition | undefined {
    return this.#byId.get(topicId)?.partitions.get(index)
  }

  /** A topic's earlier self (same name, another id) must be removed before. */
  add(partition: Partition): void {
    let hosted = this.#byId.get(partition.topicId)
    if (hosted === undefined) {
      hosted = { topicId: partition.topicId, partitions: new Map(), traffic: null }
      this.#byId.set(partition.topicId, hosted)
      this.#byName.set(partition.topic, hosted)
    }
    if (!hosted.partitions.has(partition.index)) this.#count++
    hosted.partitions.set(partition.index, partition)
  }

  remove(partition: Partition): void {
    const hosted = this.#byId.get(partition.topicId)
    if (hosted === undefined || !hosted.partitions.delete(partition.index)) return
    this.#count--
    if (hosted.partitions.size > 0) return
    this.#byId.delete(partition.topicId)
    if (this.#byName.get(partition.topic) === hosted) this.#byName.delete(partition.topic)
  }

  /** To be added to by who counts; null where this node hosts no partition of the topic. */
  trafficOf(topic: string): TopicTraffic | null {
    const hosted = this.#byName.get(topic)
    if (hosted === undefined) return null
    hosted.traffic ??= noTopicTraffic()
    return hosted.traffic
  }

  /** What was counted, by topic; none of those of which nothing was. */
  *topicTraffic(): IterableIterator<readonly [topic: string, traffic: TopicTraffic]> {
    for (const [topic, { traffic }] of this.#byName) if (traffic !== null) yield [topic, traffic]
  }

  /** By topic in the order in which they came. */
  *[Symbol.iterator](): IterableIterator<Partition> {
    for (const hosted of this.#byId.values()) yield* hosted.partitions.values()
  }
}
