import { expect, test } from 'vitest'
import { exposePrometheus } from '../../../../src/platform/metrics/prometheus.ts'
import type { Metric } from '../../../../src/telemetry/metrics.ts'

const counter = (name: string, read: () => number): Metric => ({ name, type: 'counter', help: 'What was counted.', read })

test('each request gives the values of its moment, a counter as its total', async () => {
  let total = 0
  let level = 7
  const expose = exposePrometheus([counter('spools_total', () => total), { name: 'thread_left', type: 'gauge', help: 'Metres.', read: () => level }])
  total = 3
  const first = await expose()
  expect(first.contentType).toMatch(/^text\/plain; version=0\.0\.4/)
  expect(first.text).toContain('# HELP spools_total What was counted.\n# TYPE spools_total counter\nspools_total 3\n')
  expect(first.text).toContain('# TYPE thread_left gauge\nthread_left 7\n')
  total = 5
  level = -1
  const second = await expose()
  expect(second.text).toContain('\nspools_total 5\n')
  expect(second.text).toContain('\nthread_left -1\n')
})

test('the process and Node.js tell of themselves beside, once for each node of the process', async () => {
  const [first, second] = [exposePrometheus([counter('first_total', () => 1)]), exposePrometheus([counter('second_total', () => 2)])]
  for (const { text } of [await first(), await second()]) {
    expect(text).toMatch(/\nprocess_resident_memory_bytes \d+\n/)
    expect(text).toMatch(/\nnodejs_eventloop_lag_p99_seconds /)
    expect(text.match(/# TYPE process_resident_memory_bytes /g)).toHaveLength(1)
  }
  expect((await second()).text).not.toContain('first_total')
})

test('a first reading that fails does not spoil the next', async () => {
  let isBroken = true
  const metrics: readonly Metric[] = new Proxy([counter('spools_total', () => 3)], {
    get(target, name) {
      if (isBroken) throw new Error('no descriptor left to load it')
      return Reflect.get(target, name)
    },
  })
  const expose = exposePrometheus(metrics)
  await expect(expose()).rejects.toThrow('no descriptor left')
  isBroken = false
  expect((await expose()).text).toContain('\nspools_total 3\n')
})
