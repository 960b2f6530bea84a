import { beforeEach, describe, expect, test } from 'vitest'
import type { OtlpMetric } from '../../../../protocol/otlp/metrics-data.ts'
import { type Uuid, uuidFromBytes } from '../../../../protocol/uuid.ts'
import { MAX_LABEL_CHARACTERS_PER_CLIENT, MAX_PUSHED_NAMES, MAX_SERIES_PER_CLIENT, PushedFigures } from '../../../../src/observing/pushed/pushed-figures.ts'

const MINUTE_MS = 60_000

let figures: PushedFigures
let maxClients: number

beforeEach(() => {
  maxClients = 3
  connections.clear()
  figures = new PushedFigures(() => maxClients)
})

function idOf(clientId: string): Uuid {
  return uuidFromBytes(Buffer.alloc(16, clientId))
}

const connections = new Map<string, number>()

/** Each client has a connection of its own. */
function connectionOf(clientId: string): number {
  const known = connections.get(clientId) ?? connections.size
  connections.set(clientId, known)
  return known
}

function push(clientId: string, metrics: readonly OtlpMetric[], nowMs = 0, attributes: Readonly<Record<string, string>> = {}): void {
  const client = { clientInstanceId: idOf(clientId), clientId, connectionId: connectionOf(clientId), pushIntervalMs: MINUTE_MS }
  figures.add(client, [{ attributes: new Map(Object.entries(attributes)), metrics }], () => true, nowMs)
}

function gauge(name: string, value: number, attributes: Readonly<Record<string, string>> = {}): OtlpMetric {
  return { kind: 'gauge', name, points: [{ attributes: new Map(Object.entries(attributes)), value }] }
}

function counter(name: string, value: number, isDelta = true): OtlpMetric {
  return { kind: 'sum', name, isDelta, isMonotonic: true, points: [{ attributes: new Map(), value }] }
}

/** As `name{labels}`: value. */
function shown(nowMs = 0): Record<string, number | null> {
  const all: Record<string, number | null> = {}
  for (const { labels, labelsOf, metrics, rows } of figures.tables(nowMs)) {
    for (const row of rows()) {
      const named = labelsOf(row).flatMap((value, index) => (value === '' || labels[index] === 'client_instance_id' ? [] : [`${labels[index]}=${value}`]))
      for (const { name, read } of metrics) all[`${name}{${named.sort().join()}}`] = read(row) as number | null
    }
  }
  return all
}

