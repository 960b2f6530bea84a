import type { Histogram } from './histogram.ts'
import type { AnyMetricTable, Metric } from './metrics.ts'

/** A slice ends when it has so many characters … */
const SLICE_CHARACTERS = 32 * 1024
/** … or when so many rows were looked at, of which some may have had nothing to tell. */
const SLICE_ROWS = 500

/** A row with its labels as they are written: `topic="a",partition="0"`. */
interface LabelledRow {
  readonly row: unknown
  readonly labels: string
}

/**
 * Writes tables in the text format of Prometheus, slice by slice: what one `next` does is bounded, however many rows there are,
 * so that who calls it can let other work run in between. A slice may be empty. A metric of which there is no series now is left out whole.
 * Source: the text-based exposition format of Prometheus, version 0.0.4.
 */
export function* writeMetrics(tables: Iterable<AnyMetricTable>): Generator<string, void, void> {
  for (const table of tables) {
    const rows = yield* labelledRows(table)
    for (const metric of table.metrics) for (const name of [metric.name, ...(metric.aliases ?? [])]) yield* writeMetric(name, metric, rows)
  }
}

function* labelledRows(table: AnyMetricTable): Generator<string, readonly LabelledRow[], void> {
  const rows: LabelledRow[] = []
  for (const row of table.rows()) {
    rows.push({ row, labels: writeLabels(table.labels, table.labelsOf(row)) })
    if (rows.length % SLICE_ROWS === 0) yield ''
  }
  return rows
}

function* writeMetric(name: string, metric: Metric<unknown>, rows: readonly LabelledRow[]): Generator<string, void, void> {
  const head = `# HELP ${name} ${escapeHelp(metric.help)}\n# TYPE ${name} ${metric.type}\n`
  let isHeadDue = true
  let slice = ''
  let seen = 0
  for (const { row, labels } of rows) {
    const series = writeSeries(name, metric, row, labels)
    if (series !== '' && isHeadDue) {
      slice += head
      isHeadDue = false
    }
    slice += series
    if (++seen % SLICE_ROWS !== 0 && slice.length < SLICE_CHARACTERS) continue
    yield slice
    slice = ''
  }
  if (slice !== '') yield slice
}

function writeSeries(name: string, metric: Metric<unknown>, row: unknown, labels: string): string {
  if (metric.type === 'histogram') {
    const histogram = metric.read(row)
    return histogram === null ? '' : writeHistogram(name, histogram, labels)
  }
  const value = metric.read(row)
  return value === null ? '' : writeSample(name, labels, value)
}

function writeHistogram(name: string, { bounds, counts, sum }: Histogram, labels: string): string {
  const before = labels === '' ? '' : `${labels},`
  let text = ''
  let count = 0
  for (const [bucket, bound] of bounds.entries()) {
    count += counts[bucket] as number
    text += writeSample(`${name}_bucket`, `${before}le="${bound}"`, count)
  }
  count += counts.at(-1) as number
  text += writeSample(`${name}_bucket`, `${before}le="+Inf"`, count)
  return `${text}${writeSample(`${name}_sum`, labels, sum)}${writeSample(`${name}_count`, labels, count)}`
}

function writeSample(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${writeNumber(value)}\n` : `${name}{${labels}} ${writeNumber(value)}\n`
}

function writeNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}

function writeLabels(names: readonly string[], values: readonly string[]): string {
  let text = ''
  for (const [index, name] of names.entries()) {
    const value = values[index] ?? ''
    if (value !== '') text += `${text === '' ? '' : ','}${name}="${escapeLabel(value)}"`
  }
  return text
}

const SPECIAL_IN_LABELS = /[\\"\n]/

function escapeLabel(value: string): string {
  if (!SPECIAL_IN_LABELS.test(value)) return value
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
