/**
 * The items in the order in which a Java HashMap that was filled with them gives them: Kafka's tools print some tables so.
 * Source: the documentation of java.util.HashMap and of String#hashCode; no bucket has more than a few entries here.
 */
export function inJavaHashOrder<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const capacity = capacityFor(items.length)
  return items
    .map((item, index) => ({ item, index, bucket: spread(hashCode(keyOf(item))) & (capacity - 1) }))
    .toSorted((one, other) => one.bucket - other.bucket || one.index - other.index)
    .map(({ item }) => item)
}

const FIRST_CAPACITY = 16
const LOAD_FACTOR = 0.75

function capacityFor(count: number): number {
  let capacity = FIRST_CAPACITY
  while (count > capacity * LOAD_FACTOR) capacity *= 2
  return capacity
}

function hashCode(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash
}

function spread(hash: number): number {
  return hash ^ (hash >>> 16)
}
