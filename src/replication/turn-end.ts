/**
 * Runs what follows from a change at the end of the turn: after the code that made the change has returned and before
 * anything else is read from a socket. So a caller of `appendAsLeader` never meets its own listeners half-way, and what
 * several appends of one turn caused is told once.
 */
export class TurnEnd {
  readonly #onFailure: (error: unknown) => void
  #tasks: (() => void)[] = []
  #scheduled = false

  /** @param onFailure gets what a task threw: a broken invariant, with no request to blame. Later tasks run all the same. */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure
  }

  /** Runs `task` once. A task added by a task runs in the same turn, behind those that wait already. */
  add(task: () => void): void {
    this.#tasks.push(task)
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(this.#run)
  }

  readonly #run = (): void => {
    const tasks = this.#tasks
    this.#tasks = []
    this.#scheduled = false
    for (const task of tasks) {
      try {
        task()
      } catch (error) {
        this.#onFailure(error)
      }
    }
  }
}
