import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { alertRules } from '../../../../build/monitoring/alerts/alert-rules.ts'
import { alerts } from '../../../../build/monitoring/alerts/alerts.ts'
import { monitoringFiles } from '../../../../build/monitoring/monitoring-files.ts'
import { metricNames } from './metric-names.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly annotations: Readonly<Record<string, string>>
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[]
}

/** As the operations guide writes them. */
const GUIDE = `
groups:
  - name: message_queue
    rules:
      - alert: UnderReplicatedPartitions
        expr: under_replicated_partitions > 0
        for: 5m
        annotations:
          summary: "Partitions are under-replicated"

      - alert: OfflinePartitions
        expr: offline_partitions > 0
        for: 1m
        annotations:
          summary: "Partitions are offline"

      - alert: HighConsumerLag
        expr: consumer_lag > 10000
        for: 10m
        annotations:
          summary: "Consumer lag is high"
`

/** Of the guide's tables of metrics: what its alerts do not have. */
const GUIDE_THRESHOLDS = {
  active_connections: '> 1000',
  isr_shrinks: '> 0',
  fetch_latency_avg: '> 1000',
  rebalance_rate: '> 5',
}

describe('the rules of docker/prometheus/alerts.yml', () => {
  const file = parse(read('docker/prometheus/alerts.yml')) as RuleFile

  it.each([...monitoringFiles().keys()])('%s is what its source says: `npm run dashboards` writes it', (path) => {
    expect(read(path)).toBe(monitoringFiles().get(path))
  })

  it('hold what the operations guide has, word for word', () => {
    const [guide] = (parse(GUIDE) as RuleFile).groups
    expect(file.groups.map(({ name }) => name)).toEqual([guide?.name])
    expect(file.groups[0]?.rules.slice(0, 3)).toMatchObject(guide?.rules ?? [])
  })

  it.each(Object.entries(GUIDE_THRESHOLDS))('hold the threshold of the guide for %s', (metric, threshold) => {
    expect(file.groups[0]?.rules.map(({ expr }) => expr)).toContain(`${metric} ${threshold}`)
  })

  it('have names of their own, and say whom they concern and what to do', () => {
    expect(new Set(alerts.map(({ name }) => name)).size).toBe(alerts.length)
    for (const { summary, description, runbook } of alerts) {
      expect(summary).not.toMatch(/\{\{|\.$/)
      expect(description).toMatch(/\{\{ \$(labels|value).*\.$/)
      expect(runbook).toMatch(/^docs\/(OPERATIONS|TROUBLESHOOTING)\.md#[a-z0-9-]+$/)
    }
  })

  it('wait in whole minutes or in seconds, and not at all for what must not wait', () => {
    const [first] = alerts
    const waiting = (forSeconds: number) => (parse(alertRules([{ ...first, forSeconds } as (typeof alerts)[number]])) as RuleFile).groups[0]?.rules[0]?.for
    expect([300, 90, 1, 0].map(waiting)).toEqual(['5m', '90s', '1s', undefined])
  })

  it.each(alerts)('$name leads to a section that exists', ({ runbook }) => {
    const [path = '', anchor] = runbook.split('#')
    expect(anchorsOf(read(path))).toContain(anchor)
  })

  it('are the table of docs/monitoring.md', () => {
    const rows = [...read('docs/monitoring.md').matchAll(/^\| `(\w+)` \| `(.*)` \| (.*) \| (critical|warning) \|$/gm)].map(([, ...cells]) => cells)
    const time = (seconds: number) => (seconds === 0 ? 'at once' : `${seconds / 60} min`)
    expect(rows).toEqual(alerts.map(({ name, expr, forSeconds, severity }) => [name, expr, time(forSeconds), severity]))
  })

  it('read metrics that docs/metrics.md knows', () => {
    const document = read('docs/metrics.md')
    const unknown = alerts.flatMap(({ expr }) => metricNames(expr)).filter((name) => name !== 'up' && !document.includes(`\`${name}\``))
    expect(unknown).toEqual([])
  })
})

/** As GitHub makes anchors of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
