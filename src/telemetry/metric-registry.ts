import { assert } from '../base/assert.ts'
import type { AnyMetricTable, MetricTable } from './metrics.ts'

/** The metrics of one node. Its parts add what they tell of themselves as they come to be, and are read when somebody asks. */
export class MetricRegistry {
  readonly #tables: AnyMetricTable[] = []
  readonly #changing: (() => readonly AnyMetricTable[])[] = []
  readonly #names = new Set<string>()

  /** All metrics of one name stand in one table. */
  add<Row>(table: MetricTable<Row>): void {
    for (const { name, aliases = [] } of table.metrics) for (const one of [name, ...aliases]) this.#addName(one)
    this.#tables.push(table)
  }

  /** Tables that are others at each reading, as what is told is chosen elsewhere. Nobody else may use their names. */
  addChanging(tables: () => readonly AnyMetricTable[]): void {
    this.#changing.push(tables)
  }

  /** As they are now: in the order in which they were added, those that change last. */
  get tables(): readonly AnyMetricTable[] {
    return this.#changing.length === 0 ? this.#tables : [...this.#tables, ...this.#changing.flatMap((tables) => tables())]
  }

  #addName(name: string): void {
    assert(!this.#names.has(name), `metric ${name} is told once`)
    this.#names.add(name)
  }
}
