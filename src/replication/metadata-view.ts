import type { Uuid } from '../../protocol/uuid.ts'

/** What the metadata log says of one partition. Source: PartitionRecord; org.apache.kafka.metadata.PartitionRegistration. */
export interface PartitionRegistration {
  readonly replicas: readonly number[]
  /** The log directory of each replica, in the order of `replicas`. */
  readonly directories: readonly Uuid[]
  readonly isr: readonly number[]
  readonly removingReplicas: readonly number[]
  readonly addingReplicas: readonly number[]
  /** -1 while there is none. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
}

/** One partition of this node's concern that a committed batch changed; `registration` is null when its topic was deleted. */
export interface PartitionChange {
  readonly topic: string
  readonly topicId: Uuid
  readonly partition: number
  readonly registration: PartitionRegistration | null
}

/** What replication follows of the metadata log. A delta of `src/metadata/` is turned into it by `src/node/`. */
export interface ReplicationDelta {
  /** Deletions first, so that a topic made again under the same name in one batch finds its place free. */
  readonly changes: Iterable<PartitionChange>
}
