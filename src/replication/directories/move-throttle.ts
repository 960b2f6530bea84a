import type { Clock, Timers } from '../../base/ports.ts'

/**
 * Keeps all moves of a node together below so many bytes per second (`replica.alter.log.dirs.io.max.bytes.per.second`): who
 * took more than its share of a moment waits until the time for it has passed. Source: KIP-113.
 */
export class MoveThrottle {
  readonly #ports: { readonly clock: Clock; readonly timers: Timers }
  readonly #bytesPerSecond: () => number
  #freeAtMs = 0

  /** @param bytesPerSecond asked at each use, since it may change */
  constructor(ports: { readonly clock: Clock; readonly timers: Timers }, bytesPerSecond: () => number) {
    this.#ports = ports
    this.#bytesPerSecond = bytesPerSecond
  }

  /** Resolves when `sizeBytes` more may be copied; rejects with the signal's reason. */
  async take(sizeBytes: number, signal: AbortSignal): Promise<void> {
    const nowMs = this.#ports.clock.monotonicMs()
    const startMs = Math.max(nowMs, this.#freeAtMs)
    this.#freeAtMs = startMs + (sizeBytes / this.#bytesPerSecond()) * 1000
    if (startMs > nowMs) await this.#ports.timers.sleep(startMs - nowMs, signal)
  }
}
