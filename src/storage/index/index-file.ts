import { assert } from '../../base/assert.ts'
import type { Disk } from '../../base/ports.ts'
import { flushIfPresent, readWhole } from '../files/read-whole.ts'
import type { IndexMemory } from './index-memory.ts'

/** What all index files of a node share. */
export interface IndexStorage {
  readonly disk: Disk
  readonly memory: IndexMemory
}

export interface IndexFileOptions extends IndexStorage {
  readonly path: string
  readonly entryBytes: number
  /** Whether the entry at byte `at` of `entries` may follow the one before it; the first that may not ends the index. */
  readonly isValid: (entries: Buffer, at: number) => boolean
}

const FIRST_CAPACITY = 16

/**
 * A file of entries of one size, in memory while it is in use and read when first needed. Entries are appended in memory and
 * reach the file by `write`; who promises durability calls `flush`. An index is only ever a shortcut into the log, so entries
 * not written are no loss: recovery makes them again.
 *
 * Kafka keeps the active segment's index at its full size with zeros behind the entries, and cuts it when it is done; `isValid`
 * ends such an index where its entries end. The file is not kept open.
 */
export class IndexFile {
  readonly path: string
  readonly #disk: Disk
  readonly #memory: IndexMemory
  readonly #entryBytes: number
  readonly #isValid: (entries: Buffer, at: number) => boolean
  /** null while not loaded */
  #entries: Buffer | null = null
  #count = 0
  /** entries in the file */
  #written = 0
  /** bytes are in the file behind the entries written */
  #hasTail = false

  constructor(options: IndexFileOptions) {
    this.#disk = options.disk
    this.#memory = options.memory
    this.path = options.path
    this.#entryBytes = options.entryBytes
    this.#isValid = options.isValid
  }

  /** Entries in memory; whole ones at the front, `count` of them. Do not keep: the next append may replace the buffer. */
  get entries(): Buffer {
    return this.#entries ?? this.#load()
  }

  get count(): number {
    if (this.#entries === null) this.#load()
    return this.#count
  }

  /** The file holds all that is in memory. */
  get isWritten(): boolean {
    return this.#written === this.#count && !this.#hasTail
  }

  /** Bytes of memory in use. */
  get memoryBytes(): number {
    return this.#entries?.length ?? 0
  }

  /** For a segment just made: nothing is in the file, whatever is on the disk. */
  startEmpty(): void {
    this.#entries = Buffer.allocUnsafe(0)
    this.#count = 0
    this.#written = 0
    this.#hasTail = true
  }

  /** Makes room for one entry and returns where in `entries` its bytes belong. */
  append(): number {
    const at = this.count * this.#entryBytes
    let entries = this.entries
    if (at + this.#entryBytes > entries.length) {
      entries = Buffer.allocUnsafe(Math.max(FIRST_CAPACITY, this.#count * 2) * this.#entryBytes)
      this.entries.copy(entries, 0, 0, at)
      this.#entries = entries
    }
    this.#count++
    return at
  }

  truncate(count: number): void {
    assert(count <= this.count, 'an index is cut, not extended')
    this.#count = count
    if (count < this.#written) {
      this.#written = count
      this.#hasTail = true
    }
  }

  /** Brings the file to what is in memory; makes it when missing. */
  write(): void {
    if (this.#entries === null || this.isWritten) return
    const file = this.#disk.openSync(this.path, 'create')
    try {
      const from = this.#written * this.#entryBytes
      const to = this.#count * this.#entryBytes
      if (this.#hasTail) file.truncate(from)
      if (to > from) file.writeAt([this.#entries.subarray(from, to)], from)
    } finally {
      file.close()
    }
    this.#written = this.#count
    this.#hasTail = false
  }

  /** Writes, and resolves when the entries would survive a loss of power. */
  async flush(): Promise<void> {
    this.write()
    await flushIfPresent(this.#disk, this.path)
  }

  /** Gives back the memory. What was not written is lost: call `write` before, unless the file is to go. */
  unload(): void {
    this.#entries = null
    this.#memory.forget(this)
  }

  #load(): Buffer {
    const content = readWhole(this.#disk, this.path) ?? Buffer.allocUnsafe(0)
    const whole = content.length - (content.length % this.#entryBytes)
    let end = 0
    while (end < whole && this.#isValid(content, end)) end += this.#entryBytes
    this.#entries = content
    this.#count = end / this.#entryBytes
    this.#written = this.#count
    this.#hasTail = end < content.length
    this.#memory.admit(this)
    return content
  }
}
