import type { CoordinatorSettings } from '../coordinator/coordinator-runtime.ts'

/** The settings of the group coordinator, under Kafka's names in brackets. Read at each use: they may change while the node runs. */
export interface GroupSettings extends CoordinatorSettings {
  /** [offsets.topic.num.partitions], as the topic was made. */
  readonly offsetsTopicPartitionCount: number
  /** [group.min.session.timeout.ms] */
  readonly minSessionTimeoutMs: number
  /** [group.max.session.timeout.ms] */
  readonly maxSessionTimeoutMs: number
  /** [group.initial.rebalance.delay.ms] */
  readonly initialRebalanceDelayMs: number
  /** [odradek.member.connection.grace.ms]: how long a member without a connection stays; -1: until its session ends. */
  readonly memberConnectionGraceMs: number
  /** [group.max.size] */
  readonly maxGroupSize: number
  /** [offset.metadata.max.bytes], counted in characters, as Kafka does. */
  readonly offsetMetadataMaxLength: number
  /** [offsets.retention.minutes], in milliseconds. */
  readonly offsetsRetentionMs: number
  /** [offsets.retention.check.interval.ms] */
  readonly offsetsRetentionCheckIntervalMs: number
}

/** How long a new member may wait for its first rebalance before it is taken for dead. Source: GroupCoordinatorConfig.CLASSIC_GROUP_NEW_MEMBER_JOIN_TIMEOUT_MS. */
export const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1000
