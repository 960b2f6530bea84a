import { type Deferred, deferred } from '../base/deferred.ts'
import type { ControllerState } from './controller-state.ts'
import { NotControllerError } from './not-controller-error.ts'

/**
 * One time of leading: what the controller decides on meanwhile, and who waits for an answer that only this time can give.
 * With its end all of them are told to ask again, since what was decided and is not committed may be gone.
 */
export class Leadership {
  readonly epoch: number
  /** After the last record written, committed or not. */
  state: ControllerState
  readonly #waiting = new Set<Deferred<void>>()
  #isOver = false

  constructor(epoch: number, state: ControllerState) {
    this.epoch = epoch
    this.state = state
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Settles as `work` does, or rejects with `NotControllerError` when the leadership ends before. */
  async during(work: Promise<void>): Promise<void> {
    const done = deferred<void>()
    work.then(done.resolve, done.reject)
    if (this.#isOver) done.reject(this.#ending())
    this.#waiting.add(done)
    try {
      await done.promise
    } finally {
      this.#waiting.delete(done)
    }
  }

  end(): void {
    this.#isOver = true
    for (const done of this.#waiting) done.reject(this.#ending())
  }

  #ending(): NotControllerError {
    return new NotControllerError(`the leadership of epoch ${this.epoch} ended before the answer was certain`)
  }
}
