import type { NodeConfig } from '../../config/node-config.ts'
import type { ReplicationSettings } from '../../replication/replica-manager.ts'

const RACK_AWARE_SELECTOR = 'org.apache.kafka.common.replica.RackAwareReplicaSelector'

/** The replica manager's view of the node's configuration, read at each use. */
export function replicationSettings(config: NodeConfig): ReplicationSettings {
  return {
    get replicaLagTimeMaxMs() {
      return config.get('replica.lag.time.max.ms')
    },
    get replicaHighWatermarkCheckpointIntervalMs() {
      return config.get('replica.high.watermark.checkpoint.interval.ms')
    },
    get leaderThrottledRate() {
      return config.get('leader.replication.throttled.rate')
    },
    get followerThrottledRate() {
      return config.get('follower.replication.throttled.rate')
    },
    get quotaWindowCount() {
      return config.get('replication.quota.window.num')
    },
    get quotaWindowSizeMs() {
      return config.get('replication.quota.window.size.seconds') * 1000
    },
    isRackAware: config.get('replica.selector.class') === RACK_AWARE_SELECTOR,
    get fetchMaxBytes() {
      return config.get('fetch.max.bytes')
    },
    get moveMaxBytesPerSecond() {
      return config.get('replica.alter.log.dirs.io.max.bytes.per.second')
    },
    get numReplicaFetchers() {
      return config.get('num.replica.fetchers')
    },
    get replicaFetchMaxBytes() {
      return config.get('replica.fetch.max.bytes')
    },
    get replicaFetchMinBytes() {
      return config.get('replica.fetch.min.bytes')
    },
    get replicaFetchWaitMaxMs() {
      return config.get('replica.fetch.wait.max.ms')
    },
    get replicaFetchResponseMaxBytes() {
      return config.get('replica.fetch.response.max.bytes')
    },
    get replicaFetchBackoffMs() {
      return config.get('replica.fetch.backoff.ms')
    },
    get replicaSocketTimeoutMs() {
      return config.get('replica.socket.timeout.ms')
    },
  }
}
