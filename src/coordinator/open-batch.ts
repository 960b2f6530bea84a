import type { Compression } from '../../protocol/compression/codecs.ts'
import { RECORDS_POSITION } from '../../protocol/records/batch.ts'
import { buildBatch } from '../../protocol/records/build-batch.ts'
import type { Timer } from '../base/ports.ts'
import type { EncodedRecord } from './shard-machine.ts'

/** More than a record takes beside its key and value: length, attributes, timestamp, offset, and the lengths of both. */
const MAX_RECORD_OVERHEAD_BYTES = 21

/** Records that were replayed and wait to be appended together. */
export class OpenBatch {
  /** Where the log ended when the batch was opened: the state to which a failed append goes back. */
  readonly baseOffset: number
  readonly openedMs: number
  readonly maxBytes: number
  /** Appends the batch when its linger time is over. */
  linger: Timer | null = null
  readonly #records: EncodedRecord[] = []
  #sizeBytes = RECORDS_POSITION

  constructor(baseOffset: number, openedMs: number, maxBytes: number) {
    this.baseOffset = baseOffset
    this.openedMs = openedMs
    this.maxBytes = maxBytes
  }

  get isEmpty(): boolean {
    return this.#records.length === 0
  }

  /** The offset that the next record will have. */
  get nextOffset(): number {
    return this.baseOffset + this.#records.length
  }

  get isFull(): boolean {
    return this.#sizeBytes >= this.maxBytes
  }

  hasRoomFor(sizeBytes: number): boolean {
    return this.#sizeBytes + sizeBytes <= this.maxBytes
  }

  add(record: EncodedRecord): void {
    this.#records.push(record)
    this.#sizeBytes += recordSizeBytes(record)
  }

  /** The bytes to append; the log sets base offset and leader epoch. */
  build(compression: Compression, leaderEpoch: number): Buffer {
    const timestamp = this.openedMs
    const records = this.#records.map(({ key, value }) => ({ timestamp, key, value }))
    return buildBatch({ baseOffset: this.baseOffset, leaderEpoch, compression }, records)
  }
}

/** An upper bound of what `record` takes in an uncompressed batch. */
export function recordSizeBytes(record: EncodedRecord): number {
  return MAX_RECORD_OVERHEAD_BYTES + record.key.length + (record.value?.length ?? 0)
}
