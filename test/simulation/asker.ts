import type { Api, Fields, Input, Message, Value } from '../../protocol/schema/notation.ts'
import type { Timers } from '../../src/base/ports.ts'

/** The request may or may not have been carried out. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
}

/** A client as an actor sees it: it asks whoever answers for what the actor uses (a broker, a leader, a coordinator). */
export interface Asker {
  /** Rejects with `Unanswered` when no answer came. */
  ask<Q extends Fields, A extends Fields>(api: Api<Q, A>, version: number, request: Input<Message<Q>>): Promise<Value<Message<A>>>
  /** The answer was that it is answered elsewhere, or not now: the next request looks for whom to ask. */
  lookAgain(): void
}

export interface Retrying<Q extends Fields, A extends Fields> {
  readonly api: Api<Q, A>
  readonly version: number
  readonly request: Input<Message<Q>>
  readonly isGood: (answer: Value<Message<A>>) => boolean
  readonly timers: Timers
  /** Before the first retry; doubled from one to the next up to `maxBackoffMs`. */
  readonly backoffMs: number
  readonly maxBackoffMs: number
}

/** Asks again until there is an answer that `isGood`. */
export async function askUntil<Q extends Fields, A extends Fields>(asker: Asker, options: Retrying<Q, A>): Promise<Value<Message<A>>> {
  const { api, version, request, isGood, timers, maxBackoffMs } = options
  for (let { backoffMs } = options; ; backoffMs = Math.min(2 * backoffMs, maxBackoffMs)) {
    try {
      const answer = await asker.ask(api, version, request)
      if (isGood(answer)) return answer
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
    }
    asker.lookAgain()
    await timers.sleep(backoffMs)
  }
}
