import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exposePrometheus } from '../../../src/platform/metrics/prometheus.ts'
import { nodeMetrics } from '../../../src/telemetry/node-metrics.ts'
import { noTraffic } from '../../../src/telemetry/traffic.ts'

const document = readFileSync(join(import.meta.dirname, '../../../docs/metrics.md'), 'utf8')
const [aboutNode = '', aboutProcess = ''] = document.split('## Of the process')
const metrics = nodeMetrics({ clock: { nowMs: () => 0, monotonicMs: () => 0 }, traffic: noTraffic(), connectionCount: () => 0 })

test('docs/metrics.md has a row for each metric of a node, with its help, and no other row', () => {
  const rows = [...aboutNode.matchAll(/^\| `(\w+)` \| (counter|gauge) \| (.*) \|$/gm)].map(([, name, type, help]) => ({ name, type, help }))
  expect(rows).toEqual(metrics.map(({ name, type, help }) => ({ name, type, help })))
})

test('docs/metrics.md names what the process and Node.js tell, and nothing else', async () => {
  const { text } = await exposePrometheus([])()
  const told = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name)
  const named = [...aboutProcess.matchAll(/`((?:process|nodejs)_\w+)`/g)].map(([, name]) => name)
  expect(named.sort()).toEqual(told.sort())
})
