import type { Clock, Timers } from '../../base/ports.ts'

/** The longest wait before the rate is asked for again: it may have been raised meanwhile. */
const LONGEST_WAIT_MS = 1000

/**
 * Keeps all moves of a node together below so many bytes per second (`replica.alter.log.dirs.io.max.bytes.per.second`): what
 * was copied is owed, and whoever wants to copy more waits until time has paid for it. Source: KIP-113.
 */
export class MoveThrottle {
  readonly #ports: { readonly clock: Clock; readonly timers: Timers }
  readonly #bytesPerSecond: () => number
  #owedBytes = 0
  #paidAtMs = 0

  /** @param bytesPerSecond asked again and again, since it may change; 0 lets nothing through */
  constructor(ports: { readonly clock: Clock; readonly timers: Timers }, bytesPerSecond: () => number) {
    this.#ports = ports
    this.#bytesPerSecond = bytesPerSecond
  }

  /** Resolves when `sizeBytes` more may be copied; rejects with the signal's reason. */
  async take(sizeBytes: number, signal: AbortSignal): Promise<void> {
    for (let waitMs = this.#waitMs(); waitMs >= 1; waitMs = this.#waitMs()) await this.#ports.timers.sleep(Math.min(waitMs, LONGEST_WAIT_MS), signal)
    this.#owedBytes += sizeBytes
  }

  #waitMs(): number {
    const nowMs = this.#ports.clock.monotonicMs()
    const rate = this.#bytesPerSecond()
    this.#owedBytes = Math.max(0, this.#owedBytes - ((nowMs - this.#paidAtMs) / 1000) * rate)
    this.#paidAtMs = nowMs
    if (rate === 0) return LONGEST_WAIT_MS
    return (this.#owedBytes / rate) * 1000
  }
}
