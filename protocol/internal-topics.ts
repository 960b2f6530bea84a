/**
 * Topics that Kafka keeps for itself, under the names by which clients, tools and nodes know them.
 * Source: org.apache.kafka.common.internals.Topic.
 */
export const OFFSETS_TOPIC = '__consumer_offsets'
export const TRANSACTION_STATE_TOPIC = '__transaction_state'
export const SHARE_STATE_TOPIC = '__share_group_state'

/** Named like a topic, and none: the log of the metadata quorum. See `METADATA_TOPIC_ID`. */
export const METADATA_TOPIC = '__cluster_metadata'

const INTERNAL_TOPICS: ReadonlySet<string> = new Set([OFFSETS_TOPIC, TRANSACTION_STATE_TOPIC, SHARE_STATE_TOPIC])

/** The topics of coordinators: only they write to them, and clients leave them out when they list topics. */
export function isInternalTopic(name: string): boolean {
  return INTERNAL_TOPICS.has(name)
}
