import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { AppendRules, Refused } from '../../../protocol/records/append-rules.ts'
import { type RecordBatch, setBaseOffset, setLeaderEpoch } from '../../../protocol/records/batch.ts'
import { validateBatch } from '../../../protocol/records/validate-batch.ts'
import type { TimestampMs } from '../../base/ports.ts'
import { type LogConfig, UNLIMITED } from './log-config.ts'
import { refused } from './refusal.ts'
import type { AppendRefused } from './results.ts'

export interface LeaderBatchOptions {
  readonly origin: 'client' | 'coordinator'
  readonly config: LogConfig
  /** For messages: `topic-partition`. */
  readonly partition: string
  readonly firstOffset: number
  readonly leaderEpoch: number
  readonly logStartOffset: number
  readonly nowMs: TimestampMs
}

export interface LeaderBatch {
  readonly kind: 'valid'
  /** With its offsets and epoch, in the bytes given unless it had to be compressed anew. */
  readonly batch: RecordBatch
  /** -1 unless the topic stamps records itself */
  readonly logAppendTimeMs: TimestampMs
}

/** With these Kafka answers no log start offset. */
const WITHOUT_LOG_START: ReadonlySet<number> = new Set([ErrorCode.MESSAGE_TOO_LARGE, ErrorCode.RECORD_LIST_TOO_LARGE, ErrorCode.CORRUPT_MESSAGE])

/** Validates the one batch that a producer or coordinator hands over, and numbers it. */
export function checkLeaderBatch(bytes: Buffer, options: LeaderBatchOptions): LeaderBatch | AppendRefused {
  const { config } = options
  const validation = validateBatch(bytes, rulesOf(options))
  if (!validation.ok) return toRefusal(validation, options.logStartOffset)
  const { batch } = validation
  if (batch.sizeBytes > config.segmentBytes) {
    const detail = `Message batch size is ${batch.sizeBytes} bytes in append to partition ${options.partition}, which exceeds the maximum configured segment size of ${config.segmentBytes}.`
    return refused(ErrorCode.RECORD_LIST_TOO_LARGE, detail)
  }
  setBaseOffset(batch, options.firstOffset)
  setLeaderEpoch(batch, options.leaderEpoch)
  return { kind: 'valid', batch, logAppendTimeMs: config.messageTimestampType === 'LogAppendTime' ? options.nowMs : -1 }
}

function rulesOf({ origin, config, partition, nowMs }: LeaderBatchOptions): AppendRules {
  return {
    origin,
    topicPartition: partition,
    nowMs,
    maxMessageBytes: config.maxMessageBytes,
    compression: config.compressionType === 'uncompressed' ? 'none' : config.compressionType,
    compressionLevel: levelOf(config),
    timestampType: config.messageTimestampType,
    timestampBeforeMaxMs: limit(config.messageTimestampBeforeMaxMs),
    timestampAfterMaxMs: limit(config.messageTimestampAfterMaxMs),
    maxInflatedWholeBytes: config.maxInflatedWholeBytes,
    isCompacted: config.compact,
  }
}

function limit(ms: number): number {
  return ms >= UNLIMITED ? Number.POSITIVE_INFINITY : ms
}

function levelOf(config: LogConfig): number | undefined {
  if (config.compressionType === 'gzip') return config.compressionGzipLevel
  if (config.compressionType === 'lz4') return config.compressionLz4Level
  return config.compressionType === 'zstd' ? config.compressionZstdLevel : undefined
}

function toRefusal(refusal: Refused, logStartOffset: number): AppendRefused {
  return {
    kind: 'refused',
    errorCode: refusal.errorCode,
    message: refusal.errorMessage,
    recordErrors: refusal.recordErrors.map(({ batchIndex, batchIndexErrorMessage }) => ({ batchIndex, message: batchIndexErrorMessage })),
    logStartOffset: WITHOUT_LOG_START.has(refusal.errorCode) ? -1 : logStartOffset,
    detail: refusal.reason,
  }
}
