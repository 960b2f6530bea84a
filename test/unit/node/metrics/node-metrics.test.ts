import { expect, test } from 'vitest'
import { nodeTable } from '../../../../src/node/metrics/node-metrics.ts'
import { RequestStats } from '../../../../src/server/request-stats.ts'
import { noTraffic } from '../../../../src/telemetry/traffic.ts'
import { writeMetrics } from '../../../../src/telemetry/write-metrics.ts'
import { parseExposition } from '../../../support/parse-exposition.ts'

test('totals are those since the start, rates those of the last minute', () => {
  const traffic = noTraffic()
  let atMs = 0
  const server = { connectionCount: 0, requestBytes: 0, replyBytes: 0, requests: new RequestStats() }
  const clock = { nowMs: () => 0, monotonicMs: () => atMs }
  const table = nodeTable({ clock, traffic, server, config: { get: () => 0 as never }, healthState: () => 'ready' })
  const read = () => Object.fromEntries([...parseExposition([...writeMetrics([table])].join(''))].map(([name, { samples }]) => [name, samples[0]?.value]))

  Object.assign(traffic, { messagesIn: 600, bytesIn: 60_000, messagesOut: 300, bytesOut: 30_000 })
  server.connectionCount = 3
  atMs = 60_000
  const first = {
    ...{ messages_in_total: 600, messages_in_per_sec: 10, bytes_in_total: 60_000, bytes_in_per_sec: 1000 },
    ...{ messages_out_total: 300, messages_out_per_sec: 5, bytes_out_total: 30_000, bytes_out_per_sec: 500, active_connections: 3 },
  }
  expect(read()).toMatchObject(first)
  atMs = 120_000
  expect(read()).toMatchObject({ ...first, messages_in_per_sec: 0, bytes_in_per_sec: 0, messages_out_per_sec: 0, bytes_out_per_sec: 0 })
})
