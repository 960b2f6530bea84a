import { javaHashCode } from '../base/java-hash-code.ts'

/**
 * The partition of a coordinator's internal topic that keeps the state of `key` (a group id, a transactional id).
 * Part of the protocol: clients find the same coordinator on every broker, and the data stays where Apache Kafka put it.
 *
 * @param partitionCount from 1
 * Source: org.apache.kafka.common.utils.Utils.abs(String.hashCode()) % partitions; the most negative hash gives 0.
 */
export function partitionFor(key: string, partitionCount: number): number {
  const hash = javaHashCode(key)
  return (hash === -0x8000_0000 ? 0 : Math.abs(hash)) % partitionCount
}
