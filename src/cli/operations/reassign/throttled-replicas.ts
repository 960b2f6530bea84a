/**
 * The value of `leader.` and `follower.replication.throttled.replicas`: `partition:broker,…`, `*` for all, `none`.
 * Source: the configuration reference of Apache Kafka 4.3.1; KIP-73.
 */
const ALL = '*'
const NONE = 'none'

/** What is there already, and these besides. @param present null where nothing is */
export function mergedReplicas(present: string | null, replicas: readonly string[]): string {
  const before = present === null || present === NONE ? [] : named(present)
  return before.includes(ALL) ? ALL : [...new Set([...before, ...replicas])].join(',')
}

/** The brokers that these values name; null for all. */
export function throttledBrokers(values: readonly string[]): ReadonlySet<number> | null {
  const replicas = values.filter((value) => value !== NONE).flatMap(named)
  return replicas.includes(ALL) ? null : new Set(replicas.map((replica) => Number(replica.split(':')[1])))
}

function named(value: string): readonly string[] {
  return value
    .split(',')
    .map((replica) => replica.trim())
    .filter((replica) => replica !== '')
}
