import { expect, test } from 'vitest'
import { exposePrometheus } from '../../../../src/platform/metrics/prometheus.ts'
import type { MetricTable } from '../../../../src/telemetry/metrics.ts'
import { parseExposition } from '../../../support/parse-exposition.ts'
import { textOf } from '../../../support/text-of.ts'

function counter(name: string, read: () => number): MetricTable<number> {
  return { labels: [], metrics: [{ name, type: 'counter', help: 'What was counted.', read: (row) => row }], rows: () => [read()], labelsOf: () => [] }
}

test('each request gives the tables and the values of its moment', async () => {
  let total = 3
  const tables = [counter('spools_total', () => total)]
  const expose = exposePrometheus(async () => tables)
  const first = await expose()
  expect(first.contentType).toMatch(/^text\/plain; version=0\.0\.4/)
  expect(await textOf(first)).toContain('# HELP spools_total What was counted.\n# TYPE spools_total counter\nspools_total 3\n')
  total = 5
  tables.push(counter('threads_total', () => 1))
  const second = parseExposition(await textOf(await expose()))
  expect(second.get('spools_total')?.samples[0]?.value).toBe(5)
  expect(second.has('threads_total')).toBe(true)
})

test('the process and Node.js tell of themselves beside, once for each node of the process', async () => {
  const [first, second] = [exposePrometheus(async () => [counter('first_total', () => 1)]), exposePrometheus(async () => [counter('second_total', () => 2)])]
  for (const expose of [first, second]) {
    const families = parseExposition(await textOf(await expose()))
    expect(families.get('process_resident_memory_bytes')?.samples[0]?.value).toBeGreaterThan(10_000_000)
    expect(families.has('nodejs_eventloop_lag_p99_seconds')).toBe(true)
    const utilization = families.get('event_loop_utilization')?.samples[0]?.value ?? -1
    expect(utilization).toBeGreaterThan(0)
    expect(utilization).toBeLessThanOrEqual(1)
    expect(families.get('kafka_network_socketserver_networkprocessoravgidle_percent')?.samples[0]?.value).toBeCloseTo(1 - utilization, 1)
  }
  expect(await textOf(await second())).not.toContain('first_total')
})

test('a reading that fails does not spoil the next', async () => {
  let isBroken = true
  const expose = exposePrometheus(async () => {
    if (isBroken) throw new Error('a mistake')
    return [counter('spools_total', () => 3)]
  })
  await expect(expose()).rejects.toThrow('a mistake')
  isBroken = false
  expect(await textOf(await expose())).toContain('\nspools_total 3\n')
})

test('other work runs between the pieces of a long answer', async () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => index)
  const table: MetricTable<number> = {
    labels: ['partition'],
    metrics: [{ name: 'size_bytes', type: 'gauge', help: 'Bytes.', read: (row) => row }],
    rows: () => rows,
    labelsOf: (row) => [String(row)],
  }
  const { text } = await exposePrometheus(async () => [table])()
  let turns = 0
  let isOver = false
  const takeTurn = () => {
    turns++
    if (!isOver) setImmediate(takeTurn)
  }
  takeTurn()
  let pieces = 0
  for await (const piece of text) {
    pieces++
    expect(piece.length).toBeLessThan(100_000)
  }
  isOver = true
  expect(pieces).toBeGreaterThan(5)
  expect(turns).toBeGreaterThanOrEqual(pieces - 1)
})
