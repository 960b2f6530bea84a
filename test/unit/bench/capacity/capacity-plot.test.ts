import { expect, test } from 'vitest'
import { capacityPlot } from '../../../../bench/capacity/document/capacity-plot.ts'
import { svgPanels } from '../../../../bench/capacity/document/svg-panels.ts'
import { measured, reportOf } from './capacity-report.ts'

/** Elements that are open when the text ends, or an element that another closes. */
function unclosed(xml: string): readonly string[] {
  const open: string[] = []
  for (const [, slash, name = '', ending] of xml.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
    if (ending === '/') continue
    if (slash === '') open.push(name)
    else if (open.pop() !== name) return [`</${name}>`]
  }
  return open
}

const count = (text: string, what: string) => text.split(what).length - 1
const PLACES = / c?[xy]\d?="([^"]*)"/g

test('a point for each figure, lines between them, and every element is closed', () => {
  const svg = capacityPlot(reportOf())
  expect(unclosed(svg)).toEqual([])
  // Seven sizes, five numbers of partitions and of connections, five clusters; two series in each of three rows.
  expect(count(svg, '<circle class="dot a" ') + count(svg, '<circle class="dot b" ')).toBe((7 + 5 + 5 + 5) * 6 + 6)
  for (const [, number = ''] of svg.matchAll(PLACES)) expect(Number.isFinite(Number(number)), number).toBe(true)
})

test('axes have titles with units', () => {
  const svg = capacityPlot(reportOf())
  for (const title of ['message size, bytes', 'partitions', 'connections', 'nodes on the machine', 'MB/s', 'latency, ms', 'processor s per GB']) {
    expect(svg).toContain(`>${title}</text>`)
  }
})

test('it is readable on light and on dark pages', () => {
  const [light = '', dark = ''] = capacityPlot(reportOf()).split('@media (prefers-color-scheme: dark)')
  for (const rule of ['.page {', '.grid {', 'text {', '.line.a {', '.line.b {', '.dot.a {', '.dot.b {']) {
    expect(light, rule).toContain(rule)
    expect(dark.slice(0, dark.indexOf('</style>')), rule).toContain(rule)
  }
})

test('more is higher, tenfold by as much everywhere', () => {
  const heights = [1, 10, 100].map((value, index) => ({ at: String(index), value }))
  const svg = svgPanels({
    title: 't',
    note: '',
    columns: [{ title: 'x', values: ['0', '1', '2'] }],
    rows: [{ title: 'y', panels: [[{ name: 's', points: heights }]] }],
  })
  const [low = 0, middle = 0, high = 0] = [...svg.matchAll(/<circle class="dot a" cx="[\d.]+" cy="([\d.]+)" r="3">/g)].map(([, y]) => Number(y))
  expect(low - middle).toBeCloseTo(middle - high)
  expect(middle - high).toBeGreaterThan(0)
})

test('one replica where others have more is dashed', () => {
  const nodes = [
    { nodes: 1, replicationFactor: 1 },
    { nodes: 3, replicationFactor: 1 },
    { nodes: 3, replicationFactor: 3 },
  ]
  const svg = capacityPlot(reportOf(nodes.map((step) => measured({ axis: 'nodes', ...step }))))
  expect(count(svg, 'class="line a dashed"')).toBe(3)
  expect(count(svg, 'class="line a"')).toBe(3)
})

test('a step without figures, and a figure of nothing, leave a gap; Apache Kafka is in the tables alone', () => {
  const { step } = measured({ axis: 'partitions', partitions: 100 })
  const svg = capacityPlot(
    reportOf([
      measured({ axis: 'partitions', partitions: 1 }),
      { step, missing: 'why' },
      measured({ axis: 'partitions', partitions: 10, kind: 'kafka' }),
      measured({ axis: 'connections', connections: 1 }, { cpuSecondsPerGigabyteConsumed: 0 }),
    ]),
  )
  expect(svg).toContain('>100</text>')
  expect(svg).not.toContain('100: ')
  expect(count(svg, 'r="3"')).toBe(6 + 5)
  expect(svg).not.toMatch(/NaN|Infinity/)
})

test('text stays text', () => {
  const svg = svgPanels({ title: 'a < b & "c"', note: '', columns: [], rows: [] })
  expect(svg).toContain('a &lt; b &amp; &quot;c&quot;')
  expect(unclosed(svg)).toEqual([])
})
