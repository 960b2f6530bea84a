/**
 * What storage needs to know of a topic's settings: the topic's own values over the broker's defaults.
 * Names are Kafka's topic settings in camel case; times are milliseconds, sizes bytes. `Number.MAX_SAFE_INTEGER` or more stands for Kafka's largest long.
 */
export interface LogConfig {
  /** segment.bytes */
  readonly segmentBytes: number
  /** segment.ms */
  readonly segmentMs: number
  /** segment.jitter.ms */
  readonly segmentJitterMs: number
  /** segment.index.bytes */
  readonly segmentIndexBytes: number
  /** index.interval.bytes */
  readonly indexIntervalBytes: number
  /** flush.messages */
  readonly flushMessages: number
  /** flush.ms */
  readonly flushMs: number
  /** retention.bytes; -1 is without bound */
  readonly retentionBytes: number
  /** retention.ms; -1 is without bound */
  readonly retentionMs: number
  /** file.delete.delay.ms */
  readonly fileDeleteDelayMs: number
  /** max.message.bytes */
  readonly maxMessageBytes: number
  /** cleanup.policy holds `compact` */
  readonly compact: boolean
  /** cleanup.policy holds `delete` */
  readonly delete: boolean
  /** compression.type */
  readonly compressionType: 'producer' | 'uncompressed' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  /** compression.gzip.level */
  readonly compressionGzipLevel: number
  /** compression.lz4.level */
  readonly compressionLz4Level: number
  /** compression.zstd.level */
  readonly compressionZstdLevel: number
  /** message.timestamp.type */
  readonly messageTimestampType: 'CreateTime' | 'LogAppendTime'
  /** message.timestamp.before.max.ms */
  readonly messageTimestampBeforeMaxMs: number
  /** message.timestamp.after.max.ms */
  readonly messageTimestampAfterMaxMs: number
  /** odradek.decompression.max.bytes, the node's: to what snappy blocks, and records to be compressed anew, may inflate */
  readonly maxInflatedWholeBytes: number
}

/** Kafka's largest long in settings: no bound in practice. */
export const UNLIMITED = Number.MAX_SAFE_INTEGER

/** The values of Apache Kafka 4.3.1 when nobody set any. Source: `LogConfig` of its storage module. */
export const DEFAULT_LOG_CONFIG: LogConfig = {
  segmentBytes: 1_073_741_824,
  segmentMs: 604_800_000,
  segmentJitterMs: 0,
  segmentIndexBytes: 10_485_760,
  indexIntervalBytes: 4096,
  flushMessages: UNLIMITED,
  flushMs: UNLIMITED,
  retentionBytes: -1,
  retentionMs: 604_800_000,
  fileDeleteDelayMs: 60_000,
  maxMessageBytes: 1_048_588,
  compact: false,
  delete: true,
  compressionType: 'producer',
  compressionGzipLevel: -1,
  compressionLz4Level: 9,
  compressionZstdLevel: 3,
  messageTimestampType: 'CreateTime',
  messageTimestampBeforeMaxMs: UNLIMITED,
  messageTimestampAfterMaxMs: 3_600_000,
  maxInflatedWholeBytes: 67_108_864,
}
