import type { Compression } from '../compression/codecs.ts'
import { ErrorCode } from '../error-codes.ts'
import { type AppendRules, refuse, type Validation } from './append-rules.ts'
import { NO_PRODUCER_ID, NO_TIMESTAMP, RecordBatch } from './batch.ts'
import { buildBatch } from './build-batch.ts'
import type { Record } from './record.ts'

/** The batch once more, in the codec that the topic wants; its records, which are `all`, numbered from 0. */
export function rebuildBatch(batch: RecordBatch, all: readonly Record[], rules: AppendRules, compression: Compression): Validation {
  const unfit = whyUnfit(batch, all)
  if (unfit !== null) return refuse(ErrorCode.UNKNOWN_SERVER_ERROR, `${unfit} cannot be compressed anew`)
  const { producerId, producerEpoch, baseSequence, isTransactional } = batch
  const options = { producerId, producerEpoch, baseSequence, isTransactional, compression, compressionLevel: rules.compressionLevel }
  const stamped = rules.timestampType === 'LogAppendTime' ? { ...options, logAppendTimeMs: rules.nowMs } : options
  const rebuilt = new RecordBatch(buildBatch(stamped, all))
  if (rebuilt.sizeBytes > rules.maxMessageBytes) {
    return refuse(ErrorCode.MESSAGE_TOO_LARGE, `record batch of ${rebuilt.sizeBytes} bytes, compressed anew, exceeds the configured ${rules.maxMessageBytes}`)
  }
  return { ok: true, batch: rebuilt, recordCount: all.length, maxTimestamp: rebuilt.maxTimestamp, isRebuilt: true }
}

/** What Kafka's builder does not take, and its broker answers with UNKNOWN_SERVER_ERROR. */
function whyUnfit(batch: RecordBatch, all: readonly Record[]): string | null {
  if (batch.producerId !== NO_PRODUCER_ID && batch.producerEpoch < 0) return `a batch of producer epoch ${batch.producerEpoch}`
  return all.some(({ timestamp }) => timestamp < NO_TIMESTAMP) ? 'records with negative timestamps' : null
}
