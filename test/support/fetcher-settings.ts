import type { FetcherSettings } from '../../src/replication/follower/replica-fetcher.ts'

/** Kafka's defaults. */
export const FETCHER_SETTINGS: FetcherSettings & { readonly numReplicaFetchers: number } = {
  replicaFetchMaxBytes: 1_048_576,
  replicaFetchMinBytes: 1,
  replicaFetchWaitMaxMs: 500,
  replicaFetchResponseMaxBytes: 10_485_760,
  replicaFetchBackoffMs: 1000,
  replicaSocketTimeoutMs: 30_000,
  numReplicaFetchers: 1,
}
