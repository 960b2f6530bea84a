import type { Logger } from '../../telemetry/logger.ts'

interface Step {
  readonly what: string
  readonly undo: () => Promise<void> | void
}

/**
 * What has been started, to be stopped in the reverse order. A step that fails is logged and does not keep the others
 * from being taken; so it serves an orderly stop and a start that failed half-way alike.
 */
export class Teardown implements AsyncDisposable {
  readonly #steps: Step[] = []
  readonly #logger: Logger
  #done: Promise<void> | null = null

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /**
   * Of a part that stands when the others are stopped already, as when a start goes on after another part failed, the step is taken at once.
   * @param what as in "stopping `what` failed"
   */
  add(what: string, undo: Step['undo']): void {
    this.#steps.push({ what, undo })
    if (this.#done !== null) this.#done = this.#done.then(() => this.#runAll())
  }

  /** Takes all steps, each once; calling it again waits for the same end. */
  run(): Promise<void> {
    this.#done ??= this.#runAll()
    return this.#done
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.run()
  }

  async #runAll(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.undo()
      } catch (error) {
        this.#logger.error('a part of the node did not stop in order', { part: step.what, error })
      }
    }
  }
}
