const INTERNAL_TOPICS: ReadonlySet<string> = new Set(['__consumer_offsets', '__transaction_state', '__share_group_state'])

/** The topics of coordinators: only they write to them. Source: org.apache.kafka.common.internals.Topic. */
export function isInternalTopic(topic: string): boolean {
  return INTERNAL_TOPICS.has(topic)
}
