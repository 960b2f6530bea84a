import type { Histogram } from './histogram.ts'

interface Told {
  /** In the style of Prometheus: letters, digits and `_`. */
  readonly name: string
  /** One sentence. */
  readonly help: string
  /** Further names for the same series, by which other collectors call them. */
  readonly aliases?: readonly string[]
}

/** One figure of each row. A counter grows only. */
export interface NumberMetric<Row> extends Told {
  readonly type: 'counter' | 'gauge'
  /** null: there is no such series now. */
  read(row: Row): number | null
}

/** How often which values were observed, for each row. */
export interface HistogramMetric<Row> extends Told {
  readonly type: 'histogram'
  read(row: Row): Histogram | null
}

export type Metric<Row> = NumberMetric<Row> | HistogramMetric<Row>

/** What is told of all things of one kind: what documents and tests need to know of it. */
export interface MetricSheet<Row> {
  /** Names of the labels that tell one thing from another; none where there is only one. */
  readonly labels: readonly string[]
  readonly metrics: readonly Metric<Row>[]
}

/** Metrics of things of one kind: a row for each thing, a series for each metric and row. */
export interface MetricTable<Row> extends MetricSheet<Row> {
  /** Awaited at each reading before the rows: for what cannot be read at once. One call serves all tables that have the same function here. */
  prepare?(): Promise<void>
  /** Iterated once at each reading, with pauses in which other work runs: what is behind it must bear changes. No two rows have the same labels. */
  rows(): Iterable<Row>
  /** Values in the order of `labels`; '' leaves the label out. */
  labelsOf(row: Row): readonly string[]
}

/** Tables of different rows stand together. */
// biome-ignore lint/suspicious/noExplicitAny: a table's own functions alone see its rows
export type AnyMetricTable = MetricTable<any>

/** Metrics as text for who collects them. */
export interface Exposition {
  readonly contentType: string
  /** Piece by piece; other work runs between them. What goes wrong on the way rejects. */
  readonly text: AsyncIterable<string>
}

/**
 * Makes what writes the tables out as they are then, with metrics of the process beside them. Nothing is loaded or measured before it is first called.
 * @param tables whose rows can be read now (`TablePreparer`)
 */
export type Expose = (tables: () => Promise<Iterable<AnyMetricTable>>) => () => Promise<Exposition>
