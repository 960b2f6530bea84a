import type { NodeConfig } from '../../config/node-config.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import type { TopicConfig } from '../../config/topic-config.ts'
import type { LogConfig } from '../../storage/log/log-config.ts'
import type { LogManagerSettings } from '../../storage/log-manager-options.ts'

/** The log manager's view of the node's configuration, read at each use. */
export function logManagerSettings(config: NodeConfig, { logDirs }: Pick<NodeIdentity, 'logDirs'>): LogManagerSettings {
  return {
    logDirs,
    get cordonedLogDirs() {
      return config.get('cordoned.log.dirs')
    },
    get retentionCheckIntervalMs() {
      return config.get('log.retention.check.interval.ms')
    },
    get flushCheckIntervalMs() {
      return config.get('log.flush.scheduler.interval.ms')
    },
    get recoveryPointCheckpointIntervalMs() {
      return config.get('log.flush.offset.checkpoint.interval.ms')
    },
    get logStartOffsetCheckpointIntervalMs() {
      return config.get('log.flush.start.offset.checkpoint.interval.ms')
    },
    get producerIdExpirationMs() {
      return config.get('producer.id.expiration.ms')
    },
    get producerIdExpirationCheckIntervalMs() {
      return config.get('producer.id.expiration.check.interval.ms')
    },
    get recoveryConcurrency() {
      return config.get('num.recovery.threads.per.data.dir')
    },
    get maxOpenFiles() {
      return config.get('odradek.open.files.max')
    },
  }
}

/** What is in force for one topic, as its logs take it. A snapshot: to be made again when something changed. */
export function logConfigOf(config: TopicConfig, node: NodeConfig): LogConfig {
  const policies = config.get('cleanup.policy')
  return {
    segmentBytes: config.get('segment.bytes'),
    segmentMs: config.get('segment.ms'),
    segmentJitterMs: config.get('segment.jitter.ms'),
    segmentIndexBytes: config.get('segment.index.bytes'),
    indexIntervalBytes: config.get('index.interval.bytes'),
    flushMessages: config.get('flush.messages'),
    flushMs: config.get('flush.ms'),
    retentionBytes: config.get('retention.bytes'),
    retentionMs: config.get('retention.ms'),
    fileDeleteDelayMs: config.get('file.delete.delay.ms'),
    maxMessageBytes: config.get('max.message.bytes'),
    compact: policies.includes('compact'),
    delete: policies.includes('delete'),
    // The settings' checks allow nothing else.
    compressionType: config.get('compression.type') as LogConfig['compressionType'],
    compressionGzipLevel: config.get('compression.gzip.level'),
    compressionLz4Level: config.get('compression.lz4.level'),
    compressionZstdLevel: config.get('compression.zstd.level'),
    messageTimestampType: config.get('message.timestamp.type') as LogConfig['messageTimestampType'],
    messageTimestampBeforeMaxMs: config.get('message.timestamp.before.max.ms'),
    messageTimestampAfterMaxMs: config.get('message.timestamp.after.max.ms'),
    maxInflatedWholeBytes: node.get('odradek.decompression.max.bytes'),
  }
}
