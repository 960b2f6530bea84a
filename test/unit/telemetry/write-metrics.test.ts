import { expect, test } from 'vitest'
import { Histogram } from '../../../src/telemetry/histogram.ts'
import type { AnyMetricTable, MetricTable } from '../../../src/telemetry/metrics.ts'
import { writeMetrics } from '../../../src/telemetry/write-metrics.ts'
import { parseExposition } from '../../support/parse-exposition.ts'

interface Spool {
  readonly colour: string
  readonly metres: number | null
}

function spools(rows: () => Iterable<Spool>): MetricTable<Spool> {
  return {
    labels: ['colour', 'shelf'],
    metrics: [
      { name: 'thread_metres', aliases: ['kafka_thread'], type: 'gauge', help: 'What is left.', read: ({ metres }) => metres },
      { name: 'spools_total', type: 'counter', help: 'Spools\nso far \\o/', read: () => 1 },
    ],
    rows,
    labelsOf: ({ colour }) => [colour, ''],
  }
}

function write(...tables: AnyMetricTable[]): string {
  return [...writeMetrics(tables)].join('')
}

test('a family has its head once, and a series for each row; a label without a value is left out', () => {
  const text = write(
    spools(() => [
      { colour: 'red', metres: 7 },
      { colour: 'blue', metres: 0.5 },
    ]),
  )
  expect(text).toBe(
    [
      '# HELP thread_metres What is left.',
      '# TYPE thread_metres gauge',
      'thread_metres{colour="red"} 7',
      'thread_metres{colour="blue"} 0.5',
      '# HELP kafka_thread What is left.',
      '# TYPE kafka_thread gauge',
      'kafka_thread{colour="red"} 7',
      'kafka_thread{colour="blue"} 0.5',
      '# HELP spools_total Spools\\nso far \\\\o/',
      '# TYPE spools_total counter',
      'spools_total{colour="red"} 1',
      'spools_total{colour="blue"} 1',
      '',
    ].join('\n'),
  )
})

test('a series without a value is left out, and so is the head of a family without series', () => {
  const text = write(spools(() => [{ colour: 'red', metres: null }]))
  expect(text).not.toContain('thread')
  expect(text).toContain('spools_total{colour="red"} 1\n')
  expect(write(spools(() => []))).toBe('')
})

test('labels of any characters are read as they were meant', () => {
  const colours = ['"', '\\', '\n', '\\n', 'größer', 'a",b="c', '{}']
  const families = parseExposition(write(spools(() => colours.map((colour) => ({ colour, metres: 1 })))))
  expect(families.get('thread_metres')?.samples.map(({ labels }) => labels.colour)).toEqual(colours)
})

test('values beyond numbers are written as Prometheus reads them', () => {
  const values = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e21, 1e-7, 2 ** 53]
  const families = parseExposition(write(spools(() => values.map((metres, at) => ({ colour: `c${at}`, metres })))))
  expect(families.get('thread_metres')?.samples.map(({ value }) => value)).toEqual(values)
})

test('the buckets of a histogram hold all that is at most their bound', () => {
  const histogram = new Histogram([0.1, 1])
  for (const value of [0.05, 0.5, 0.5, 7]) histogram.observe(value)
  const table: MetricTable<string> = {
    labels: ['api'],
    metrics: [{ name: 'seconds', type: 'histogram', help: 'How long.', read: (row) => (row === 'none' ? null : histogram) }],
    rows: () => ['Fetch', 'none'],
    labelsOf: (row) => [row],
  }
  expect(write(table).split('\n').slice(2)).toEqual([
    'seconds_bucket{api="Fetch",le="0.1"} 1',
    'seconds_bucket{api="Fetch",le="1"} 3',
    'seconds_bucket{api="Fetch",le="+Inf"} 4',
    'seconds_sum{api="Fetch"} 8.05',
    'seconds_count{api="Fetch"} 4',
    '',
  ])
})

test('no slice is long, and none looks at many rows, however many there are', () => {
  let looked = 0
  const rows = function* () {
    for (let count = 0; count < 20_000; count++) {
      looked++
      yield { colour: `colour-${count}`, metres: count % 1_000 === 0 ? count : null }
    }
  }
  const slices = writeMetrics([spools(rows)])
  let all = ''
  let mostRows = 0
  for (let before = 0; ; before = looked) {
    const { done, value } = slices.next()
    if (done === true) break
    expect(value.length).toBeLessThan(40 * 1024)
    mostRows = Math.max(mostRows, looked - before)
    all += value
  }
  expect(mostRows).toBeLessThanOrEqual(500)
  expect(parseExposition(all).get('thread_metres')?.samples).toHaveLength(20)
  expect(parseExposition(all).get('spools_total')?.samples).toHaveLength(20_000)
})

test('rows are read once for all metrics of a table, so that its metrics agree on what there is', () => {
  let readings = 0
  write(
    spools(() => {
      readings++
      return [{ colour: 'red', metres: 1 }]
    }),
  )
  expect(readings).toBe(1)
})
