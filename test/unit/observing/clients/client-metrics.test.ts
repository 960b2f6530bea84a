import { beforeEach, describe, expect, test } from 'vitest'
import { CLIENT_WINDOW_MS } from '../../../../src/observing/clients/client-figures.ts'
import { clientMetrics } from '../../../../src/observing/clients/client-metrics.ts'
import { CLIENT_EXPIRY_MS, ClientTable, MAX_SHOWN_LENGTH, NAMELESS_CLIENTS, OTHER_CLIENTS } from '../../../../src/observing/clients/client-table.ts'
import { TotalsWindow } from '../../../../src/observing/clients/totals-window.ts'
import { ManualTime } from '../../../../src/platform/time/manual-time.ts'

let time: ManualTime
let clients: ClientTable

beforeEach(() => {
  time = new ManualTime(0)
  clients = new ClientTable(() => 2)
})

function client(clientId: string) {
  return clients.of(clientId, time.monotonicMs())
}

/** What is shown of each client. */
function shown(): Record<string, Record<string, number>> {
  const { metrics, rows, labelsOf } = clientMetrics(clients, time)
  const read = (row: never) => metrics.flatMap(({ name, read }) => (read(row) === null ? [] : [[name, read(row)]]))
  return Object.fromEntries([...rows()].map((row) => [labelsOf(row)[0], Object.fromEntries(read(row as never))]))
}

describe('what is told of a client', () => {
  test('of a producer: rates over the last minute, means of its batches and requests', async () => {
    Object.assign(client('p'), { recordsSent: 600, recordErrors: 60, batches: 4, batchBytes: 4000, produceRequests: 2, produceMs: 5 })
    shown()
    time.pass(CLIENT_WINDOW_MS)
    shown()
    Object.assign(client('p'), { recordsSent: 900, recordErrors: 60, batches: 5, batchBytes: 6000, produceRequests: 4, produceMs: 15 })
    time.pass(CLIENT_WINDOW_MS)
    expect(shown()).toEqual({ p: { record_send_rate: 5, record_error_rate: 0, batch_size_avg: 2000, request_latency_avg: 5 } })
  })

  test('of a consumer: what it was given, and how far the end was', async () => {
    const consumer = client('c')
    Object.assign(consumer, { recordsConsumed: 120, fetchRequests: 10, fetchMs: 20 })
    consumer.noteLag(7, time.monotonicMs())
    consumer.noteLag(3, time.monotonicMs())
    time.pass(CLIENT_WINDOW_MS / 2)
    expect(shown()).toEqual({ c: { records_consumed_rate: 4, fetch_latency_avg: 2, consumer_fetch_lag: 7 } })
    time.pass(CLIENT_WINDOW_MS)
    expect(shown()).toMatchObject({ c: { consumer_fetch_lag: 0 } })
  })

  test('rates become 0 while it does nothing, and means are none', async () => {
    Object.assign(client('p'), { recordsSent: 600, batches: 4, batchBytes: 4000, produceRequests: 2, produceMs: 5 })
    shown()
    time.pass(CLIENT_WINDOW_MS)
    shown()
    time.pass(CLIENT_WINDOW_MS)
    expect(shown()).toEqual({ p: { record_send_rate: 0, record_error_rate: 0 } })
  })

  test('those who find no place are told together, until one has been silent for long', async () => {
    for (const clientId of ['', 'b', 'c', 'd']) client(clientId).produceRequests += 1
    expect(Object.keys(shown())).toEqual([NAMELESS_CLIENTS, 'b', OTHER_CLIENTS])
    expect(client('c').produceRequests).toBe(2)
    time.pass(CLIENT_EXPIRY_MS)
    client('e').produceRequests += 1
    expect(Object.keys(shown())).toEqual(['e'])
  })

  test('no client id is taken for those that gave none, nor for those that found no place', () => {
    clients = new ClientTable(() => 6)
    for (const clientId of ['', NAMELESS_CLIENTS, OTHER_CLIENTS, `~${OTHER_CLIENTS}`, '~', 'app', 'one more', 'and another'])
      client(clientId).produceRequests += 1
    expect([...clients.shown(0)].map(([name]) => name)).toEqual([NAMELESS_CLIENTS, '~(none)', '~other', '~~other', '~', 'app', OTHER_CLIENTS])
  })

  test('a long client id is cut, and no more of it is kept', () => {
    client('c'.repeat(32_000)).produceRequests += 1
    client(`${'c'.repeat(32_000)}d`).produceRequests += 1
    expect([...clients.shown(0)]).toMatchObject([['c'.repeat(MAX_SHOWN_LENGTH), { produceRequests: 2 }]])
  })
})

test('a window of totals holds a bounded number of samples, however often it is asked', () => {
  const window = new TotalsWindow(60_000, 0, [0])
  for (let ms = 0; ms < 300_000; ms += 10) window.growth(ms, [ms])
  expect(window.sampleCount).toBeLessThanOrEqual(14)
  expect(window.growth(300_000, [300_000])).toMatchObject({ totals: [expect.any(Number)] })
})