describe('figures that clients push', () => {
  test('are shown with their labels and those of the client', () => {
    push('app', [gauge('org.apache.kafka.consumer.fetch.manager.records.lag', 5, { topic: 't', partition: '0' })], 0, { group_id: 'g', group_member_id: 'm' })
    expect(shown()).toEqual({ 'kafka_client_consumer_fetch_manager_records_lag{client_id=app,group_id=g,partition=0,topic=t}': 5 })
  })

  test('replace what was told before, and counters add up', () => {
    push('app', [gauge('rate', 5), counter('org.apache.kafka.producer.record.send.total', 3), counter('all', 9, false)])
    push('app', [gauge('rate', 4), counter('org.apache.kafka.producer.record.send.total', 2), counter('all', 8, false)])
    push('app', [counter('org.apache.kafka.producer.record.send.total', Number.NaN)])
    expect(shown()).toEqual({
      'kafka_client_rate{client_id=app}': 4,
      'kafka_client_producer_record_send_total{client_id=app}': 5,
      'kafka_client_all_total{client_id=app}': 8,
    })
    expect(figures.tables(0).map(({ metrics }) => [metrics[0]?.name, metrics[0]?.type])).toEqual([
      ['kafka_client_all_total', 'counter'],
      ['kafka_client_producer_record_send_total', 'counter'],
      ['kafka_client_rate', 'gauge'],
    ])
  })

  test('go when they are not told for three intervals, and a client with the last of them', () => {
    push('app', [gauge('old', 1), gauge('new', 1)])
    push('app', [gauge('new', 2)], 2 * MINUTE_MS)
    expect(shown(3 * MINUTE_MS)).toEqual({ 'kafka_client_new{client_id=app}': 2 })
    expect(shown(5 * MINUTE_MS)).toEqual({})
    expect([figures.clientCount, figures.seriesCount]).toEqual([0, 0])
  })

  test('that would have the same name and labels are one', () => {
    push('app', [gauge('a.b', 1, { 'x.y': '1' }), gauge('a_b', 2, { x_y: '1' })])
    expect(shown()).toEqual({ 'kafka_client_a_b{client_id=app,x_y=1}': 2 })
  })

  test("cannot claim to be another client's", () => {
    push('app', [gauge('a', 1, { client_id: 'other' })])
    expect(shown()).toEqual({ 'kafka_client_a{client_id=app}': 1 })
  })

  test('that differ in a label without a value are one', () => {
    push('app', [gauge('a', 1, { x: '' }), gauge('a', 2)])
    expect(shown()).toEqual({ 'kafka_client_a{client_id=app}': 2 })
    push('', [gauge('b', 1, { client_id: 'app' })])
    expect(shown()).toMatchObject({ 'kafka_client_b{}': 1 })
  })

  test('are of so many clients: one that pushes when it is time makes no room, and what finds none is counted', () => {
    for (const clientId of ['a', 'b', 'c', 'a', 'd']) push(clientId, [gauge('x', 1)])
    expect(Object.keys(shown())).toEqual(['kafka_client_x{client_id=a}', 'kafka_client_x{client_id=b}', 'kafka_client_x{client_id=c}'])
    expect([figures.clientCount, figures.seriesCount, figures.droppedCount]).toEqual([3, 3, 1])
  })

  test('of the client that was silent longest make room when it is late', () => {
    for (const clientId of ['a', 'b', 'c']) push(clientId, [gauge('x', 1)])
    push('a', [gauge('x', 1)], MINUTE_MS)
    push('d', [gauge('x', 1)], 2 * MINUTE_MS)
    expect(Object.keys(shown(2 * MINUTE_MS))).toEqual(['kafka_client_x{client_id=a}', 'kafka_client_x{client_id=c}', 'kafka_client_x{client_id=d}'])
  })

  test('of a client whose connection is closed make room, unless it came again', () => {
    for (const clientId of ['a', 'b', 'c']) push(clientId, [gauge('x', 1)])
    for (const clientId of ['a', 'b']) figures.connectionClosed(connectionOf(clientId))
    connections.set('a', 1_000)
    push('a', [gauge('x', 1)])
    push('d', [gauge('x', 1)])
    expect(Object.keys(shown())).toEqual(['kafka_client_x{client_id=a}', 'kafka_client_x{client_id=c}', 'kafka_client_x{client_id=d}'])
  })

  test('of one connection are those of the last client that pushed on it', () => {
    for (const clientId of ['a', 'b']) push(clientId, [gauge('x', 1)])
    connections.set('c', connectionOf('a'))
    push('c', [gauge('x', 1)])
    expect(Object.keys(shown())).toEqual(['kafka_client_x{client_id=b}', 'kafka_client_x{client_id=c}'])
  })

  test('that nobody asked for are not kept', () => {
    const client = { clientInstanceId: idOf('app'), clientId: 'app', connectionId: 1, pushIntervalMs: MINUTE_MS }
    figures.add(client, [{ attributes: new Map(), metrics: [gauge('wanted.x', 1), gauge('other.x', 1)] }], (name) => name.startsWith('wanted.'), 0)
    expect(shown()).toEqual({ 'kafka_client_wanted_x{client_id=app}': 1 })
    expect(figures.droppedCount).toBe(1)
  })

  test('with a name of a label that is too long are not kept, and long values are cut', () => {
    push('app', [gauge('x', 1, { ['n'.repeat(65)]: '' }), gauge('y', 1, { n: 'v'.repeat(257) })])
    expect(shown()).toEqual({ [`kafka_client_y{client_id=app,n=${'v'.repeat(256)}}`]: 1 })
    expect(figures.droppedCount).toBe(1)
  })

  test('are bounded in the characters of their labels', () => {
    const labels = (at: number) => new Map(Array.from({ length: 15 }, (_, label) => [`l${label}`, `${at}.`.padEnd(256, 'x')]))
    push('app', [{ ...gauge('x', 1), points: Array.from({ length: 1_000 }, (_, at) => ({ attributes: labels(at), value: at })) }])
    expect(figures.labelCharacters).toBeLessThanOrEqual(MAX_LABEL_CHARACTERS_PER_CLIENT)
    expect(figures.seriesCount + figures.droppedCount).toBe(1_000)
    expect(figures.droppedCount).toBeGreaterThan(0)
  })

  test('of strangers with ever new ids and long names hold no memory, and push nobody out', () => {
    for (const clientId of ['a', 'b']) push(clientId, [gauge('x', 1)])
    for (let at = 0; at < 5_000; at++) {
      const clientId = `${at}`.padStart(16, 's').slice(-16)
      connections.set(clientId, 77)
      push(clientId, [gauge('x', 1, { ['n'.repeat(100_000)]: 'v' }), gauge('y', 1, { n: 'v'.repeat(100_000) })])
    }
    expect([figures.clientCount, figures.droppedCount]).toEqual([3, 5_000])
    expect(Object.keys(shown()).filter((name) => name.startsWith('kafka_client_x'))).toEqual(['kafka_client_x{client_id=a}', 'kafka_client_x{client_id=b}'])
    expect(figures.seriesCount).toBe(3)
  })

  test('of one client are bounded, and what is dropped is counted', () => {
    push('app', [
      { ...gauge('x', 1), points: Array.from({ length: MAX_SERIES_PER_CLIENT + 2 }, (_, at) => ({ attributes: new Map([['n', String(at)]]), value: at })) },
    ])
    expect([figures.seriesCount, figures.droppedCount]).toEqual([MAX_SERIES_PER_CLIENT, 2])
  })

  test('are bounded in names, and a name that is too long is none', () => {
    push('app', [...Array.from({ length: MAX_PUSHED_NAMES + 1 }, (_, at) => gauge(`m${at}`, 1)), gauge('n'.repeat(1000), 1)])
    expect([figures.tables(0).length, figures.droppedCount]).toEqual([MAX_PUSHED_NAMES, 2])
  })
})
