import type { Uuid } from '../../protocol/uuid.ts'
import { OdradekError } from '../base/errors.ts'
import type { Timer, Timers } from '../base/ports.ts'

export interface FailedDirectoriesOptions {
  readonly timers: Pick<Timers, 'schedule'>
  /** log.dir.failure.timeout.ms */
  readonly failureTimeoutMs: number
  readonly onFailure: (error: Error) => void
}

/**
 * The log directories of a broker that failed since its start. A controller that does not hear of one leaves this broker the
 * leader of what is in it: where that lasts, the node ends. Source: KIP-858.
 */
export class FailedDirectories {
  readonly #options: FailedDirectoriesOptions
  readonly #ids = new Set<Uuid>()
  /** Those of which the controller has not heard, with what stops the node when that lasts. */
  readonly #untold = new Map<Uuid, Timer>()

  constructor(options: FailedDirectoriesOptions) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#ids.size === 0
  }

  get ids(): Uuid[] {
    return [...this.#ids]
  }

  add(directoryId: Uuid): void {
    if (!this.#ids.has(directoryId)) this.#untold.set(directoryId, this.#endTimer(directoryId))
    this.#ids.add(directoryId)
  }

  /** The controller has heard of these. */
  told(directoryIds: readonly Uuid[]): void {
    for (const directoryId of directoryIds) {
      this.#untold.get(directoryId)?.cancel()
      this.#untold.delete(directoryId)
    }
  }

  /** Nobody is told any more. */
  stop(): void {
    this.told([...this.#untold.keys()])
  }

  #endTimer(directoryId: Uuid): Timer {
    const { timers, failureTimeoutMs, onFailure } = this.#options
    const message = `the controller could not be told within ${failureTimeoutMs} ms (log.dir.failure.timeout.ms) that log directory ${directoryId} failed`
    return timers.schedule(failureTimeoutMs, () => onFailure(new OdradekError('LOG_DIRECTORY_NOT_REPORTED', message)))
  }
}
