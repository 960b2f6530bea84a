import type { ReplicationSettings } from '../../../src/replication/replica-manager.ts'

/** Kafka's defaults. */
export const REPLICATION_SETTINGS: ReplicationSettings = {
  replicaLagTimeMaxMs: 30_000,
  replicaHighWatermarkCheckpointIntervalMs: 5_000,
  fetchMaxBytes: 57_671_680,
  moveMaxBytesPerSecond: Number.MAX_SAFE_INTEGER,
  replicaFetchMaxBytes: 1_048_576,
  replicaFetchMinBytes: 1,
  replicaFetchWaitMaxMs: 500,
  replicaFetchResponseMaxBytes: 10_485_760,
  replicaFetchBackoffMs: 1000,
  replicaSocketTimeoutMs: 30_000,
  numReplicaFetchers: 1,
  isRackAware: false,
  leaderThrottledRate: Number.MAX_SAFE_INTEGER,
  followerThrottledRate: Number.MAX_SAFE_INTEGER,
  quotaWindowCount: 11,
  quotaWindowSizeMs: 1000,
}

/** No topic has throttled replicas. */
export const NOTHING_THROTTLED = { leader: () => [], follower: () => [] }
