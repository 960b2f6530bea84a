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
  /** With the files or directories that are to go. */
  readonly #pending = new Map<Timer, string[]>()

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
    this.#later(delayMs, renamed, (path) => this.#disk.removeFile(path))
  }

  removeDirectoryLater(path: string, delayMs: number): void {
    this.#later(delayMs, [path], (directory) => this.#disk.removeDirectory(directory))
  }

  /** What waits below `from` is found below `to` from now on. */
  directoryMoved(from: string, to: string): void {
    for (const paths of this.#pending.values()) {
      for (const [index, path] of paths.entries()) if (path.startsWith(`${from}/`)) paths[index] = to + path.slice(from.length)
    }
  }

  /** Forgets what is pending. */
  stop(): void {
    for (const timer of this.#pending.keys()) timer.cancel()
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

  #later(delayMs: number, paths: string[], remove: (path: string) => Promise<void>): void {
    const removeAll = async () => {
      for (const path of paths) await remove(path)
    }
    const timer = this.#timers.schedule(delayMs, () => {
      this.#pending.delete(timer)
      removeAll().catch((error: unknown) => {
        if (error instanceof DiskError) this.#onDiskError(error)
        else throw error
      })
    })
    this.#pending.set(timer, paths)
  }
}
