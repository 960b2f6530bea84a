import { OdradekError } from '../base/errors.ts'
import type { Timers } from '../base/ports.ts'
import type { Logger } from './logger.ts'
import type { AnyMetricTable, MetricSheet, MetricTable } from './metrics.ts'

/** So long a reading waits for what tables must look up first, as on a disk. Collectors wait ten seconds. */
export const PREPARE_MS = 5_000

/** What readings of the metrics tell of themselves. */
export const readingSheet: MetricSheet<{ readonly leftOutCount: number }> = {
  labels: [],
  metrics: [
    {
      name: 'metric_tables_left_out_total',
      type: 'counter',
      help: 'Tables of metrics that were left out of a reading, as what they tell could not be looked up, or not within five seconds; the log says which.',
      read: ({ leftOutCount }) => leftOutCount,
    },
  ],
}

interface Run {
  readonly done: Promise<boolean>
  isLate: boolean
}

/**
 * Has tables prepare themselves before a reading, all at the same time, each within `PREPARE_MS`: one that hangs, as when a disk
 * does, is left out, so that the others are read just when they are wanted. It is not begun again while it hangs, and later
 * readings do not wait for it. Tables with the same `prepare` are prepared together, by one call.
 */
export class TablePreparer {
  readonly #timers: Timers
  readonly #logger: Logger
  readonly #running = new Map<() => Promise<void>, Run>()
  /** The first names of tables that were left out of the last reading: the log tells it once. */
  readonly #ailing = new Set<string>()
  #leftOutCount = 0

  constructor(timers: Timers, logger: Logger) {
    this.#timers = timers
    this.#logger = logger
  }

  /** Tables that were left out of readings. */
  get leftOutCount(): number {
    return this.#leftOutCount
  }

  table(): MetricTable<{ readonly leftOutCount: number }> {
    return { ...readingSheet, rows: () => [this], labelsOf: () => [] }
  }

  /** @returns those of `tables` that can be read now, in their order. Rejects where one fails by a mistake. */
  async ready(tables: Iterable<AnyMetricTable>): Promise<readonly AnyMetricTable[]> {
    const all = [...tables]
    const isReady = await Promise.all(all.map((table) => (table.prepare === undefined ? true : this.#prepare(table, table.prepare))))
    return all.filter((_, index) => isReady[index])
  }

  async #prepare(table: AnyMetricTable, prepare: () => Promise<void>): Promise<boolean> {
    const run = this.#running.get(prepare) ?? this.#start(table, prepare)
    const isReady = !run.isLate && (await this.#inTime(run))
    if (isReady) this.#ailing.delete(nameOf(table))
    else this.#leaveOut(table, 'it is not looked up in time')
    return isReady
  }

  #start(table: AnyMetricTable, prepare: () => Promise<void>): Run {
    const run: Run = { done: this.#outcome(table, prepare), isLate: false }
    this.#running.set(prepare, run)
    return run
  }

  /** false where it failed by what a disk or a peer did. */
  async #outcome(table: AnyMetricTable, prepare: () => Promise<void>): Promise<boolean> {
    try {
      await prepare.call(table)
      return true
    } catch (error) {
      if (!(error instanceof OdradekError)) throw error
      this.#say(table, error.message)
      return false
    } finally {
      this.#running.delete(prepare)
    }
  }

  #inTime(run: Run): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const limit = this.#timers.schedule(PREPARE_MS, () => {
        run.isLate = true
        resolve(false)
      })
      void run.done.then(resolve, reject).finally(() => limit.cancel())
    })
  }

  #leaveOut(table: AnyMetricTable, why: string): void {
    this.#leftOutCount += 1
    this.#say(table, why)
  }

  #say(table: AnyMetricTable, why: string): void {
    const name = nameOf(table)
    if (this.#ailing.has(name)) return
    this.#ailing.add(name)
    this.#logger.warn('metrics are left out of readings until they can be looked up again', { first: name, why })
  }
}

function nameOf({ metrics }: AnyMetricTable): string {
  return metrics[0]?.name ?? ''
}
