import { MetadataDeltaBuilder } from '../metadata/delta-builder.ts'
import { ConfigResourceType, configOverrides, type MetadataImage, type PartitionImage, type TopicImage } from '../metadata/image.ts'
import type { MetadataRecord } from '../metadata/metadata-record.ts'
import { hasOnlineDirectory } from '../metadata/online-directory.ts'
import { addName, type CollisionIndex, NO_COLLISIONS, removeName } from './topics/topic-names.ts'

/**
 * What the controller decides on: the cluster's state after the last record it wrote, committed or not. Immutable, so that
 * a state before any of its writes is had by keeping it, and a failed write is undone by going back to it.
 */
export interface ControllerState {
  readonly image: MetadataImage
  readonly collisions: CollisionIndex
}

/** The state when the controller begins to lead: what is committed. */
export function stateOf(image: MetadataImage): ControllerState {
  let collisions = NO_COLLISIONS
  for (const name of image.topics.byName.keys()) collisions = addName(collisions, name)
  return { image, collisions }
}

export interface WrittenAt {
  readonly lastOffset: number
  readonly epoch: number
  readonly nowMs: number
}

/** The state after `records`: the only way in which it changes. */
export function replayed(state: ControllerState, records: readonly MetadataRecord[], at: WrittenAt): ControllerState {
  const builder = new MetadataDeltaBuilder(state.image)
  for (const record of records) builder.replay(record)
  const { delta, image } = builder.finish({ offset: at.lastOffset, epoch: at.epoch, appendedMs: at.nowMs })
  let { collisions } = state
  for (const topic of delta.topics.deleted.values()) collisions = removeName(collisions, topic.name)
  for (const topic of delta.topics.changed.values()) if (topic.before === null) collisions = addName(collisions, topic.after.name)
  return { image, collisions }
}

/** Registered, not fenced and not on its way out: it may lead and be in sync. */
export function isActive(image: MetadataImage, brokerId: number): boolean {
  const broker = image.cluster.brokers.get(brokerId)
  return broker !== undefined && !broker.fenced && !broker.inControlledShutdown
}

/** Active, and the directory of its replica works: it may lead this partition. Source: ReplicationControlManager.LeaderAcceptor. */
export function mayLead(image: MetadataImage, partition: PartitionImage, brokerId: number): boolean {
  return isActive(image, brokerId) && hasDirectoryFor(image, partition, brokerId)
}

/** Whether the broker's replica is in a directory that works. */
export function hasDirectoryFor(image: MetadataImage, partition: PartitionImage, brokerId: number): boolean {
  const broker = image.cluster.brokers.get(brokerId)
  return broker !== undefined && hasOnlineDirectory(broker, partition.directories[partition.replicas.indexOf(brokerId)])
}

/** What the topic itself sets, by setting name. */
export function topicOverrides(image: MetadataImage, topic: string): ReadonlyMap<string, string> {
  return configOverrides(image, ConfigResourceType.TOPIC, topic)
}

export interface TopicPartitionImage {
  readonly topic: TopicImage
  readonly partitionId: number
  readonly partition: PartitionImage
}

/** The partitions for which `test` holds, topic by topic. */
export function* partitionsWhere(image: MetadataImage, test: (partition: PartitionImage) => boolean): IterableIterator<TopicPartitionImage> {
  for (const topic of image.topics.byId.values()) {
    for (const [partitionId, partition] of topic.partitions.entries()) if (test(partition)) yield { topic, partitionId, partition }
  }
}
