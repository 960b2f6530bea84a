/**
 * Runs Apache Kafka and Odradek in turns on this machine and prints the figures of docs/architecture.md, section 12, as ratios.
 *
 *   npm run bench -- [--rounds 3] [--scale 1] [--only odradek]
 *
 * A round is one broker after the other, each in a fresh process and directory; the order changes from round to round.
 * Needs a JDK and Maven (Kafka's own tools are the load) and Linux (/proc).
 */
import { parseArgs } from 'node:util'
import type { BrokerKind } from './brokers.ts'
import { bareListener } from './measures/floor.ts'
import { markdown, rows } from './report.ts'
import { type Figures, runRound } from './round.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' }, scale: { type: 'string', default: '1' }, only: { type: 'string' } } })
const rounds = Number(values.rounds)
const scale = Number(values.scale)
const measured: Record<BrokerKind, Figures[]> = { kafka: [], odradek: [] }

for (let round = 0; round < rounds; round++) {
  const order: BrokerKind[] = round % 2 === 0 ? ['kafka', 'odradek'] : ['odradek', 'kafka']
  for (const kind of order) {
    if (values.only !== undefined && values.only !== kind) continue
    const figures = await runRound(kind, { scale })
    measured[kind].push(figures)
    console.error(`round ${round + 1} of ${rounds}, ${kind}: ${JSON.stringify(figures)}`)
  }
}
const floor = await bareListener()
if (values.only === undefined) {
  console.log(`Medians of ${rounds} interleaved rounds, spread in brackets; scale ${scale}; warm-up: one million 100 B records times the scale.\n`)
  console.log(markdown(rows(measured.kafka, measured.odradek)))
}
console.log(
  `\nThe floor, a bare Node listener: ${floor.startMs.toFixed(0)} ms to its first answer, ${floor.residentMegabytes.toFixed(1)} MB idle, ${floor.roundTripMs.toFixed(3)} ms for a round trip of 100 bytes.`,
)
