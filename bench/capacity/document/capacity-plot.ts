import { type Axis, type CapacityReport, figuresOf, type StepFigures, type StepResult } from '../report.ts'
import { BASE } from '../steps.ts'
import { bytesText, groups } from './number-text.ts'
import { type PlotRow, type Series, svgPanels } from './svg-panels.ts'

interface PlottedAxis {
  readonly axis: Axis
  readonly title: string
  readonly xOf: (result: StepResult) => string
}

const AXES: readonly PlottedAxis[] = [
  { axis: 'message size', title: 'message size, bytes', xOf: ({ step }) => shortened(step.recordBytes) },
  { axis: 'partitions', title: 'partitions', xOf: ({ step }) => groups(step.partitions) },
  { axis: 'connections', title: 'connections', xOf: ({ step }) => groups(step.connections) },
  { axis: 'nodes', title: 'nodes on the machine', xOf: ({ step }) => String(step.nodes) },
]

/** Seven of them have to stand side by side. */
function shortened(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`
  return value >= 1e3 ? `${value / 1e3}k` : String(value)
}

interface Measure {
  readonly name: string
  readonly of: (figures: StepFigures) => number
}

const ROWS: readonly { readonly title: string; readonly measures: readonly Measure[] }[] = [
  {
    title: 'MB/s',
    measures: [
      { name: 'produced', of: ({ megabytesPerSecond }) => megabytesPerSecond },
      { name: 'consumed', of: ({ consumedMegabytesPerSecond }) => consumedMegabytesPerSecond },
    ],
  },
  {
    title: 'latency, ms',
    measures: [
      { name: 'p50 at half of the full speed', of: ({ p50Ms }) => p50Ms },
      { name: 'p99', of: ({ p99Ms }) => p99Ms },
    ],
  },
  {
    title: 'processor s per GB',
    measures: [
      { name: 'produced', of: ({ cpuSecondsPerGigabyte }) => cpuSecondsPerGigabyte },
      { name: 'consumed', of: ({ cpuSecondsPerGigabyteConsumed }) => cpuSecondsPerGigabyteConsumed },
    ],
  },
]

/** SVG: throughput, latency and processor time, over what grows. */
export function capacityPlot({ results, measuredAt }: CapacityReport): string {
  const columns = AXES.map((plotted) => ({ ...plotted, results: results.filter(({ step }) => step.axis === plotted.axis && step.kind === BASE.kind) }))
  return svgPanels({
    title: `Capacity of ${BASE.nodes} nodes with ${BASE.replicationFactor} replicas, all on one machine, ${measuredAt.slice(0, 10)}`,
    note: `Where nothing else is said: messages of ${bytesText(BASE.recordBytes)}, ${BASE.partitions} partitions, ${BASE.connections} connections, acks=all. Dashed: one replica.`,
    columns: columns.map(({ title, results: own, xOf }) => ({ title, values: [...new Set(own.map(xOf))] })),
    rows: ROWS.map(
      ({ title, measures }): PlotRow => ({
        title,
        panels: columns.map(({ results: own, xOf }) => measures.flatMap((measure) => seriesOf(own, xOf, measure))),
      }),
    ),
  })
}

/** Steps with one replica, where others have more, are a series of their own. */
function seriesOf(results: readonly StepResult[], xOf: (result: StepResult) => string, { name, of }: Measure): readonly Series[] {
  return [false, true].flatMap((isDashed) => {
    const points = results
      .filter(({ step }) => (step.replicationFactor === 1) === isDashed)
      .flatMap((result) => {
        const figures = figuresOf(result)
        return figures === null ? [] : [{ at: xOf(result), value: of(figures) }]
      })
      // What a logarithm can show.
      .filter(({ value }) => value > 0)
    return points.length === 0 ? [] : [{ name, isDashed, points }]
  })
}
