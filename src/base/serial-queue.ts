import { OdradekError } from './errors.ts'

export interface SerialQueueOptions {
  /** Pieces of work that may wait behind the running one; more are refused with code QUEUE_FULL. */
  readonly maxWaiting: number
}

/** Runs asynchronous work one piece at a time, in the order of the calls: a mutex whose critical section is a function. */
export class SerialQueue {
  readonly #maxWaiting: number
  #tail: Promise<void> = Promise.resolve()
  #pending = 0

  constructor(options: SerialQueueOptions) {
    this.#maxWaiting = options.maxWaiting
  }

  /** Pieces of work that run or wait. */
  get pending(): number {
    return this.#pending
  }

  /** Starts `work` when all earlier work has settled. Its failure is the caller's and does not stop later work. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#pending > this.#maxWaiting) {
      const message = `${this.#pending} pieces of work are waiting already, and ${this.#maxWaiting} may: try again later`
      return Promise.reject(new OdradekError('QUEUE_FULL', message, { fields: { pending: this.#pending } }))
    }
    this.#pending++
    const result = this.#tail.then(work)
    const settled = () => {
      this.#pending--
    }
    this.#tail = result.then(settled, settled)
    return result
  }

  /** Resolves when the work queued so far has settled. */
  idle(): Promise<void> {
    return this.#tail
  }
}
