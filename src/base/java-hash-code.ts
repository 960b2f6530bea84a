/** Java's String.hashCode: over UTF-16 code units, in 32-bit arithmetic. */
export function javaHashCode(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index += 1) hash = (Math.imul(31, hash) + text.charCodeAt(index)) | 0
  return hash
}

/**
 * The order in which java.util.HashMap and HashSet give their keys: by bucket; those of one bucket as they were added. For what
 * Apache Kafka computes from that order and nodes of both kinds must compute alike.
 *
 * @param keys each once
 */
export function inHashMapOrder(keys: readonly string[]): string[] {
  let bucketCount = 16
  while (keys.length > bucketCount * 0.75) bucketCount *= 2
  const bucketOf = (key: string) => {
    const hash = javaHashCode(key)
    return (hash ^ (hash >>> 16)) & (bucketCount - 1)
  }
  return [...keys].sort((a, b) => bucketOf(a) - bucketOf(b))
}
