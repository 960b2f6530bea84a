/** One partition of one topic, by name. Where a topic may be deleted and made again, its topic id goes along. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/**
 * `topic-partition`: the key of Maps, and the name of the partition's directory. Unambiguous although topics may hold `-`,
 * since the partition is a plain number behind the last one.
 */
export function topicPartitionKey(topic: string, partition: number): string {
  return `${topic}-${partition}`
}

/**
 * The reverse of `topicPartitionKey`: null when `text` has no partition behind its last `-`, or one written otherwise than
 * `topicPartitionKey` writes it (`a-01`).
 */
export function parseTopicPartitionKey(text: string): TopicPartition | null {
  const dash = text.lastIndexOf('-')
  const digits = text.slice(dash + 1)
  if (dash < 1 || !/^(0|[1-9][0-9]{0,9})$/.test(digits)) return null
  const partition = Number(digits)
  return partition > 0x7fff_ffff ? null : { topic: text.slice(0, dash), partition }
}
