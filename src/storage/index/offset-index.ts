import { IndexFile, type IndexStorage } from './index-file.ts'

/** Four bytes of offset relative to the segment's base, four bytes of position. */
export const OFFSET_INDEX_ENTRY_BYTES = 8
const POSITION = 4
export const MAX_RELATIVE_OFFSET = 0x7fff_ffff

export interface OffsetPosition {
  readonly offset: number
  /** byte in the segment's log file */
  readonly position: number
}

/**
 * `.index`: from some offsets of a segment to where their batches begin. An entry holds the last offset of a batch and the
 * position of that batch, both rising. Source: `OffsetIndex` of Kafka.
 */
export class OffsetIndex {
  readonly file: IndexFile
  readonly #baseOffset: number

  constructor(storage: IndexStorage, path: string, baseOffset: number) {
    this.file = new IndexFile({ ...storage, path, entryBytes: OFFSET_INDEX_ENTRY_BYTES, isValid: risesFromEntryBefore })
    this.#baseOffset = baseOffset
  }

  isFull(maxIndexBytes: number): boolean {
    return this.file.count >= Math.floor(maxIndexBytes / OFFSET_INDEX_ENTRY_BYTES)
  }

  /** The last entry, or the start of the segment. */
  get last(): OffsetPosition {
    return this.#entry(this.file.count - 1)
  }

  append(offset: number, position: number): void {
    const at = this.file.append()
    this.file.entries.writeInt32BE(offset - this.#baseOffset, at)
    this.file.entries.writeInt32BE(position, at + POSITION)
  }

  /** The entry with the largest offset not above `offset`, or the start of the segment. */
  lookup(offset: number): OffsetPosition {
    return this.#entry(this.#firstAbove(0, offset - this.#baseOffset) - 1)
  }

  /** The offset of the first entry whose position is not below `position`; null behind the last one. */
  offsetAtOrAbovePosition(position: number): number | null {
    const slot = this.#firstAbove(POSITION, position - 1)
    return slot < this.file.count ? this.#entry(slot).offset : null
  }

  /** Drops the entries of `offset` and above. */
  truncateTo(offset: number): void {
    this.file.truncate(this.#firstAbove(0, offset - this.#baseOffset - 1))
  }

  #entry(slot: number): OffsetPosition {
    if (slot < 0) return { offset: this.#baseOffset, position: 0 }
    const at = slot * OFFSET_INDEX_ENTRY_BYTES
    const entries = this.file.entries
    return { offset: this.#baseOffset + entries.readInt32BE(at), position: entries.readInt32BE(at + POSITION) }
  }

  /** The first slot whose number at byte `field` is above `value`. Both fields rise. */
  #firstAbove(field: number, value: number): number {
    let low = 0
    let high = this.file.count
    const entries = this.file.entries
    while (low < high) {
      const middle = (low + high) >>> 1
      if (entries.readInt32BE(middle * OFFSET_INDEX_ENTRY_BYTES + field) > value) high = middle
      else low = middle + 1
    }
    return low
  }
}

/** The first entry comes only after some bytes of log: a position of 0 is preallocated space. */
function risesFromEntryBefore(entries: Buffer, at: number): boolean {
  const offset = entries.readInt32BE(at)
  const position = entries.readInt32BE(at + POSITION)
  if (at === 0) return offset >= 0 && position > 0
  const before = at - OFFSET_INDEX_ENTRY_BYTES
  return offset > entries.readInt32BE(before) && position > entries.readInt32BE(before + POSITION)
}
