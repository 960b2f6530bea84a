import type { Disk } from '../../base/ports.ts'
import { Flusher } from '../log/flusher.ts'

/** The names of the logs' directories in a log directory: made durable for all logs together, and not again while none changed. */
export class LogPlaces {
  readonly #flusher: Flusher
  #hasChanged = false
  #last: Promise<void> = Promise.resolve()

  constructor(disk: Pick<Disk, 'flushDirectory'>, path: string) {
    this.#flusher = new Flusher(async () => {
      this.#hasChanged = false
      try {
        await disk.flushDirectory(path)
      } catch (error) {
        this.#hasChanged = true
        throw error
      }
    })
  }

  /** To be called when a log's directory has been made, or has another name. */
  noteChange(): void {
    this.#hasChanged = true
  }

  /** Resolves when all changes noted before the call would survive a loss of power. Rejects with `DiskError`. */
  flush(): Promise<void> {
    if (this.#hasChanged) this.#last = this.#flusher.run()
    return this.#last
  }
}
