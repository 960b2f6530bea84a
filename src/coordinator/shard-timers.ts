import type { Timer, Timers } from '../base/ports.ts'
import type { Decision } from './decision.ts'

/** What a timer does when its time has come: as any other decision, its records are written and replayed. */
export type TimedDecision<Rec> = () => Decision<void, Rec>

/** Runs a timer's decision in its shard; false when it failed and is worth another try. */
export type RunTimedDecision<Rec> = (key: string, decide: TimedDecision<Rec>) => Promise<boolean>

/**
 * The timers of one shard, by key: scheduling a key again replaces what it was scheduled for. They are soft state: they end
 * with the shard, and the machine starts them anew after loading. As many as the machine has members and groups in motion.
 *
 * Source: org.apache.kafka.coordinator.common.runtime.CoordinatorTimerImpl.
 */
export class ShardTimers<Rec> {
  readonly #timers: Timers
  readonly #run: RunTimedDecision<Rec>
  readonly #pending = new Map<string, Timer>()

  constructor(timers: Timers, run: RunTimedDecision<Rec>) {
    this.#timers = timers
    this.#run = run
  }

  get size(): number {
    return this.#pending.size
  }

  schedule(key: string, delayMs: number, decide: TimedDecision<Rec>): void {
    this.#arm(key, delayMs, decide, null)
  }

  /** As `schedule`, and again after `retryMs` while the decision cannot be written. */
  scheduleWithRetry(key: string, delayMs: number, retryMs: number, decide: TimedDecision<Rec>): void {
    this.#arm(key, delayMs, decide, retryMs)
  }

  has(key: string): boolean {
    return this.#pending.has(key)
  }

  cancel(key: string): void {
    this.#pending.get(key)?.cancel()
    this.#pending.delete(key)
  }

  cancelAll(): void {
    for (const timer of this.#pending.values()) timer.cancel()
    this.#pending.clear()
  }

  #arm(key: string, delayMs: number, decide: TimedDecision<Rec>, retryMs: number | null): void {
    this.cancel(key)
    const timer = this.#timers.schedule(delayMs, () => {
      this.#pending.delete(key)
      void this.#fire(key, decide, retryMs)
    })
    this.#pending.set(key, timer)
  }

  async #fire(key: string, decide: TimedDecision<Rec>, retryMs: number | null): Promise<void> {
    const done = await this.#run(key, decide)
    if (!done && retryMs !== null && !this.#pending.has(key)) this.#arm(key, retryMs, decide, retryMs)
  }
}
