import { deferred } from '../../base/deferred.ts'
import type { Logger } from '../../telemetry/logger.ts'

/**
 * The first failure of an essential part of a node: a broken invariant, a metadata log that cannot be written, all log
 * directories offline. It ends the node, and never the process around it.
 */
export class NodeFailure {
  readonly #logger: Logger
  readonly #failure = deferred<never>()
  #error: Error | null = null

  constructor(logger: Logger) {
    this.#logger = logger
    // `report` logs it; a node that nobody waits for fails without an unhandled rejection.
    this.#failure.promise.catch(() => {})
  }

  /** null while there is none. */
  get error(): Error | null {
    return this.#error
  }

  /** Rejects at the first report; whoever does not look is not disturbed. */
  get promise(): Promise<never> {
    return this.#failure.promise
  }

  /** Later reports are consequences: they are logged and change nothing. */
  readonly report = (cause: unknown): void => {
    const error = cause instanceof Error ? cause : new Error(String(cause), { cause })
    this.#logger.error(this.#error === null ? 'the node cannot go on' : 'the node fails further', { error })
    if (this.#error !== null) return
    this.#error = error
    this.#failure.reject(error)
  }
}
