import { describe, expect, it } from 'vitest'
import { javaHashCode } from '../../../src/base/java-hash-code.ts'
import { partitionFor } from '../../../src/coordinator/partition-for.ts'

/** Key, String.hashCode() and Utils.abs(hash) % 50, of Kafka 4.3.1 on JDK 17. */
const observed: readonly (readonly [string, number, number])[] = [
  ['', 0, 0],
  ['my-group', -1906497762, 12],
  ['group-1', 293427299, 49],
  ['gruppe-äöü', -1284548840, 40],
  ['consumer-group-😀', 278777704, 4],
  ['polygenelubricants', -2147483648, 0],
]

describe('the partition of a group', () => {
  it.each(observed)('%j is where Kafka puts it', (key, hash, partition) => {
    expect(javaHashCode(key)).toBe(hash)
    expect(partitionFor(key, 50)).toBe(partition)
  })
})
