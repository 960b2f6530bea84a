/**
 * What a client may do, as bits by the codes of Kafka's AclOperation, while nothing authorizes: everything that the kind of
 * resource knows. Source: KIP-430; AclEntry.supportedOperations.
 */
export const ALL_TOPIC_OPERATIONS = bits([3, 4, 5, 6, 7, 8, 10, 11])
export const ALL_CLUSTER_OPERATIONS = bits([5, 7, 8, 9, 10, 11, 12])

/** The client did not ask. */
export const OPERATIONS_NOT_ASKED = -2147483648

function bits(operations: readonly number[]): number {
  return operations.reduce((field, operation) => field | (1 << operation), 0)
}
