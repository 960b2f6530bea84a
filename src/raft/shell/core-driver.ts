import type { Clock, Timer, Timers } from '../../base/ports.ts'
import type { RaftEffect, RaftEvent } from '../core/effects.ts'
import type { RaftCore } from '../core/raft-core.ts'

export interface CoreDriverOptions {
  readonly core: Pick<RaftCore, 'step' | 'deadlineMs'>
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly timers: Pick<Timers, 'schedule'>
  /** Does what the core says. A promise: what stands behind waits for it. */
  readonly perform: (effect: RaftEffect) => Promise<void> | undefined
  /** After each event with all its effects. */
  readonly onSettled: () => void
  /** A step or an effect failed: nothing is stepped any more. */
  readonly onFailure: (error: unknown) => void
}

interface Waiting {
  readonly event: RaftEvent
  readonly isStillTrue: () => boolean
}

const always = () => true

/**
 * Steps the core, one event at a time: the next when all effects of this one are done, in their order. With nothing to
 * wait for, an event is done when the call that brought it returns. One timer stands for the core's deadline, and none
 * where the core waits for nothing.
 *
 * Bounded by who brings events: requests by `RequestDesk`, answers by what the core has asked, flushes and ticks one each.
 */
export class CoreDriver {
  readonly #options: CoreDriverOptions
  #waiting: Waiting[] = []
  /** What the effects that are being performed brought about: stepped before what waits. */
  #caused: Waiting[] = []
  /** What is being done, where that takes more than this turn. */
  #work: Promise<void> = Promise.resolve()
  #isBusy = false
  #isFinishing = false
  #isEnded = false
  #timer: Timer | null = null
  #timerDueMs = 0
  #hasTickWaiting = false

  constructor(options: CoreDriverOptions) {
    this.#options = options
  }

  /** @param isStillTrue asked when the event's turn comes: what time has overtaken is dropped */
  enqueue(event: RaftEvent, isStillTrue: () => boolean = always): void {
    if (this.#isEnded) return
    this.#waiting.push({ event, isStillTrue })
    this.#drain()
  }

  /** The log is as an effect, or a leader that appends, has made it: the core hears of that before all else. */
  enqueueNext(event: RaftEvent): void {
    if (!this.#isBusy) this.enqueue(event)
    else if (!this.#isEnded) this.#caused.push({ event, isStillTrue: always })
  }

  /** As `end`, when all effects of the event that is being performed are done. */
  async finish(): Promise<void> {
    this.#isFinishing = true
    while (this.#isBusy && !this.#isEnded) await this.#work
    this.end()
  }

  /** Drops what waits, and the rest of what is being done, and steps `stop`: the last event. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#waiting = []
    this.#caused = []
    this.#timer?.cancel()
    const { core, clock, perform, onSettled } = this.#options
    for (const effect of core.step({ type: 'stop' }, clock.monotonicMs())) void perform(effect)
    onSettled()
  }

  #drain(): void {
    while (!this.#isBusy && !this.#isFinishing && !this.#isEnded) {
      const next = this.#waiting.shift()
      if (next === undefined) break
      if (next.event.type === 'tick') this.#hasTickWaiting = false
      if (next.isStillTrue()) this.#step(next.event)
    }
    if (!this.#isBusy && !this.#isEnded) this.#setTimer()
  }

  #step(event: RaftEvent): void {
    const { core, clock } = this.#options
    this.#isBusy = true
    try {
      this.#performFrom(core.step(event, clock.monotonicMs()), 0)
    } catch (error) {
      this.#options.onFailure(error)
    }
  }

  /** Of consecutive election states only the last is written: nothing that relies on an earlier one happens in between. */
  #performFrom(effects: readonly RaftEffect[], start: number): void {
    for (let index = start; index < effects.length && !this.#isEnded; index++) {
      const effect = effects[index] as RaftEffect
      if (effect.type === 'persist-election' && effects[index + 1]?.type === 'persist-election') continue
      const done = this.#options.perform(effect)
      if (done === undefined) continue
      this.#work = this.#continueAfter(done, effects, index + 1)
      return
    }
    this.#settle()
  }

  async #continueAfter(done: Promise<void>, effects: readonly RaftEffect[], next: number): Promise<void> {
    try {
      await done
      if (this.#isEnded) return
      this.#performFrom(effects, next)
      this.#drain()
    } catch (error) {
      this.#options.onFailure(error)
    }
  }

  #settle(): void {
    if (this.#isEnded) return
    this.#waiting.unshift(...this.#caused.splice(0))
    this.#isBusy = false
    this.#options.onSettled()
  }

  /** One that is set for earlier stays: it finds nothing to do, and is set anew. */
  #setTimer(): void {
    const { core, clock, timers } = this.#options
    const { deadlineMs } = core
    if (!Number.isFinite(deadlineMs)) {
      this.#timer?.cancel()
      this.#timer = null
      return
    }
    if (this.#timer !== null && this.#timerDueMs <= deadlineMs) return
    this.#timer?.cancel()
    const nowMs = clock.monotonicMs()
    const delayMs = Math.max(1, Math.ceil(deadlineMs - nowMs))
    this.#timerDueMs = nowMs + delayMs
    this.#timer = timers.schedule(delayMs, () => this.#onTimer())
  }

  #onTimer(): void {
    const { core, clock } = this.#options
    this.#timer = null
    if (this.#isEnded) return
    if (core.deadlineMs > clock.monotonicMs() || this.#hasTickWaiting) {
      this.#drain()
      return
    }
    this.#hasTickWaiting = true
    this.enqueue({ type: 'tick' })
  }
}
