import { deferred } from '../../base/deferred.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Timers } from '../../base/ports.ts'

/** Waits at once, at most. */
export const MAX_WAITS = 1_000
const DEFAULT_TIMEOUT_MS = 10_000

export interface WaitLimits {
  /** Milliseconds of real time; 10 s where not given. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface Awaited<Found> {
  /** As in "waited for …". */
  readonly what: string
  /** null while what is awaited has not come true. Called whenever it may have. */
  check(): Found | null
  /** What there is instead, as a sentence. */
  describe(): string
  /** Calls `changed` whenever `check` may give another result, from now until the returned function is called. */
  follow(changed: () => void): () => void
}

/**
 * Waits for something to come true, told by events and never by looking again and again. Each is bounded by time, all
 * together in number, and none outlives its node.
 */
export class Waits {
  readonly #timers: Timers
  readonly #ended = new AbortController()
  #count = 0

  /** @param timers of real time, also where the node's own stands still */
  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** What still waits is told that the node stops. */
  close(): void {
    this.#ended.abort()
  }

  /**
   * Resolves with what `check` found, at once if it finds it now.
   * Errors: WAIT_TIMED_OUT, WAIT_ABORTED (its cause is the signal's reason), WAIT_ENDED (the node stops); each says what was
   * awaited and what there was. TOO_MANY_WAITS.
   */
  async until<Found>(awaited: Awaited<Found>, { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: WaitLimits): Promise<Found> {
    if (this.#count >= MAX_WAITS) throw new OdradekError('TOO_MANY_WAITS', `${MAX_WAITS} waits are under way already.`)
    this.#count++
    try {
      return await this.#wait(awaited, timeoutMs, signal)
    } finally {
      this.#count--
    }
  }

  #wait<Found>(awaited: Awaited<Found>, timeoutMs: number, signal: AbortSignal | undefined): Promise<Found> {
    const { promise, resolve, reject } = deferred<Found>()
    const ended = this.#ended.signal
    const fail = (code: string, how: string, cause?: unknown) =>
      reject(new OdradekError(code, `Waited for ${awaited.what}, and ${how}: ${awaited.describe()}`, { cause }))
    const onAbort = () => fail('WAIT_ABORTED', 'was told to stop', signal?.reason)
    const onEnded = () => fail('WAIT_ENDED', 'the node stopped')
    const look = () => {
      try {
        const found = awaited.check()
        if (found !== null) resolve(found)
      } catch (error) {
        reject(error)
      }
    }
    if (signal?.aborted) onAbort()
    else if (ended.aborted) onEnded()
    else look()
    const timer = this.#timers.schedule(timeoutMs, () => fail('WAIT_TIMED_OUT', `it did not come true within ${timeoutMs} ms`))
    const unfollow = awaited.follow(onceEachTurn(look))
    signal?.addEventListener('abort', onAbort, { once: true })
    ended.addEventListener('abort', onEnded, { once: true })
    return promise.finally(() => {
      timer.cancel()
      unfollow()
      signal?.removeEventListener('abort', onAbort)
      ended.removeEventListener('abort', onEnded)
    })
  }
}

/** What changes in one turn is looked at once, when the code that changed it has returned. */
function onceEachTurn(look: () => void): () => void {
  let isScheduled = false
  return () => {
    if (isScheduled) return
    isScheduled = true
    queueMicrotask(() => {
      isScheduled = false
      look()
    })
  }
}
