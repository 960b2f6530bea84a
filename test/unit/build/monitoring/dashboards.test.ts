import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { grafanaDashboard } from '../../../../build/monitoring/dashboards/grafana.ts'
import { dashboards } from '../../../../build/monitoring/monitoring-files.ts'
import { metricNames } from './metric-names.ts'

const document = readFileSync(join(import.meta.dirname, '../../../../docs/metrics.md'), 'utf8')
/** Made by Prometheus itself. */
const OF_PROMETHEUS: ReadonlySet<string> = new Set(['ALERTS', 'up', 'scrape_duration_seconds'])

interface Placed {
  readonly id: number
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
}

const panelsOf = (index: number) => (grafanaDashboard(dashboards[index] as (typeof dashboards)[number]) as { readonly panels: readonly Placed[] }).panels

describe('metrics in PromQL', () => {
  it.each([
    ['rate(messages_in_total{instance=~"$instance"}[$__rate_interval])', ['messages_in_total']],
    ['sum by (group, topic) (consumer_lag{group=~"a b"}) or vector(0)', ['consumer_lag']],
    ['a / on (instance) group_left () (b > 0.85) and c', ['a', 'b', 'c']],
    ['topk(10, sum by (topic) (kafka_log_log_size))', ['kafka_log_log_size']],
  ])('of %s', (expr, names) => {
    expect(metricNames(expr)).toEqual(names)
  })
})

describe('dashboards', () => {
  it('are the four of the operations guide', () => {
    expect(dashboards.map(({ title }) => title)).toEqual(['Broker Overview', 'Producer Performance', 'Consumer Lag', 'Cluster Health'])
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(4)
  })

  it.each(dashboards.map(({ title }, index) => ({ title, index })))('$title has panels side by side, none on top of another', ({ index }) => {
    const panels = panelsOf(index)
    expect(panels.map(({ id }) => id)).toEqual(panels.map((_, at) => at + 1))
    const taken = new Map<string, string>()
    for (const { title, gridPos } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x},${y}`), `${title} at ${x},${y}`).toBeUndefined()
          taken.set(`${x},${y}`, title)
        }
      }
    }
  })

  it.each(dashboards)('$title reads metrics that docs/metrics.md knows', ({ rows }) => {
    const names = rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.flatMap(({ expr }) => metricNames(expr))))
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !OF_PROMETHEUS.has(name) && !document.includes(`\`${name.replace(/_(sum|count|bucket)$/, '')}\``))).toEqual([])
  })

  it.each(dashboards)('$title uses the variables that it declares, and no others', ({ variables, rows }) => {
    const texts = rows.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)))
    const used = new Set([...texts, ...variables.map(({ query }) => query)].flatMap((text) => [...text.matchAll(/"\$(\w+)"/g)].map(([, name]) => name)))
    expect([...used].sort()).toEqual(variables.map(({ name }) => name).sort())
  })

  it('say of each panel what it tells', () => {
    for (const { rows } of dashboards) for (const { panels } of rows) for (const { description } of panels) expect(description).toMatch(/\.$/)
  })
})
