import type { TimestampMs } from '../../base/ports.ts'
import { readTimestamp, writeTimestamp } from '../files/timestamps.ts'
import { IndexFile, type IndexStorage } from './index-file.ts'

/** Eight bytes of timestamp, four bytes of offset relative to the segment's base. */
export const TIME_INDEX_ENTRY_BYTES = 12
const RELATIVE_OFFSET = 8

export interface TimestampOffset {
  /** -1 when no record had a timestamp */
  readonly timestampMs: TimestampMs
  readonly offset: number
}

/**
 * `.timeindex`: the largest timestamp so far in a segment, and the offset where it was reached, at some points of the
 * segment. Timestamps rise; offsets do not fall. Source: `TimeIndex` of Kafka.
 */
export class TimeIndex {
  readonly file: IndexFile
  readonly #baseOffset: number

  constructor(storage: IndexStorage, path: string, baseOffset: number) {
    this.file = new IndexFile({ ...storage, path, entryBytes: TIME_INDEX_ENTRY_BYTES, isValid: risesFromEntryBefore })
    this.#baseOffset = baseOffset
  }

  /** One entry is kept free for the last timestamp, written when the segment is finished. */
  isFull(maxIndexBytes: number): boolean {
    return this.file.count >= Math.floor(maxIndexBytes / TIME_INDEX_ENTRY_BYTES) - 1
  }

  get last(): TimestampOffset {
    return this.#entry(this.file.count - 1)
  }

  /** Appends when the timestamp is above the last one; an offset that went back (it cannot) is not recorded. */
  maybeAppend(timestampMs: TimestampMs, offset: number): void {
    const last = this.last
    if (timestampMs <= last.timestampMs || offset < last.offset) return
    const at = this.file.append()
    writeTimestamp(this.file.entries, at, timestampMs)
    this.file.entries.writeInt32BE(offset - this.#baseOffset, at + RELATIVE_OFFSET)
  }

  /** The entry with the largest timestamp not above `timestampMs`; (-1, base offset) when there is none. */
  lookup(timestampMs: TimestampMs): TimestampOffset {
    let low = 0
    let high = this.file.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#entry(middle).timestampMs > timestampMs) high = middle
      else low = middle + 1
    }
    return this.#entry(low - 1)
  }

  /** Drops the entries of `offset` and above. */
  truncateTo(offset: number): void {
    let count = this.file.count
    while (count > 0 && this.#entry(count - 1).offset >= offset) count--
    this.file.truncate(count)
  }

  #entry(slot: number): TimestampOffset {
    if (slot < 0) return { timestampMs: -1, offset: this.#baseOffset }
    const at = slot * TIME_INDEX_ENTRY_BYTES
    const entries = this.file.entries
    return { timestampMs: readTimestamp(entries, at), offset: this.#baseOffset + entries.readInt32BE(at + RELATIVE_OFFSET) }
  }
}

function risesFromEntryBefore(entries: Buffer, at: number): boolean {
  const timestampMs = readTimestamp(entries, at)
  const offset = entries.readInt32BE(at + RELATIVE_OFFSET)
  if (at === 0) return timestampMs >= 0 && offset >= 0
  const before = at - TIME_INDEX_ENTRY_BYTES
  return timestampMs > readTimestamp(entries, before) && offset >= entries.readInt32BE(before + RELATIVE_OFFSET)
}
