import type { Timer, Timers } from '../base/ports.ts'
import type { Logger } from '../telemetry/logger.ts'

/** What an active controller does again and again. */
export interface PeriodicTask {
  /** What is done, for the log. */
  readonly name: string
  readonly everyMs: number
  /** True: there is more to do at once. A rejection is logged, and the task is done again at its time. */
  run(): Promise<boolean>
}

/** Between parts of one task, so that requests come between. Source: PeriodicTaskControlManager.IMMEDIATE_PERIOD_NS. */
const NEXT_PART_MS = 10

/** Runs tasks from `start` to `stop`, each never beside itself: the time until the next run begins when the last one has ended. */
export class PeriodicTasks {
  readonly #tasks: readonly PeriodicTask[]
  readonly #timers: Pick<Timers, 'schedule'>
  readonly #logger: Logger
  readonly #scheduled = new Map<PeriodicTask, Timer>()
  #generation = 0

  constructor(tasks: readonly PeriodicTask[], timers: Pick<Timers, 'schedule'>, logger: Logger) {
    this.#tasks = tasks
    this.#timers = timers
    this.#logger = logger
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
    const timer = this.#timers.schedule(delayMs, () => {
      task.run().then(
        (hasMore) => this.#schedule(task, hasMore ? NEXT_PART_MS : task.everyMs, generation),
        (error: unknown) => {
          this.#logger.debug('a periodic task of the controller failed', { task: task.name, error })
          this.#schedule(task, task.everyMs, generation)
        },
      )
    })
    this.#scheduled.set(task, timer)
  }
}
