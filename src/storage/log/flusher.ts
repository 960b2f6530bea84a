import { DiskError } from '../../base/errors.ts'

/**
 * Lets flushes of one log share the work: a call while one is running waits for the next, which all such calls share.
 * A flush that failed fails for good: what the system dropped from its cache cannot be flushed by asking again.
 */
export class Flusher {
  readonly #flush: () => Promise<void>
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null

  /** @param flush makes all that was written before the call durable */
  constructor(flush: () => Promise<void>) {
    this.#flush = flush
  }

  /** Resolves when all that was written before this call is durable. */
  run(): Promise<void> {
    // The next one has its turn also where it is asked for when one has ended and it has not begun yet: two never run at once.
    if (this.#next !== null) return this.#next
    if (this.#running === null) return this.#start()
    const turn = this.#running.catch((error: unknown) => {
      if (!(error instanceof DiskError)) this.#next = null
      ignoreOfEarlierCall(error)
    })
    this.#next = turn.then(() => {
      this.#next = null
      return this.#start()
    })
    return this.#next
  }

  /** Resolves when no flush runs, and none is about to. */
  async idle(): Promise<void> {
    for (let last = this.#next ?? this.#running; last !== null; last = this.#next ?? this.#running) await last.catch(ignoreOfEarlierCall)
  }

  #start(): Promise<void> {
    const running = this.#flush().finally(() => {
      if (this.#running === running) this.#running = null
    })
    this.#running = running
    return running
  }
}

/** The failure was told to the earlier call, and the log remembers it. */
function ignoreOfEarlierCall(error: unknown): void {
  if (!(error instanceof DiskError)) throw error
}
