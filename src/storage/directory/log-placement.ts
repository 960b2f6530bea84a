import type { Uuid } from '../../../protocol/uuid.ts'
import type { LogDirectory } from './log-directory.ts'

/** Wishes for logs that nobody may ever make: the oldest are forgotten. */
const MAX_WISHES = 100_000

/** In which directory a log is made. */
export class LogPlacement {
  readonly #isCordoned: (path: string) => boolean
  /** Logs that are being made, by directory. */
  readonly #making = new Map<LogDirectory, number>()
  /** Paths, by `topicPartitionKey`: where AlterReplicaLogDirs wants logs that are not there yet. */
  readonly #wishes = new Map<string, string>()

  constructor(isCordoned: (path: string) => boolean) {
    this.#isCordoned = isCordoned
  }

  /** `path` is where the log is to be made when it is. */
  wish(key: string, path: string): void {
    this.#wishes.delete(key)
    this.#wishes.set(key, path)
    const [oldest] = this.#wishes.keys()
    if (this.#wishes.size > MAX_WISHES && oldest !== undefined) this.#wishes.delete(oldest)
  }

  /**
   * The directory asked for; where that is none of `live`, the one wished for; else the one with the fewest logs, those that
   * are being made among them, that is not cordoned. null when there is none. Source: LogManager.{getOrCreateLog,nextLogDirs}.
   */
  choose(key: string, live: readonly LogDirectory[], directoryId: Uuid | undefined): LogDirectory | null {
    const wish = this.#wishes.get(key)
    const chosen = live.find((directory) => directory.directoryId === directoryId) ?? live.find((directory) => directory.path === wish)
    if (chosen !== undefined) return chosen
    const open = live.filter((directory) => !this.#isCordoned(directory.path))
    // A topic may be older than the cordon around all directories.
    const [first, ...others] = open.length > 0 ? open : live
    return first === undefined ? null : others.reduce((best, directory) => (this.#count(directory) < this.#count(best) ? directory : best), first)
  }

  /** Counts the log as one of `directory` while it is made. */
  async during<T>(key: string, directory: LogDirectory, make: () => Promise<T>): Promise<T> {
    this.#add(directory, 1)
    try {
      const made = await make()
      this.#wishes.delete(key)
      return made
    } finally {
      this.#add(directory, -1)
    }
  }

  #count(directory: LogDirectory): number {
    return directory.logs.size + directory.futures.size + (this.#making.get(directory) ?? 0)
  }

  #add(directory: LogDirectory, difference: number): void {
    this.#making.set(directory, (this.#making.get(directory) ?? 0) + difference)
  }
}
