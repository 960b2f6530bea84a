import { readInt64, writeInt64 } from '../../../protocol/records/int64.ts'
import { IndexFile, type IndexStorage } from './index-file.ts'

const ENTRY_BYTES = 34
const VERSION = 0
const PRODUCER_ID = 2
const FIRST_OFFSET = 10
const LAST_OFFSET = 18
const LAST_STABLE_OFFSET = 26
const CURRENT_VERSION = 0

export interface AbortedTransactionEntry {
  readonly producerId: number
  readonly firstOffset: number
  /** of the abort marker */
  readonly lastOffset: number
  /** The last stable offset once this transaction had ended: below it, later entries cannot matter. */
  readonly lastStableOffset: number
}

/** `.txnindex`: the transactions whose abort marker is in a segment, by the marker's offset. Most segments have none, and no file. Source: `TransactionIndex` of Kafka. */
export class TransactionIndex {
  readonly file: IndexFile

  constructor(storage: IndexStorage, path: string) {
    this.file = new IndexFile({ ...storage, path, entryBytes: ENTRY_BYTES, isValid: isValidEntry })
  }

  /** Written at once: readers of committed records depend on it. */
  append(entry: AbortedTransactionEntry): void {
    const at = this.file.append()
    const entries = this.file.entries
    entries.writeInt16BE(CURRENT_VERSION, at + VERSION)
    writeInt64(entries, at + PRODUCER_ID, entry.producerId)
    writeInt64(entries, at + FIRST_OFFSET, entry.firstOffset)
    writeInt64(entries, at + LAST_OFFSET, entry.lastOffset)
    writeInt64(entries, at + LAST_STABLE_OFFSET, entry.lastStableOffset)
    this.file.write()
  }

  /** Adds to `found` the transactions that may have records in [fromOffset, toOffset). True when later segments cannot add any. */
  collect(fromOffset: number, toOffset: number, found: AbortedTransactionEntry[]): boolean {
    for (let slot = 0; slot < this.file.count; slot++) {
      const entry = this.#entry(slot)
      if (entry.lastOffset >= fromOffset && entry.firstOffset < toOffset) found.push(entry)
      if (entry.lastStableOffset >= toOffset) return true
    }
    return false
  }

  /** Drops the entries whose marker is at `offset` or above. */
  truncateTo(offset: number): void {
    let count = this.file.count
    while (count > 0 && this.#entry(count - 1).lastOffset >= offset) count--
    if (count === this.file.count) return
    this.file.truncate(count)
    this.file.write()
  }

  #entry(slot: number): AbortedTransactionEntry {
    const at = slot * ENTRY_BYTES
    const entries = this.file.entries
    return {
      producerId: readInt64(entries, at + PRODUCER_ID),
      firstOffset: readInt64(entries, at + FIRST_OFFSET),
      lastOffset: readInt64(entries, at + LAST_OFFSET),
      lastStableOffset: readInt64(entries, at + LAST_STABLE_OFFSET),
    }
  }
}

function isValidEntry(entries: Buffer, at: number): boolean {
  if (entries.readInt16BE(at + VERSION) !== CURRENT_VERSION) return false
  for (const field of [PRODUCER_ID, FIRST_OFFSET, LAST_OFFSET, LAST_STABLE_OFFSET]) {
    if (!Number.isSafeInteger(Number(entries.readBigInt64BE(at + field)))) return false
  }
  const lastOffset = readInt64(entries, at + LAST_OFFSET)
  return at === 0 || lastOffset > readInt64(entries, at - ENTRY_BYTES + LAST_OFFSET)
}
