import { OdradekError } from '../base/errors.ts'
import type { Timer, Timers } from '../base/ports.ts'
import type { Logger } from '../telemetry/logger.ts'

/** What an active controller does again and again. */
export interface PeriodicTask {
  /** What is done, for the log. */
  readonly name: string
  readonly everyMs: number
  /** True: there is more to do at once. Where it rejects with an `OdradekError`, it is done again at its time. */
  run(): Promise<boolean>
}

export interface PeriodicTasksOptions {
  readonly timers: Pick<Timers, 'schedule'>
  readonly logger: Logger
  /** A broken invariant. */
  readonly onFailure: (error: Error) => void
}

/** Between parts of one task, so that requests come between. Source: PeriodicTaskControlManager.IMMEDIATE_PERIOD_NS. */
const NEXT_PART_MS = 10

/** Runs tasks from `start` to `stop`, each never beside itself: the time until the next run begins when the last one has ended. */
export class PeriodicTasks {
  readonly #tasks: readonly PeriodicTask[]
  readonly #options: PeriodicTasksOptions
  readonly #scheduled = new Map<PeriodicTask, Timer>()
  #generation = 0

  constructor(tasks: readonly PeriodicTask[], options: PeriodicTasksOptions) {
    this.#tasks = tasks
    this.#options = options
  }

  start(): void {
    this.stop()
    for (const task of this.#tasks) this.#schedule(task, task.everyMs, this.#generation)
  }

  stop(): void {
    this.#generation++
    for (const timer of this.#scheduled.values()) timer.cancel()
    this.#scheduled.clear()
  }

  #schedule(task: PeriodicTask, delayMs: number, generation: number): void {
    if (generation !== this.#generation) return
    const timer = this.#options.timers.schedule(delayMs, () => {
      task.run().then(
        (hasMore) => this.#schedule(task, hasMore ? NEXT_PART_MS : task.everyMs, generation),
        (error: unknown) => this.#failed(task, error, generation),
      )
    })
    this.#scheduled.set(task, timer)
  }

  #failed(task: PeriodicTask, error: unknown, generation: number): void {
    const { logger, onFailure } = this.#options
    if (!(error instanceof OdradekError)) {
      onFailure(error as Error)
      return
    }
    logger.debug('a periodic task of the controller failed', { task: task.name, error })
    this.#schedule(task, task.everyMs, generation)
  }
}
