import type { Timer, Timers } from '../base/ports.ts'

export interface HeartbeatLoopOptions {
  readonly timers: Pick<Timers, 'schedule'>
  /** Sends one heartbeat. Resolves to the milliseconds until the next; null for none until one is asked for. */
  readonly beat: () => Promise<number | null>
  /** A broken invariant. */
  readonly onFailure: (error: Error) => void
}

/** When heartbeats are sent: one at a time, when the last one's answer said so, or at once when asked. */
export class HeartbeatLoop {
  readonly #options: HeartbeatLoopOptions
  #timer: Timer | null = null
  #isInFlight = false
  /** Another one was asked for while one is on its way. */
  #isWanted = false
  #isStopped = false

  constructor(options: HeartbeatLoopOptions) {
    this.#options = options
  }

  beatNow(): void {
    if (this.#isStopped) return
    this.#timer?.cancel()
    this.#timer = null
    if (this.#isInFlight) this.#isWanted = true
    else this.#beat()
  }

  /** What is on its way is not called back. */
  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#timer = null
  }

  #beat(): void {
    this.#isInFlight = true
    this.#isWanted = false
    this.#options.beat().then(
      (delayMs) => {
        this.#isInFlight = false
        if (this.#isStopped) return
        if (this.#isWanted) this.#beat()
        else if (delayMs !== null) this.#timer = this.#options.timers.schedule(delayMs, () => this.beatNow())
      },
      (error: unknown) => {
        this.#isStopped = true
        this.#options.onFailure(error as Error)
      },
    )
  }
}
