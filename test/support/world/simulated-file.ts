import { DiskError } from '../../../src/base/errors.ts'
import type { DiskFile } from '../../../src/base/ports.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import type { FileNode } from './volume.ts'

export interface OpenedAs {
  readonly path: string
  readonly isWritable: boolean
}

export class SimulatedFile implements DiskFile {
  readonly path: string
  readonly #disk: SimulatedDisk
  readonly #file: FileNode
  readonly #isWritable: boolean
  #isClosed = false

  constructor(disk: SimulatedDisk, file: FileNode, as: OpenedAs) {
    this.#disk = disk
    this.#file = file
    this.path = as.path
    this.#isWritable = as.isWritable
  }

  readAt(target: Uint8Array, position: number): number {
    this.#requireOpen()
    return this.#disk.call('read', this.path, target.length, () => this.#file.content.read(target, position))
  }

  async readAtAsync(target: Uint8Array, position: number): Promise<number> {
    this.#requireOpen()
    return this.#disk.later('read', this.path, () => this.#file.content.read(target, position))
  }

  writeAt(chunks: readonly Uint8Array[], position: number): void {
    this.#requireWritable()
    const bytes = Buffer.concat(chunks)
    const room = this.#roomFor(bytes.length, position)
    this.#disk.call('write', this.path, bytes.length, (part) => {
      this.#file.content.write(bytes.subarray(0, Math.floor(room * part)), position)
      this.#file.modifiedMs = this.#disk.wallMs()
    })
    if (room < bytes.length) throw this.#disk.failure('no-space', 'write', this.path)
  }

  truncate(sizeBytes: number): void {
    this.#requireWritable()
    this.#disk.call('truncate', this.path, 0, (part) => {
      // A crash in its middle leaves it undone or done, never half.
      if (part >= 0.5) this.#file.content.truncate(sizeBytes)
    })
  }

  sizeBytes(): number {
    this.#requireOpen()
    return this.#file.content.sizeBytes
  }

  async flush(): Promise<void> {
    this.#requireOpen()
    return this.#disk.flush(this.#file, this.path)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#disk.closed(this.#file)
  }

  /** Of a write of `count` bytes, those for which the volume has space. */
  #roomFor(count: number, position: number): number {
    const growth = Math.max(0, position + count - this.#file.content.sizeBytes)
    return count - (growth - this.#disk.spaceFor(growth))
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new DiskError('closed', this.path, `${this.path} was used after it was closed`)
  }

  #requireWritable(): void {
    this.#requireOpen()
    if (!this.#isWritable) throw new DiskError('read-only', this.path, `Writing to ${this.path} failed: it was opened for reading only`)
  }
}
