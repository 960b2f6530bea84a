import type { Clock } from '../../base/ports.ts'

/** The longest that a follower's fetch waits while more is expected of it. */
const SHORT_WAIT_MS = 20
/** A follower that has not come for a partition by then has a reason: it is not expected any longer. */
const EXPECTED_FOR_MS = 2_000

/**
 * The partitions for which this leader expects followers to fetch, since it leads them newly. A follower has one request on its
 * way to a leader, and names a new partition in the next: while it is expected, its fetches do not wait long, so that the first
 * write to all replicas need not wait for the end of a long poll. Source: our own; a leader may answer early.
 */
export class ExpectedFetches {
  readonly #clock: Pick<Clock, 'monotonicMs'>
  /** Of each follower: the leaderships, and until when each is expected. As many as partitions that this node leads. */
  readonly #expected = new Map<number, Map<object, number>>()
  /** Of each follower, what ends the waiting of its fetches. */
  readonly #waiting = new Map<number, Set<() => void>>()

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock
  }

  /** @param leadership stands for the partition for one leader epoch */
  expect(leadership: object, followers: Iterable<number>): void {
    const untilMs = this.#clock.monotonicMs() + EXPECTED_FOR_MS
    for (const replicaId of followers) {
      const expected = this.#expected.get(replicaId) ?? new Map()
      this.#expected.set(replicaId, expected.set(leadership, untilMs))
      for (const wake of [...(this.#waiting.get(replicaId) ?? [])]) wake()
    }
  }

  came(leadership: object, replicaId: number): void {
    const expected = this.#expected.get(replicaId)
    if (expected?.delete(leadership) && expected.size === 0) this.#expected.delete(replicaId)
  }

  forget(leadership: object): void {
    for (const replicaId of [...this.#expected.keys()]) this.came(leadership, replicaId)
  }

  /** How long a fetch of this follower may wait that asks for `maxWaitMs`. */
  waitMs(replicaId: number, maxWaitMs: number): number {
    const expected = this.#expected.get(replicaId)
    if (expected === undefined) return maxWaitMs
    const nowMs = this.#clock.monotonicMs()
    for (const [leadership, untilMs] of expected) if (untilMs <= nowMs) expected.delete(leadership)
    if (expected.size > 0) return Math.min(maxWaitMs, SHORT_WAIT_MS)
    this.#expected.delete(replicaId)
    return maxWaitMs
  }

  /** `wake` is called when something is expected of the follower. @returns to be called when its fetch waits no longer */
  wait(replicaId: number, wake: () => void): () => void {
    const waiting = this.#waiting.get(replicaId) ?? new Set()
    this.#waiting.set(replicaId, waiting.add(wake))
    return () => {
      waiting.delete(wake)
      if (waiting.size === 0 && this.#waiting.get(replicaId) === waiting) this.#waiting.delete(replicaId)
    }
  }
}
