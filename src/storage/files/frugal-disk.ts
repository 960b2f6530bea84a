import { DiskError } from '../../base/errors.ts'
import type { Disk, DiskFile, OpenMode, Timers } from '../../base/ports.ts'

/** Between tries of what is not urgent, while others hold all descriptors: connections come and go. */
const RETRY_MS = 100
const MAX_WAITS = 20

/**
 * A disk that makes room when the process has as many files open as it may: whoever keeps files open for speed alone closes
 * some, and what was asked for is tried again. What yields also waits a while for others to close theirs.
 */
export class FrugalDisk implements Disk {
  readonly #disk: Disk
  readonly #timers: Timers
  readonly #givers: (() => number)[] = []

  constructor(disk: Disk, timers: Timers) {
    this.#disk = disk
    this.#timers = timers
  }

  /** @param close closes files that can be opened again, and tells how many */
  onShortage(close: () => number): void {
    this.#givers.push(close)
  }

  open(path: string, mode: OpenMode): Promise<DiskFile> {
    return this.#patiently(() => this.#disk.open(path, mode))
  }

  openSync(path: string, mode: OpenMode): DiskFile {
    for (;;) {
      try {
        return this.#disk.openSync(path, mode)
      } catch (error) {
        if (!isShortage(error) || this.#makeRoom() === 0) throw error
      }
    }
  }

  list(path: string): ReturnType<Disk['list']> {
    return this.#patiently(() => this.#disk.list(path))
  }

  readFile(path: string): Promise<Buffer | null> {
    return this.#patiently(() => this.#disk.readFile(path))
  }

  writeFileAtomic(path: string, content: Uint8Array): Promise<void> {
    return this.#patiently(() => this.#disk.writeFileAtomic(path, content))
  }

  flushDirectory(path: string): Promise<void> {
    return this.#patiently(() => this.#disk.flushDirectory(path))
  }

  removeDirectory(path: string): Promise<void> {
    return this.#patiently(() => this.#disk.removeDirectory(path))
  }

  lockDirectory(path: string): ReturnType<Disk['lockDirectory']> {
    return this.#patiently(() => this.#disk.lockDirectory(path))
  }

  // What follows opens nothing.

  absolutePath(path: string): string {
    return this.#disk.absolutePath(path)
  }

  descriptorLimit(): number {
    return this.#disk.descriptorLimit()
  }

  info(path: string): ReturnType<Disk['info']> {
    return this.#disk.info(path)
  }

  makeDirectory(path: string): Promise<void> {
    return this.#disk.makeDirectory(path)
  }

  rename(from: string, to: string): Promise<void> {
    return this.#disk.rename(from, to)
  }

  renameSync(from: string, to: string): void {
    this.#disk.renameSync(from, to)
  }

  removeFile(path: string): Promise<void> {
    return this.#disk.removeFile(path)
  }

  space(path: string): ReturnType<Disk['space']> {
    return this.#disk.space(path)
  }

  async #patiently<T>(call: () => Promise<T>): Promise<T> {
    for (let waits = 0; ; ) {
      try {
        return await call()
      } catch (error) {
        if (!isShortage(error) || (this.#makeRoom() === 0 && waits++ >= MAX_WAITS)) throw error
      }
      if (waits > 0) await this.#timers.sleep(RETRY_MS)
    }
  }

  #makeRoom(): number {
    return this.#givers.reduce((closed, close) => closed + close(), 0)
  }
}

function isShortage(error: unknown): boolean {
  return error instanceof DiskError && error.reason === 'too-many-files'
}
