import { type Axis, type CapacityReport, figuresOf, type StepFigures, type StepResult } from '../report.ts'
import { AXIS_NAMES, BASE } from '../steps.ts'
import { bytesText, numberText } from './number-text.ts'
import { stepLabel } from './step-label.ts'

/** With fewer requests the 99th percentile is just the longest. */
const ENOUGH_REQUESTS = 100

const HEADS: Readonly<Record<Axis, string>> = {
  'message size': 'message',
  batches: 'records of 1 KB in batches of',
  partitions: 'partitions',
  connections: 'connections',
  nodes: 'nodes',
}

const COLUMNS = [
  'produced, MB/s',
  'records/s',
  'p50, ms',
  'p99, ms',
  's per GB',
  'client, s per GB',
  'consumed, MB/s',
  's per GB consumed',
  'memory of a node, MB',
]

/** Markdown: how it was measured, and a table for each axis that the report has. */
export function capacityTables(report: CapacityReport): string {
  const tables = AXIS_NAMES.flatMap((axis) => {
    const results = report.results.filter(({ step }) => step.axis === axis)
    return results.length === 0 ? [] : [tableOf(axis, results)]
  })
  return [howMeasured(report), ...tables].join('\n\n')
}

function howMeasured({ measuredAt, scale, machine, results }: CapacityReport): string {
  const shares = results.flatMap((result) => figuresOf(result)?.othersPercent ?? []).sort((a, b) => a - b)
  const others = `${Math.round(shares[0] ?? 0)}–${Math.round(shares.at(-1) ?? 0)} % (median ${Math.round(shares[shares.length >> 1] ?? 0)} %)`
  return [
    `Measured on ${measuredAt.slice(0, 10)}${scale === 1 ? '' : `, with times ${scale} of the usual`}, on one machine: ${machine.processors} processors (${machine.model}), ${machine.memoryGigabytes} GB of memory, Node.js ${machine.node}. All nodes and the client share it, and other processes took ${others} of its processors meanwhile.`,
    `Unless a table says otherwise: ${BASE.nodes} nodes, ${BASE.replicationFactor} replicas, \`acks=all\`, min.insync.replicas 2, ${BASE.partitions} partitions, ${BASE.connections} connections, messages of ${bytesText(BASE.recordBytes)}, batches of ${BASE.batchBytes / 1024} KB, no compression.`,
    'MB/s and records/s are of all nodes together at full speed (30 requests at a time, 32 MB at most), latency at half of it, an asterisk where it is the longest of fewer than 100 requests. Processor time is of all nodes together, copies to followers included.',
  ].join('\n')
}

function tableOf(axis: Axis, results: readonly StepResult[]): string {
  const head = [HEADS[axis], ...COLUMNS]
  return [row(head), row(head.map(() => '---')), ...results.map((result) => row([stepLabel(result.step), ...cellsOf(result)]))].join('\n')
}

function cellsOf(result: StepResult): readonly string[] {
  const figures = figuresOf(result)
  if (figures !== null) return cells(figures)
  return ['missing' in result ? `not measured: ${result.missing.replaceAll('|', '\\|')}` : '', ...COLUMNS.slice(1).map(() => '')]
}

function cells(figures: StepFigures): readonly string[] {
  const p99 = `${numberText(figures.p99Ms)}${figures.latencyRequests < ENOUGH_REQUESTS ? ' *' : ''}`
  const others = [
    figures.cpuSecondsPerGigabyte,
    figures.clientCpuSecondsPerGigabyte,
    figures.consumedMegabytesPerSecond,
    figures.cpuSecondsPerGigabyteConsumed,
    figures.residentMegabytes,
  ]
  return [numberText(figures.megabytesPerSecond), numberText(figures.recordsPerSecond), numberText(figures.p50Ms), p99, ...others.map(numberText)]
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
