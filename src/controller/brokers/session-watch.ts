import { OdradekError } from '../../base/errors.ts'
import type { Timer, Timers } from '../../base/ports.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { BrokerIncarnation } from './broker-fencing.ts'
import type { BrokerSessions } from './broker-sessions.ts'

export interface SessionWatchOptions {
  readonly sessions: BrokerSessions
  readonly timers: Pick<Timers, 'schedule'>
  readonly logger: Logger
  /** Writes down that the broker is fenced, and tells `sessions`. Rejects with an `OdradekError` when that could not be written now. */
  readonly fence: (broker: BrokerIncarnation) => Promise<void>
  /** A broken invariant. */
  readonly onFailure: (error: Error) => void
}

/** How long to wait when a fencing could not be written. */
const RETRY_MS = 100

/** Fences brokers when their sessions end. One timer, and none while no session can end. */
export class SessionWatch {
  readonly #options: SessionWatchOptions
  #timer: Timer | null = null

  constructor(options: SessionWatchOptions) {
    this.#options = options
  }

  /** Sessions began: looks again when the first of them may end. Does nothing while a look is ahead, since heartbeats only postpone ends. */
  watch(delayMs = 0): void {
    const { sessions, timers } = this.#options
    const { nextExpiryMs } = sessions
    if (this.#timer !== null || nextExpiryMs === null) return
    this.#timer = timers.schedule(Math.max(nextExpiryMs + 1, delayMs), () => this.#look())
  }

  /** A session may end earlier than it seemed. */
  watchSooner(): void {
    this.stop()
    this.watch()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #look(): void {
    this.#timer = null
    const { sessions, fence } = this.#options
    const silent = sessions.expired()
    for (const broker of silent) fence(broker).catch((error: unknown) => this.#notFenced(broker, error))
    // Whose fencing was decided on has no session any more; the others are tried again.
    this.watch(silent.length > 0 ? RETRY_MS : 0)
  }

  #notFenced(broker: BrokerIncarnation, error: unknown): void {
    const { logger, onFailure } = this.#options
    if (error instanceof OdradekError) logger.debug('a broker whose session ended was not fenced yet', { ...broker, error })
    else onFailure(error as Error)
  }
}
