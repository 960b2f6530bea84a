import { ok } from 'node:assert/strict'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { KafkaClient } from '../../kafka-client.ts'

export const BROKER = { host: 'broker', port: 9092 }
export const TOPIC = 't'
export const PARTITIONS = [0, 1]

/** Somebody who uses the broker as long as the story lasts, and knows what must be true. */
export interface Actor {
  begin(): void
  /** No further work is begun. */
  stop(): void
  readonly hasStopped: boolean
  /** What broke a promise. */
  readonly failure: Error | null
  /** Grows with what was acknowledged. */
  readonly progress: number
  /** Looks at the end for what is there, and throws when it is not what must be. */
  verify(client: KafkaClient): Promise<void>
}

/** What an actor does at the same time, and the first of it that failed. */
export class Tasks {
  #running = 0
  #failure: Error | null = null

  get failure(): Error | null {
    return this.#failure
  }

  get areDone(): boolean {
    return this.#running === 0
  }

  begin(work: Promise<void>): void {
    this.#running++
    work
      .catch((error: Error) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#running--
      })
  }
}

/** What can be asked of a broker that is coming up, goes away, or has lost a disk: asked again. */
const PASSING: ReadonlySet<number> = new Set([
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.KAFKA_STORAGE_ERROR,
])

export function isPassing(errorCode: number | undefined): boolean {
  return errorCode !== undefined && PASSING.has(errorCode)
}

export function onlyOne<T>(list: readonly T[] | undefined): T {
  ok(list !== undefined && list.length === 1, 'the answer is about the one thing asked for')
  return list[0] as T
}
