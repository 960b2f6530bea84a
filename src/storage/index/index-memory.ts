/** An index in memory; `IndexFile` is one. */
export interface LoadedIndex {
  readonly memoryBytes: number
  /** Its file holds all that is in memory. */
  readonly isWritten: boolean
  unload(): void
}

/**
 * The bound of memory that indexes read back from files may take. When it is passed, those loaded longest ago are given
 * back, and read again when someone needs them. Indexes that grow by appends since their segment was made do not count.
 */
export class IndexMemory {
  readonly #maxBytes: number
  /** In the order of loading. */
  readonly #loaded = new Map<LoadedIndex, number>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  admit(index: LoadedIndex): void {
    const bytes = index.memoryBytes
    this.#loaded.set(index, bytes)
    this.#bytes += bytes
    if (this.#bytes > this.#maxBytes) this.#giveBack(index)
  }

  forget(index: LoadedIndex): void {
    this.#bytes -= this.#loaded.get(index) ?? 0
    this.#loaded.delete(index)
  }

  /** One with entries that its file lacks stays: its segment's next flush writes them. */
  #giveBack(except: LoadedIndex): void {
    for (const index of this.#loaded.keys()) {
      if (this.#bytes <= this.#maxBytes) return
      if (index !== except && index.isWritten) index.unload()
    }
  }
}
