/** A dashboard as its files here say it; `grafana.ts` makes of it what Grafana reads. */
export interface Dashboard {
  /** In addresses, and for ever: links of users point to it. */
  readonly uid: string
  readonly title: string
  readonly description: string
  /** Chosen at the head of the dashboard, in this order; beside them the data source, which every dashboard has. */
  readonly variables: readonly Variable[]
  readonly rows: readonly Row[]
}

/** A label whose values are chosen: several, or all. Queries say `label=~"$name"`. */
export interface Variable {
  readonly name: string
  readonly label: string
  /** Where the values come from: `label_values(METRIC, LABEL)`. */
  readonly query: string
}

export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

export interface Panel {
  readonly title: string
  /** What it tells, and what to make of it; shown when somebody asks. */
  readonly description: string
  readonly kind: 'timeseries' | 'stat' | 'table'
  readonly unit: Unit
  readonly queries: readonly Query[]
  /** Of 24 columns. */
  readonly width: Width
  /** Colours from these values on; green below. Drawn as lines over time. */
  readonly thresholds?: readonly Threshold[]
  /** Series are put on top of each other: their sum is of interest. */
  readonly isStacked?: true
  /** Of a table: labels that are shown, in this order, before the value. */
  readonly columns?: readonly string[]
}

export type Width = 4 | 6 | 8 | 12 | 24

export interface Query {
  /** PromQL. Rates are over `$__rate_interval`, which Grafana fits to the scrapes and to the width of the panel. */
  readonly expr: string
  /** With labels as `{{label}}`. */
  readonly legend: string
}

export interface Threshold {
  readonly from: number
  readonly colour: 'yellow' | 'orange' | 'red'
}

/** Names of Grafana's units. */
export type Unit = 'short' | 'none' | 'bytes' | 'binBps' | 'cps' | 'reqps' | 'ms' | 's' | 'percentunit'

/** Anything but 0 is wrong. */
export const NONE_IS_GOOD: readonly Threshold[] = [{ from: 1, colour: 'red' }]

/** The brokers whose metrics are read. */
export const INSTANCE: Variable = { name: 'instance', label: 'Broker', query: 'label_values(active_connections, instance)' }

/** The selector of the chosen brokers. */
export const CHOSEN = 'instance=~"$instance"'
