import type { DiskFile, OpenMode, TimestampMs } from '../../base/ports.ts'
import { systemError } from '../system-error.ts'
import { closedFileError, readOnlyFileError, toDiskError } from './disk-errors.ts'

const PAGE_BYTES = 64 * 1024
/** Of a page that is begun: many files are small. It grows by doubling. */
const LEAST_PAGE_BYTES = 512

const NOTHING = Buffer.alloc(0)

/** What all files of one disk may hold together. */
export interface MemoryBudget {
  readonly capacityBytes: number
  usedBytes: number
}

/** The bytes of a file, in pages. What was never written is zeros: pages that are not there, and what pages are too short to hold. */
export class MemoryContent {
  readonly #budget: MemoryBudget
  readonly #pages = new Map<number, Buffer>()
  #sizeBytes = 0
  #isCounted = true
  modifiedMs: TimestampMs

  constructor(budget: MemoryBudget, nowMs: TimestampMs) {
    this.#budget = budget
    this.modifiedMs = nowMs
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  read(target: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(target.length, this.#sizeBytes - position))
    for (let done = 0; done < count; ) {
      const { index, start, length } = pageAt(position + done, count - done)
      const held = this.#pages.get(index)?.subarray(start, start + length) ?? NOTHING
      target.set(held, done)
      target.fill(0, done + held.length, done + length)
      done += length
    }
    return count
  }

  /** Returns false, with a part written, when the disk is full. */
  write(bytes: Uint8Array, position: number): boolean {
    for (let done = 0; done < bytes.length; ) {
      const { index, start, length } = pageAt(position + done, bytes.length - done)
      const page = this.#page(index, start + length)
      if (page === null) return false
      page.set(bytes.subarray(done, done + length), start)
      done += length
      this.#sizeBytes = Math.max(this.#sizeBytes, position + done)
    }
    return true
  }

  truncate(sizeBytes: number): void {
    const lastPage = Math.floor(sizeBytes / PAGE_BYTES)
    for (const index of [...this.#pages.keys()]) if (index * PAGE_BYTES >= sizeBytes) this.#dropPage(index)
    this.#pages
      .get(lastPage)
      ?.subarray(sizeBytes % PAGE_BYTES)
      .fill(0)
    this.#sizeBytes = sizeBytes
  }

  /** It has no name any more: whoever has it open still may use it, and it is not counted. */
  removed(): void {
    for (const page of this.#pages.values()) this.#count(-page.length)
    this.#isCounted = false
  }

  /** A page that holds at least its first `sizeBytes`; null when the disk is full. */
  #page(index: number, sizeBytes: number): Buffer | null {
    const found = this.#pages.get(index) ?? NOTHING
    if (found.length >= sizeBytes) return found
    const capacity = Math.max(LEAST_PAGE_BYTES, 2 ** Math.ceil(Math.log2(sizeBytes)))
    if (!this.#count(capacity - found.length)) return null
    const page = Buffer.alloc(capacity)
    found.copy(page)
    this.#pages.set(index, page)
    return page
  }

  #dropPage(index: number): void {
    this.#count(-(this.#pages.get(index)?.length ?? 0))
    this.#pages.delete(index)
  }

  /** False when the disk has no room for so many bytes more. */
  #count(bytes: number): boolean {
    if (!this.#isCounted) return true
    if (this.#budget.usedBytes + bytes > this.#budget.capacityBytes) return false
    this.#budget.usedBytes += bytes
    return true
  }
}

function pageAt(position: number, length: number): { readonly index: number; readonly start: number; readonly length: number } {
  const start = position % PAGE_BYTES
  return { index: Math.floor(position / PAGE_BYTES), start, length: Math.min(length, PAGE_BYTES - start) }
}

/** An open file of a `MemoryDisk`. */
export class MemoryFile implements DiskFile {
  readonly path: string
  readonly #content: MemoryContent
  readonly #mode: OpenMode
  readonly #now: () => TimestampMs
  #isClosed = false

  constructor(path: string, content: MemoryContent, mode: OpenMode, now: () => TimestampMs) {
    this.path = path
    this.#content = content
    this.#mode = mode
    this.#now = now
  }

  readAt(target: Uint8Array, position: number): number {
    this.#requireOpen()
    return this.#content.read(target, position)
  }

  async readAtAsync(target: Uint8Array, position: number): Promise<number> {
    return this.readAt(target, position)
  }

  writeAt(chunks: readonly Uint8Array[], position: number): void {
    this.#requireWritable()
    let at = position
    for (const chunk of chunks) {
      if (!this.#content.write(chunk, at)) throw toDiskError('Writing to', this.path, systemError('ENOSPC'))
      at += chunk.length
    }
    this.#content.modifiedMs = this.#now()
  }

  truncate(sizeBytes: number): void {
    this.#requireWritable()
    this.#content.truncate(sizeBytes)
    this.#content.modifiedMs = this.#now()
  }

  sizeBytes(): number {
    this.#requireOpen()
    return this.#content.sizeBytes
  }

  async flush(): Promise<void> {
    this.#requireOpen()
  }

  close(): void {
    this.#isClosed = true
  }

  #requireOpen(): void {
    if (this.#isClosed) throw closedFileError(this.path)
  }

  #requireWritable(): void {
    this.#requireOpen()
    if (this.#mode === 'read') throw readOnlyFileError(this.path)
  }
}
