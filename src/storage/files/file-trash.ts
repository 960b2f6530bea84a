import { DiskError } from '../../base/errors.ts'
import type { Disk, Timer, Timers } from '../../base/ports.ts'
import { DELETED_SUFFIX } from './file-names.ts'

export interface FileTrashOptions {
  readonly disk: Disk
  readonly timers: Timers
  /** A removal later on failed. */
  readonly onDiskError: (error: DiskError) => void
}

/**
 * Where files go that are no longer wanted: renamed at once, removed after a delay, so that whoever still reads them can
 * finish. What is left when the node stops is removed when its log is loaded again.
 */
export class FileTrash {
  readonly #disk: Disk
  readonly #timers: Timers
  readonly #onDiskError: (error: DiskError) => void
  readonly #pending = new Set<Timer>()

  constructor(options: FileTrashOptions) {
    this.#disk = options.disk
    this.#timers = options.timers
    this.#onDiskError = options.onDiskError
  }

  /** Resolves when the files have their new names; missing ones are fine. Rejects with `DiskError`. */
  async discardFiles(paths: readonly string[], delayMs: number): Promise<void> {
    const renamed: string[] = []
    for (const path of paths) {
      if (await this.#rename(path)) renamed.push(path + DELETED_SUFFIX)
    }
    this.#later(delayMs, async () => {
      for (const path of renamed) await this.#disk.removeFile(path)
    })
  }

  removeDirectoryLater(path: string, delayMs: number): void {
    this.#later(delayMs, () => this.#disk.removeDirectory(path))
  }

  /** Forgets what is pending. */
  stop(): void {
    for (const timer of this.#pending) timer.cancel()
    this.#pending.clear()
  }

  async #rename(path: string): Promise<boolean> {
    try {
      await this.#disk.rename(path, path + DELETED_SUFFIX)
      return true
    } catch (error) {
      if (error instanceof DiskError && error.reason === 'not-found') return false
      throw error
    }
  }

  #later(delayMs: number, remove: () => Promise<void>): void {
    const timer = this.#timers.schedule(delayMs, () => {
      this.#pending.delete(timer)
      remove().catch((error: unknown) => {
        if (error instanceof DiskError) this.#onDiskError(error)
        else throw error
      })
    })
    this.#pending.add(timer)
  }
}
