/**
 * What the program measures, apart from who collects it. A part is given a `MetricFactory`, makes its metrics once at
 * construction and keeps them; `src/platform/` makes them of prom-client.
 *
 * Label sets are bounded by construction: a label takes its values from what the program enumerates (API names, error
 * names, listeners, directories), never from what users choose (topics, groups, client ids). Per-partition figures are
 * not metrics of this kind: they are read from the parts when they are asked for.
 */

/** One value for each label name of the metric. */
export type Labels<Name extends string> = Readonly<Record<Name, string>>

/** Only goes up. */
export interface Counter<Name extends string = never> {
  /** @param by at least 0 */
  add(by: number, labels: Labels<Name>): void
}

/** Goes up and down. */
export interface Gauge<Name extends string = never> {
  set(value: number, labels: Labels<Name>): void
}

/** Counts observations by size. */
export interface Histogram<Name extends string = never> {
  observe(value: number, labels: Labels<Name>): void
}

export interface MetricOptions<Name extends string> {
  /** With the unit last: `odradek_request_duration_seconds`. Unique within the factory. */
  readonly name: string
  /** One sentence for the reader of a dashboard. */
  readonly help: string
  readonly labels?: readonly Name[]
}

export interface HistogramOptions<Name extends string> extends MetricOptions<Name> {
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[]
}

export interface MetricFactory {
  counter<Name extends string = never>(options: MetricOptions<Name>): Counter<Name>
  gauge<Name extends string = never>(options: MetricOptions<Name>): Gauge<Name>
  histogram<Name extends string = never>(options: HistogramOptions<Name>): Histogram<Name>
}

const ignored = { add() {}, set() {}, observe() {} }

/** For parts that are built without a node around them. */
export const noMetrics: MetricFactory = { counter: () => ignored, gauge: () => ignored, histogram: () => ignored }
