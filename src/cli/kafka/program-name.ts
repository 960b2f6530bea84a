/** `kafka-topics` for `kafka-topics` and `kafka-topics.sh`; null for what has no name of Kafka's. */
export function kafkaProgramName(word: string): string | null {
  const name = word.replace(/\.(sh|bat)$/, '')
  return name.startsWith('kafka-') ? name : null
}
