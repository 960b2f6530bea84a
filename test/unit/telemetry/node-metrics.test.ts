import { expect, test } from 'vitest'
import { nodeMetrics } from '../../../src/telemetry/node-metrics.ts'
import { noTraffic } from '../../../src/telemetry/traffic.ts'

test('totals are those since the start, rates those of the last minute', () => {
  const traffic = noTraffic()
  let atMs = 0
  let connectionCount = 0
  const metrics = nodeMetrics({ clock: { nowMs: () => 0, monotonicMs: () => atMs }, traffic, connectionCount: () => connectionCount })
  const read = () => Object.fromEntries(metrics.map(({ name, read: value }) => [name, value()]))

  Object.assign(traffic, { messagesIn: 600, bytesIn: 60_000, messagesOut: 300 })
  connectionCount = 3
  atMs = 60_000
  const first = { messages_in_total: 600, messages_in_per_sec: 10, bytes_in_per_sec: 1000, messages_out_per_sec: 5, active_connections: 3 }
  expect(read()).toEqual(first)
  atMs = 120_000
  expect(read()).toEqual({ ...first, messages_in_per_sec: 0, bytes_in_per_sec: 0, messages_out_per_sec: 0 })
})
