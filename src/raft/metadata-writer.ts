import { assert } from '../base/assert.ts'
import type { Clock } from '../base/ports.ts'
import type { ControlRecord } from './control-records.ts'
import { type BatchPlace, encodeControlBatch, encodeDataBatch, type LogBatch } from './log-batches.ts'
import type { PendingAppends } from './pending-appends.ts'
import type { RaftLog } from './raft-log.ts'
import type { RecordSerde } from './record-serde.ts'
import type { LogFlusher } from './shell/log-flusher.ts'

export interface AppendReceipt {
  /** Of the first record. */
  readonly baseOffset: number
  readonly lastOffset: number
  /** Resolves when all records are committed and the state machine has them; rejects when that became uncertain. */
  readonly committed: Promise<void>
}

export interface MetadataWriterOptions<T> {
  readonly log: RaftLog
  readonly serde: RecordSerde<T>
  readonly clock: Clock
  /** What was appended and waits for its commit. */
  readonly pending: PendingAppends<T>
  readonly flusher: Pick<LogFlusher, 'flushSoon'>
  /**
   * The log grew from `baseOffset` on; `control` are the control records. What was appended is pending by then: who hears of it may find
   * that this node leads no longer, and fail all that is pending.
   */
  readonly onAppended: (baseOffset: number, control: readonly ControlRecord[]) => void
  readonly onFailure: (cause: unknown, message: string) => void
}

/** Kafka's bound of records in one batch of the metadata log. */
const RECORDS_PER_BATCH = 10_000

/** Writes to the metadata log for its leader: batches of records and of control records, in its epoch. */
export class MetadataWriter<T> {
  readonly #options: MetadataWriterOptions<T>

  constructor(options: MetadataWriterOptions<T>) {
    this.#options = options
  }

  /** See `RaftNode.append`. */
  append(epoch: number, records: readonly T[]): AppendReceipt {
    assert(records.length > 0, 'an append has records')
    const baseOffset = this.#options.log.logEndOffset
    const committed: Promise<void>[] = []
    for (let start = 0; start < records.length; start += RECORDS_PER_BATCH) {
      committed.push(this.#options.pending.add(this.#appendBatch(epoch, records.slice(start, start + RECORDS_PER_BATCH))))
    }
    this.#options.onAppended(baseOffset, [])
    this.#options.flusher.flushSoon()
    return { baseOffset, lastOffset: this.#options.log.logEndOffset - 1, committed: Promise.all(committed).then(() => undefined) }
  }

  /** Nobody waits for these: what is appended next is committed with them. */
  appendControl(epoch: number, control: Parameters<typeof encodeControlBatch>[1]): void {
    const place = { baseOffset: this.#options.log.logEndOffset, epoch, nowMs: this.#options.clock.nowMs() }
    const bytes = encodeControlBatch(place, control)
    this.#write(bytes, place)
    this.#options.pending.addUnawaited(pendingBatch({ place, count: control.length, bytes, control, records: [] }))
    this.#options.onAppended(place.baseOffset, control)
    this.#options.flusher.flushSoon()
  }

  #appendBatch(epoch: number, records: readonly T[]): LogBatch<T> {
    const place = { baseOffset: this.#options.log.logEndOffset, epoch, nowMs: this.#options.clock.nowMs() }
    const bytes = encodeDataBatch(
      place,
      records.map((record) => this.#options.serde.encode(record)),
    )
    this.#write(bytes, place)
    return pendingBatch({ place, count: records.length, bytes, control: [], records })
  }

  #write(bytes: Buffer, place: BatchPlace): void {
    const { log } = this.#options
    try {
      const result = log.appendAsLeader(bytes, { leaderEpoch: place.epoch, origin: 'raft', nowMs: place.nowMs })
      assert(result.kind === 'appended', 'the metadata log takes what its leader writes')
    } catch (error) {
      this.#options.onFailure(error, 'cannot write to the metadata log')
      throw error
    }
  }
}

function pendingBatch<T>(options: {
  readonly place: { readonly baseOffset: number; readonly epoch: number; readonly nowMs: number }
  readonly count: number
  readonly bytes: Buffer
  readonly control: LogBatch<T>['control']
  readonly records: readonly T[]
}): LogBatch<T> {
  const { place, count, bytes, control, records } = options
  return {
    baseOffset: place.baseOffset,
    lastOffset: place.baseOffset + count - 1,
    epoch: place.epoch,
    appendedMs: place.nowMs,
    sizeBytes: bytes.length,
    records,
    control,
  }
}
