import type { NodeConfig } from '../config/node-config.ts'
import type { ReplicationSettings } from '../replication/replica-manager.ts'

/** The replica manager's view of the node's configuration, read at each use. */
export function replicationSettings(config: NodeConfig): ReplicationSettings {
  return {
    get replicaLagTimeMaxMs() {
      return config.get('replica.lag.time.max.ms')
    },
    get replicaHighWatermarkCheckpointIntervalMs() {
      return config.get('replica.high.watermark.checkpoint.interval.ms')
    },
    get fetchMaxBytes() {
      return config.get('fetch.max.bytes')
    },
    get moveMaxBytesPerSecond() {
      return config.get('replica.alter.log.dirs.io.max.bytes.per.second')
    },
  }
}
