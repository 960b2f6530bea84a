import { assert } from '../base/assert.ts'
import type { AnyMetricTable, MetricTable } from './metrics.ts'

/** The metrics of one node. Its parts add what they tell of themselves as they come to be, and are read when somebody asks. */
export class MetricRegistry {
  readonly #tables: AnyMetricTable[] = []
  readonly #names = new Set<string>()

  /** All metrics of one name stand in one table. */
  add<Row>(table: MetricTable<Row>): void {
    for (const { name, aliases = [] } of table.metrics) for (const one of [name, ...aliases]) this.#addName(one)
    this.#tables.push(table)
  }

  /** In the order in which they were added. */
  get tables(): readonly AnyMetricTable[] {
    return this.#tables
  }

  #addName(name: string): void {
    assert(!this.#names.has(name), `metric ${name} is told once`)
    this.#names.add(name)
  }
}
