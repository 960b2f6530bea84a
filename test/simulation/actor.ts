import { ok } from 'node:assert/strict'

/** That the story comes to its end. */
export interface End {
  readonly isStopping: boolean
}

/** What somebody does who uses the brokers as long as the story lasts, and what they know to be true. */
export interface Role {
  /** Everything that it does at the same time; each ends soon once `end.isStopping`. What rejects has broken a promise. */
  play(end: End): readonly Promise<void>[]
  /** Grows with what was acknowledged. */
  readonly progress: number
}

/** Somebody who plays a role: begins, stops, and tells what broke a promise first. */
export class Actor<R extends Role = Role> {
  readonly role: R
  readonly #end = { isStopping: false }
  #running = 0
  #failure: Error | null = null

  constructor(role: R) {
    this.role = role
  }

  get failure(): Error | null {
    return this.#failure
  }

  get hasStopped(): boolean {
    return this.#running === 0
  }

  begin(): void {
    for (const work of this.role.play(this.#end)) {
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

  /** No further work is begun. */
  stop(): void {
    this.#end.isStopping = true
  }
}

export function onlyOne<T>(list: readonly T[] | undefined): T {
  ok(list !== undefined && list.length === 1, 'the answer is about the one thing asked for')
  return list[0] as T
}
