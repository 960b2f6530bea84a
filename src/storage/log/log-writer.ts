import { ErrorCode } from '../../../protocol/error-codes.ts'
import { NO_PRODUCER_ID, type RecordBatch } from '../../../protocol/records/batch.ts'
import { assert } from '../../base/assert.ts'
import type { TimestampMs } from '../../base/ports.ts'
import { checkProducer } from '../producer/check-producer.ts'
import { firstOffsetOf } from '../producer/producer-entry.ts'
import { checkLeaderBatch } from './check-leader-batch.ts'
import type { LogDurability } from './log-durability.ts'
import type { LogHistory } from './log-history.ts'
import type { LogState } from './log-state.ts'
import { checkNumberedBatches } from './numbered-batches.ts'
import { refused } from './refusal.ts'
import type { AppendAsLeaderOptions, Appended, AppendRefused, AppendResult } from './results.ts'
import type { LogParts, SegmentRoller } from './segment-roller.ts'

/**
 * Appends to one log: whatever is wrong with a batch is found before its first byte is written, and when the call returns
 * segment, offsets, epochs and producers agree. The caller-facing promises stand at `PartitionLog`. This is the path of every
 * record: it makes no promise and awaits nothing.
 */
export class LogWriter {
  readonly #state: LogState
  readonly #history: LogHistory
  readonly #durability: LogDurability
  readonly #roller: SegmentRoller

  constructor({ state, history, durability, roller }: LogParts & { readonly roller: SegmentRoller }) {
    this.#state = state
    this.#history = history
    this.#durability = durability
    this.#roller = roller
  }

  appendAsLeader(bytes: Buffer, options: AppendAsLeaderOptions): AppendResult {
    const { origin, leaderEpoch, nowMs } = options
    if (origin === 'raft') return this.appendNumbered(bytes, origin, leaderEpoch, nowMs)
    const { config, name: partition, logStartOffset, logEndOffset: firstOffset } = this.#state
    const checked = checkLeaderBatch(bytes, { origin, leaderEpoch, nowMs, config, partition, firstOffset, logStartOffset })
    if (checked.kind === 'refused') return checked
    const { batch, logAppendTimeMs } = checked
    if (batch.producerId !== NO_PRODUCER_ID) {
      const answer = this.#checkProducer(batch, options)
      if (answer !== null) return answer
    }
    const { lastOffset } = batch
    this.#append(batch.bytes, [batch], nowMs)
    return this.#appended(firstOffset, lastOffset, logAppendTimeMs)
  }

  /** Whole batches whose offsets and epochs are set, and continue the log. */
  appendNumbered(bytes: Buffer, origin: 'raft' | 'replication', leaderEpoch: number, nowMs: TimestampMs): AppendResult {
    const { config, logEndOffset, name: partition } = this.#state
    const checked = checkNumberedBatches({ bytes, origin, leaderEpoch, logEndOffset, maxMessageBytes: config.maxMessageBytes, partition })
    if (checked.kind === 'refused') return checked
    const [first] = checked.batches
    const last = checked.batches.at(-1)
    if (first === undefined || last === undefined) return this.#appended(-1, -1, -1)
    if (checked.sizeBytes > config.segmentBytes) return this.#largerThanSegment(checked.sizeBytes)
    const firstOffset = first.baseOffset
    const { lastOffset } = last
    this.#append(bytes.subarray(0, checked.sizeBytes), checked.batches, nowMs)
    return this.#appended(firstOffset, lastOffset, -1)
  }

  #largerThanSegment(sizeBytes: number): AppendRefused {
    const { name, config } = this.#state
    const detail = `Message batch size is ${sizeBytes} bytes in append to partition ${name}, which exceeds the maximum configured segment size of ${config.segmentBytes}.`
    return refused(ErrorCode.RECORD_LIST_TOO_LARGE, detail)
  }

  /** The answer for a repeated batch, or the refusal of one that may not follow; null when it may be appended. */
  #checkProducer(batch: RecordBatch, { origin, transactionVersion = 0 }: AppendAsLeaderOptions): AppendResult | null {
    const entry = this.#history.producers.get(batch.producerId)
    if (origin === 'client' && entry !== undefined) {
      const known = this.#history.findRepeated(entry, batch)
      if (known !== null) return { ...this.#appended(firstOffsetOf(known), known.lastOffset, known.timestampMs), duplicate: true }
    }
    const { name: partition, logStartOffset } = this.#state
    const refusal = checkProducer(entry, { batch, origin, transactionVersion, partition, offset: batch.baseOffset })
    return refusal === null ? null : refused(refusal.errorCode, refusal.detail, logStartOffset)
  }

  #appended(firstOffset: number, lastOffset: number, logAppendTimeMs: TimestampMs): Appended {
    const { logStartOffset } = this.#state
    return { kind: 'appended', firstOffset, lastOffset, logAppendTimeMs, logStartOffset, duplicate: false, mustFlush: this.#durability.mustFlush }
  }

  /** Writes batches that were found good. */
  #append(bytes: Buffer, batches: readonly RecordBatch[], nowMs: TimestampMs): void {
    const state = this.#state
    state.guard(() => {
      state.verifyEnd()
      const [first] = batches
      const last = batches.at(-1)
      assert(first !== undefined && last !== undefined && first.baseOffset >= state.logEndOffset, 'batches continue the log')
      const { lastOffset } = last
      const maxTimestampMs = batches.reduce((max, batch) => Math.max(max, Number(batch.maxTimestamp)), -1)
      const question = { config: state.config, bytes: bytes.length, lastOffset, maxTimestampMs, nowMs }
      if (state.segments.active.shouldRoll(question)) this.#roller.rollAt(first.baseOffset)
      state.segments.active.append(bytes, batches, state.config.indexIntervalBytes)
      state.logEndOffset = lastOffset + 1
      state.hasChanged = true
      for (const batch of batches) this.#history.note(batch)
    })
  }
}
