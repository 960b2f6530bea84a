/**
 * Runs Apache Kafka and Odradek in turns on this machine and prints the figures of docs/architecture.md, section 12, as ratios.
 *
 *   npm run bench -- [--rounds 3] [--scale 1] [--only odradek] [--measure cluster|failover|partitions|connections|scrape|start]
 *   npm run bench -- --measure capacity [--scale 1] [--only odradek] [--axes partitions,connections] [--report FILE]
 *
 * A round is one broker after the other, each in a fresh process and directory; the order changes from round to round.
 * `--measure` runs one that takes long in place of these: three nodes, only the leaders that they lose, 2,000
 * and 10,000 partitions, 10,000 connections; or, of Odradek alone, readings of the metrics with 1, 1,000 and 10,000 partitions, and with 10,000 groups,
 * and what a command of ours costs beside a Node process that does nothing.
 * Capacity is measured once, step by step (bench/capacity/steps.ts), and written to a file, of which `npm run docs` makes
 * the tables and the plot of docs/OPERATIONS.md.
 *
 * Needs a JDK and Maven (Kafka's own tools are the load) and Linux (/proc).
 */
import { parseArgs } from 'node:util'
import type { BrokerKind } from './brokers.ts'
import { type Axis, REPORT_FILE } from './capacity/report.ts'
import { runCapacity } from './capacity/run-capacity.ts'
import { AXIS_NAMES, stepsOf } from './capacity/steps.ts'
import { cluster } from './measures/cluster.ts'
import { commandStart } from './measures/command-start.ts'
import { manyConnections } from './measures/connections.ts'
import { failover } from './measures/failover.ts'
import { bareListener, cannedLatency } from './measures/floor.ts'
import { manyPartitions } from './measures/partitions.ts'
import { scrape } from './measures/scrape.ts'
import { markdown, rows } from './report.ts'
import { type Figures, type Keep, runRound } from './round.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    scale: { type: 'string', default: '1' },
    only: { type: 'string' },
    measure: { type: 'string', default: 'round' },
    axes: { type: 'string', default: AXIS_NAMES.join() },
    report: { type: 'string', default: REPORT_FILE },
  },
})
const rounds = Number(values.rounds)
const scale = Number(values.scale)

const LARGE = { topics: 10, partitionsPerTopic: 1_000 }
const MEASURES: Readonly<Record<string, (kind: BrokerKind, keep: Keep) => Promise<void>>> = {
  round: async (kind, keep) => keep(await runRound(kind, { scale })),
  partitions: async (kind, keep) => {
    await manyPartitions(kind, { ...LARGE, topics: 2 }, keep)
    await manyPartitions(kind, LARGE, keep)
  },
  cluster: (kind, keep) => cluster(kind, keep, scale),
  failover,
  connections: async (kind, keep) => keep(await manyConnections(kind)),
  scrape: async (kind, keep) => {
    if (kind !== 'odradek') return
    for (const partitions of [1, 1_000, 10_000]) await scrape({ partitions, groups: 0 }, keep)
    for (const partitions of [1, 10]) await scrape({ partitions, groups: 10_000 }, keep)
  },
  start: async (kind, keep) => {
    if (kind === 'odradek') await commandStart(keep)
  },
}

if (values.measure === 'capacity') {
  const steps = stepsOf(values.axes.split(',').map(axisNamed)).filter(({ kind }) => values.only === undefined || values.only === kind)
  await runCapacity({ steps, scale, file: values.report })
  process.exit()
}

const measure = MEASURES[values.measure]
if (measure === undefined) throw new Error(`--measure ${values.measure} is none of ${[...Object.keys(MEASURES), 'capacity'].join(', ')}`)
const measured: Record<BrokerKind, Figures[]> = { kafka: [], odradek: [] }
for (let round = 0; round < rounds; round++) {
  const order: BrokerKind[] = round % 2 === 0 ? ['kafka', 'odradek'] : ['odradek', 'kafka']
  for (const kind of order) {
    if (values.only !== undefined && values.only !== kind) continue
    const figures: Record<string, number> = {}
    measured[kind].push(figures)
    await measure(kind, (more) => Object.assign(figures, more)).catch((error: Error) => {
      console.error(`round ${round + 1} of ${rounds}, ${kind}, ended early: ${error.stack}`)
      process.exitCode = 1
    })
    console.error(`round ${round + 1} of ${rounds}, ${kind}: ${JSON.stringify(figures)}`)
  }
}
if (values.only === undefined) {
  console.log(`Medians of ${rounds} interleaved rounds, spread in brackets; scale ${scale}; warm-up: one million 100 B records times the scale.\n`)
  console.log(markdown(rows(measured.kafka, measured.odradek)))
}
if (values.measure === 'round') {
  const floor = await bareListener()
  const canned = await cannedLatency(20_000)
  console.log(
    `\nThe floor, a bare Node listener: ${floor.startMs.toFixed(0)} ms to its first answer, ${floor.residentMegabytes.toFixed(1)} MB idle, ${floor.roundTripMs.toFixed(3)} ms for a round trip of 100 bytes. ` +
      `With prepared answers, latency ${canned.averageMs.toFixed(2)} ms on average and ${canned.p99Ms} at p99, CPU ${(canned.cpuSeconds / 2).toFixed(2)} s per 10,000 records.`,
  )
}

function axisNamed(name: string): Axis {
  const axis = AXIS_NAMES.find((one) => one === name)
  if (axis === undefined) throw new Error(`--axes ${name} is none of ${AXIS_NAMES.join(', ')}`)
  return axis
}
