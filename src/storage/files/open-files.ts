import { assert } from '../../base/assert.ts'
import type { Disk, DiskFile } from '../../base/ports.ts'

/**
 * A file that is opened when first needed and may be closed behind its owner's back when others need the descriptor.
 * Take the `DiskFile` anew for every synchronous use; asynchronous ones go through `use`. What its owner closed is not used
 * again, but by calls that were under way.
 */
export class LazyFile {
  readonly path: string
  readonly #openFiles: OpenFiles
  #file: DiskFile | null = null
  #users = 0
  #isDone = false
  /** Set at every use but the one that opens it, so that files read once go first; cleared by the hand of the clock that looks for one to close. */
  isRecentlyUsed = false

  constructor(openFiles: OpenFiles, path: string) {
    this.#openFiles = openFiles
    this.path = path
  }

  get isOpen(): boolean {
    return this.#file !== null
  }

  /** An asynchronous call needs it: only its owner may close it. */
  get isInUse(): boolean {
    return this.#users > 0
  }

  /** Opens in this call when it is closed. */
  get(mode: 'write' | 'create' = 'write'): DiskFile {
    if (this.#file === null) return this.#hold(this.#openFiles.disk.openSync(this.path, mode))
    this.isRecentlyUsed = true
    return this.#file
  }

  /** Opens without holding the event loop, and keeps the file open while `work` uses it. */
  async use<T>(work: (file: DiskFile) => Promise<T>): Promise<T> {
    this.#users++
    try {
      return await work(await this.#getAsync())
    } finally {
      this.#users--
      // The owner may have closed it while it was being opened.
      if (this.#isDone && this.#users === 0) this.letGo()
    }
  }

  /** For its owner, who needs it no longer. */
  close(): void {
    this.#isDone = true
    this.letGo()
  }

  /** Only for `OpenFiles`: closes it until it is used again. */
  letGo(): void {
    const file = this.#file
    if (file === null) return
    this.#file = null
    this.#openFiles.forget(this)
    file.close()
  }

  async #getAsync(): Promise<DiskFile> {
    if (this.#file !== null) return this.get()
    const opened = await this.#openFiles.disk.open(this.path, 'write')
    if (this.#file === null) return this.#hold(opened)
    opened.close()
    return this.#file
  }

  #hold(file: DiskFile): DiskFile {
    this.#file = file
    this.isRecentlyUsed = false
    this.#openFiles.admit(this)
    return file
  }
}

/** Of the open files, when there are too many in the process. */
const SHARE_CLOSED = 0.125
/** So many stay allowed whatever others take. */
const LEAST_OPEN = 16

/**
 * The descriptor budget of a node's logs: at most `maxOpen` of its files are open, or as many as asynchronous calls use. The one that makes room is found by the
 * clock algorithm, so using a file costs one store and files in steady use stay open.
 */
export class OpenFiles {
  readonly disk: Disk
  #maxOpen: number
  readonly #held: LazyFile[] = []
  #hand = 0

  constructor(disk: Disk, maxOpen: number) {
    assert(maxOpen >= 1, 'at least one file may be open')
    this.disk = disk
    this.#maxOpen = maxOpen
  }

  get count(): number {
    return this.#held.length
  }

  file(path: string): LazyFile {
    return new LazyFile(this, path)
  }

  /** Only for `LazyFile`: `file` was opened. */
  admit(file: LazyFile): void {
    this.#held.push(file)
    if (this.#held.length > this.#maxOpen) this.#closeOne(file)
  }

  /** Only for `LazyFile`: `file` is about to be closed. */
  forget(file: LazyFile): void {
    const at = this.#held.indexOf(file)
    assert(at >= 0, 'an open file is counted')
    const last = this.#held.pop() as LazyFile
    if (last !== file) this.#held[at] = last
  }

  /**
   * The process may open no further file: closes some, and keeps fewer open from now on, since the others that have the
   * descriptors will want them again. Returns how many were closed: 0 when all are in use.
   */
  makeRoom(): number {
    const before = this.#held.length
    for (let count = Math.ceil(before * SHARE_CLOSED); count > 0; count--) this.#closeOne(null)
    const closed = before - this.#held.length
    if (closed > 0) this.#maxOpen = Math.max(LEAST_OPEN, Math.min(this.#maxOpen, this.#held.length))
    return closed
  }

  /** Two rounds at most: the first clears the marks of use. */
  #closeOne(except: LazyFile | null): void {
    for (let step = 2 * this.#held.length; step > 0; step--) {
      this.#hand = (this.#hand + 1) % this.#held.length
      const file = this.#held[this.#hand] as LazyFile
      if (file === except || file.isInUse) continue
      if (!file.isRecentlyUsed) {
        file.letGo()
        return
      }
      file.isRecentlyUsed = false
    }
  }
}
