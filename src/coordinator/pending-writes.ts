import { ErrorCode } from '../../protocol/error-codes.ts'
import type { Clock, Timer, Timers } from '../base/ports.ts'

/** A request whose answer waits until all records below `offset` are committed. */
interface PendingWrite {
  readonly offset: number
  readonly deadlineMs: number
  readonly settle: (errorCode: number) => void
}

/**
 * The writes of one shard that are not committed yet, oldest first; offsets and deadlines ascend with age.
 * A write that is not committed in time is answered REQUEST_TIMED_OUT though its records may still be committed later.
 */
export class PendingWrites {
  readonly #clock: Clock
  readonly #timers: Timers
  #writes: PendingWrite[] = []
  #timer: Timer | null = null

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock
    this.#timers = timers
  }

  get count(): number {
    return this.#writes.length
  }

  /** @param offset not below that of any earlier write */
  add(offset: number, timeoutMs: number, settle: (errorCode: number) => void): void {
    this.#writes.push({ offset, deadlineMs: this.#clock.monotonicMs() + timeoutMs, settle })
    if (this.#timer === null) this.#arm()
  }

  /** The records below `offset` are committed. */
  completeUpTo(offset: number): void {
    let count = 0
    while (count < this.#writes.length && (this.#writes[count] as PendingWrite).offset <= offset) count += 1
    this.#settle(this.#writes.splice(0, count), ErrorCode.NONE)
  }

  /** The records from `offset` on were not appended. */
  failAbove(offset: number, errorCode: number): void {
    let first = this.#writes.length
    while (first > 0 && (this.#writes[first - 1] as PendingWrite).offset > offset) first -= 1
    this.#settle(this.#writes.splice(first), errorCode)
  }

  failAll(errorCode: number): void {
    this.#settle(this.#writes.splice(0), errorCode)
  }

  #settle(writes: readonly PendingWrite[], errorCode: number): void {
    if (this.#writes.length === 0) this.#disarm()
    for (const write of writes) write.settle(errorCode)
  }

  #arm(): void {
    const oldest = this.#writes[0]
    if (oldest === undefined) return
    this.#timer = this.#timers.schedule(Math.max(oldest.deadlineMs - this.#clock.monotonicMs(), 0), () => this.#expire())
  }

  #disarm(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  #expire(): void {
    this.#timer = null
    const nowMs = this.#clock.monotonicMs()
    let count = 0
    while (count < this.#writes.length && (this.#writes[count] as PendingWrite).deadlineMs <= nowMs) count += 1
    const expired = this.#writes.splice(0, count)
    this.#arm()
    for (const write of expired) write.settle(ErrorCode.REQUEST_TIMED_OUT)
  }
}
