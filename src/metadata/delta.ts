import type { Uuid } from '../../protocol/uuid.ts'
import type { MetadataImage, TopicImage } from './image.ts'

/**
 * What one or more committed batches changed. Each set names what to look up in the image after, and in `before`
 * what it was; what is in neither set is the same in both images.
 */
export interface MetadataDelta {
  readonly before: MetadataImage
  readonly topics: TopicsDelta
  /** Ids of brokers that were registered, changed or removed. */
  readonly brokers: ReadonlySet<number>
  readonly controllers: ReadonlySet<number>
  /** By `configKey`. */
  readonly configs: ReadonlyMap<string, ChangedResource>
  readonly features: ReadonlySet<string>
  /** Keys as in the image. */
  readonly clientQuotas: ReadonlySet<string>
  readonly acls: ReadonlySet<Uuid>
  readonly scram: ReadonlySet<string>
  readonly delegationTokens: ReadonlySet<string>
  readonly producerIds: boolean
}

export interface ChangedResource {
  readonly type: number
  readonly name: string
}

export interface TopicsDelta {
  /** Created topics and those of which a partition changed. A topic deleted and made again under its name is in both. */
  readonly changed: ReadonlyMap<Uuid, TopicDelta>
  /** As they were before. A topic that was both made and deleted within the delta is in neither. */
  readonly deleted: ReadonlyMap<Uuid, TopicImage>
}

export interface TopicDelta {
  /** null for a new topic. */
  readonly before: TopicImage | null
  readonly after: TopicImage
  /** Indexes of partitions that are new or changed, ascending. */
  readonly partitions: readonly number[]
}

/**
 * One who follows the cluster's state. Called for each delta in order, the next time only after the promise resolved;
 * what waits for a record to be *applied* (a CreateTopics reply) waits for all publishers. A rejection is a broken
 * invariant: it stops the node. The first call brings everything, with `before` empty.
 */
export interface MetadataPublisher {
  readonly name: string
  onUpdate(delta: MetadataDelta, image: MetadataImage): void | Promise<void>
}
