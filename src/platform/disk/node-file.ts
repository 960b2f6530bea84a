import { closeSync, fdatasync, fstatSync, ftruncateSync, read, readSync, writeSync, writevSync } from 'node:fs'
import type { DiskFile, OpenMode } from '../../base/ports.ts'
import { closedFileError, readOnlyFileError, toDiskError } from './disk-errors.ts'

const CLOSED = -1

/** A descriptor. It is given back when the file is closed and no asynchronous call still uses its number. */
export class NodeFile implements DiskFile {
  readonly path: string
  readonly #writable: boolean
  #descriptor: number
  #isClosed = false
  #callsInFlight = 0

  constructor(descriptor: number, path: string, mode: OpenMode) {
    this.#descriptor = descriptor
    this.path = path
    this.#writable = mode !== 'read'
  }

  readAt(target: Uint8Array, position: number): number {
    const descriptor = this.#open()
    let filled = 0
    try {
      while (filled < target.length) {
        const count = readSync(descriptor, target, filled, target.length - filled, position + filled)
        if (count === 0) break
        filled += count
      }
    } catch (error) {
      throw toDiskError(`Reading ${target.length} bytes at ${position} from`, this.path, error)
    }
    return filled
  }

  async readAtAsync(target: Uint8Array, position: number): Promise<number> {
    let filled = 0
    while (filled < target.length) {
      const count = await this.#inFlight(`Reading ${target.length} bytes at ${position} from`, (descriptor, done) =>
        read(descriptor, target, filled, target.length - filled, position + filled, done),
      )
      if (count === 0) break
      filled += count
    }
    return filled
  }

  writeAt(chunks: readonly Uint8Array[], position: number): void {
    const descriptor = this.#openForWriting()
    try {
      if (chunks.length === 1) writeWhole(descriptor, chunks[0] as Uint8Array, position)
      else if (chunks.length > 1) writeAll(descriptor, chunks, position)
    } catch (error) {
      throw toDiskError(`Writing ${sumOfLengths(chunks)} bytes at ${position} to`, this.path, error)
    }
  }

  truncate(sizeBytes: number): void {
    const descriptor = this.#openForWriting()
    this.#attempt(`Setting the size to ${sizeBytes} of`, () => ftruncateSync(descriptor, sizeBytes))
  }

  sizeBytes(): number {
    const descriptor = this.#open()
    return this.#attempt('Asking the size of', () => fstatSync(descriptor).size)
  }

  async flush(): Promise<void> {
    await this.#inFlight<void>('Flushing', (descriptor, done) => fdatasync(descriptor, done))
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    if (this.#callsInFlight === 0) this.#giveBack()
  }

  #open(): number {
    if (this.#isClosed) throw closedFileError(this.path)
    return this.#descriptor
  }

  #openForWriting(): number {
    const descriptor = this.#open()
    if (!this.#writable) throw readOnlyFileError(this.path)
    return descriptor
  }

  #attempt<T>(attempted: string, call: () => T): T {
    try {
      return call()
    } catch (error) {
      throw toDiskError(attempted, this.path, error)
    }
  }

  /** Closing in the meantime must not free the descriptor's number for another file that the call would then reach. */
  #inFlight<T = number>(attempted: string, start: (descriptor: number, done: (error: Error | null, result?: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closedFileError(this.path))
      this.#callsInFlight++
      start(this.#descriptor, (error, result) => {
        this.#callsInFlight--
        if (this.#isClosed && this.#callsInFlight === 0) this.#giveBack()
        if (error) reject(toDiskError(attempted, this.path, error))
        else resolve(result as T)
      })
    })
  }

  #giveBack(): void {
    const descriptor = this.#descriptor
    this.#descriptor = CLOSED
    this.#attempt('Closing', () => closeSync(descriptor))
  }
}

/** The system may take a part of what it is given: when a disk fills up, or a signal comes. */
function writeWhole(descriptor: number, chunk: Uint8Array, position: number): void {
  let written = 0
  while (written < chunk.length) written += writeSync(descriptor, chunk, written, chunk.length - written, position + written)
}

function writeAll(descriptor: number, chunks: readonly Uint8Array[], position: number): void {
  const total = sumOfLengths(chunks)
  let written = total === 0 ? 0 : writevSync(descriptor, chunks, position)
  while (written < total) written += writevSync(descriptor, withoutFirst(chunks, written), position + written)
}

/** What is left of `chunks` without their first `count` bytes. */
function withoutFirst(chunks: readonly Uint8Array[], count: number): Uint8Array[] {
  const rest: Uint8Array[] = []
  let skip = count
  for (const chunk of chunks) {
    if (skip < chunk.length) rest.push(skip === 0 ? chunk : chunk.subarray(skip))
    skip = Math.max(0, skip - chunk.length)
  }
  return rest
}

function sumOfLengths(chunks: readonly Uint8Array[]): number {
  let total = 0
  for (const chunk of chunks) total += chunk.length
  return total
}
