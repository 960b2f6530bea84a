import { beforeEach, describe, expect, test } from 'vitest'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { METADATA_TOPIC_ID, type Uuid, uuidFromBytes, ZERO_UUID } from '../../../../protocol/uuid.ts'
import { ClientInstances, MAX_CLIENT_INSTANCES } from '../../../../src/observing/pushed/client-instances.ts'
import type { Subscription } from '../../../../src/observing/pushed/subscriptions.ts'

const INTERVAL_MS = 10_000
const MAX_BYTES = 100
const NONE = 0

let subscriptions: { version: number; list: Subscription[] }
let instances: ClientInstances
let nowMs: number

function idOf(count: number): Uuid {
  const bytes = Buffer.alloc(16, 7)
  bytes.writeUInt32BE(count)
  return uuidFromBytes(bytes)
}

function subscription(name: string, fields: Partial<Subscription> = {}): Subscription {
  return { name, metrics: [`metric.${name}`], intervalMs: INTERVAL_MS, match: new Map(), ...fields }
}

function subscribe(...list: Subscription[]): void {
  subscriptions.list = list
  subscriptions.version += 1
}

function client(clientId = 'c', connectionId = 1) {
  return { clientId, softwareName: 'apache-kafka-java', softwareVersion: '4.3.1', sourceAddress: '10.0.0.1', sourcePort: 5000, connectionId }
}

function told(asked: Uuid = ZERO_UUID, who = client()) {
  const answer = instances.get(who, asked, nowMs)
  if (answer.errorCode !== ErrorCode.NONE) throw new Error(errorName(answer.errorCode))
  return answer
}

function pushed(fields: Partial<Parameters<ClientInstances['push']>[1]>, who = client()): string {
  const push = { clientInstanceId: ZERO_UUID, subscriptionId: 0, terminating: false, compressionType: NONE, metrics: Buffer.alloc(0), ...fields }
  const answer = instances.push(who, push, nowMs)
  return typeof answer === 'number' ? errorName(answer) : `accepted ${answer.compression}`
}

beforeEach(() => {
  let count = 0
  nowMs = 1000
  subscriptions = { version: 0, list: [] }
  instances = new ClientInstances({
    subscriptions: {
      get version() {
        return subscriptions.version
      },
      all: () => subscriptions.list,
    },
    maxBytes: () => MAX_BYTES,
    newId: () => idOf(++count),
  })
})

describe('a client that asks what to push', () => {
  test('gets an id of its own, and is asked for nothing where no subscription is', () => {
    const first = told()
    expect(first).toMatchObject({ clientInstanceId: idOf(1), requestedMetrics: [], pushIntervalMs: 300_000 })
    expect(told()).toMatchObject({ clientInstanceId: idOf(2) })
    nowMs += 300_000
    expect(told(first.clientInstanceId)).toEqual(first)
  })

  test('is asked for what the subscriptions together want, as often as the one that is in the greatest hurry', () => {
    subscribe(subscription('a', { metrics: ['x', 'y'] }), subscription('b', { metrics: ['y', 'z'], intervalMs: 5000 }))
    expect(told()).toMatchObject({ requestedMetrics: ['x', 'y', 'z'], pushIntervalMs: 5000 })
  })

  test('is asked for all by a star, and for nothing else', () => {
    subscribe(subscription('a', { metrics: ['x'] }), subscription('b', { metrics: ['*', 'y'] }))
    expect(told()).toMatchObject({ requestedMetrics: ['*'] })
  })

  test('is asked only by subscriptions of which all expressions match', () => {
    const match = new Map([
      ['client_id', /^(?:app-.*)$/],
      ['client_source_address', /^(?:10\..*)$/],
    ] as const)
    subscribe(subscription('a', { match }), subscription('never', { match: null }))
    expect(told(ZERO_UUID, client('app-1')).requestedMetrics).toEqual(['metric.a'])
    expect(told(ZERO_UUID, client('other')).requestedMetrics).toEqual([])
  })

  test('waits for the interval, unless what it is asked for has changed', () => {
    subscribe(subscription('a'))
    const { clientInstanceId, subscriptionId } = told()
    expect(() => told(clientInstanceId)).toThrow('THROTTLING_QUOTA_EXCEEDED')
    subscribe(subscription('a'), subscription('b'))
    expect(told(clientInstanceId).subscriptionId).not.toBe(subscriptionId)
    nowMs += INTERVAL_MS
    expect([...told(clientInstanceId).requestedMetrics].sort()).toEqual(['metric.a', 'metric.b'])
  })

  test('may ask again at once after a push for what it is not asked for any more', () => {
    subscribe(subscription('a'))
    const { clientInstanceId } = told()
    expect(pushed({ clientInstanceId, subscriptionId: 1 })).toBe('UNKNOWN_SUBSCRIPTION_ID')
    expect(told(clientInstanceId)).toMatchObject({ requestedMetrics: ['metric.a'] })
  })
})

describe('a client that pushes', () => {
  test('may at once after it asked, and then once in an interval', () => {
    subscribe(subscription('a'))
    const asked = told()
    nowMs += 1
    const push = { clientInstanceId: asked.clientInstanceId, subscriptionId: asked.subscriptionId, compressionType: 4 }
    expect(pushed(push)).toBe('accepted zstd')
    nowMs += INTERVAL_MS - 1
    expect(pushed(push)).toBe('THROTTLING_QUOTA_EXCEEDED')
    nowMs += 1
    expect(pushed(push)).toBe('accepted zstd')
  })

  test('may say goodbye before its time, and nothing after it', () => {
    subscribe(subscription('a'))
    const { clientInstanceId, subscriptionId } = told()
    nowMs += 1
    expect(pushed({ clientInstanceId, subscriptionId })).toBe('accepted none')
    expect(pushed({ clientInstanceId, subscriptionId, terminating: true })).toBe('accepted none')
    nowMs += INTERVAL_MS
    expect(pushed({ clientInstanceId, subscriptionId })).toBe('INVALID_REQUEST')
  })

  test.each([
    ['the zero id', { clientInstanceId: ZERO_UUID }, 'INVALID_REQUEST'],
    ['a reserved id', { clientInstanceId: METADATA_TOPIC_ID }, 'INVALID_REQUEST'],
    ['an unknown codec', { compressionType: 5 }, 'UNSUPPORTED_COMPRESSION_TYPE'],
    ['too many bytes', { metrics: Buffer.alloc(MAX_BYTES + 1) }, 'TELEMETRY_TOO_LARGE'],
    ['as many bytes as it may', { metrics: Buffer.alloc(MAX_BYTES) }, 'accepted none'],
  ])('with %s', (_what, fields, answer) => {
    const { clientInstanceId, subscriptionId } = told()
    nowMs += 1
    expect(pushed({ clientInstanceId, subscriptionId, ...fields })).toBe(answer)
  })

  test('is told when what it is asked for has changed meanwhile', () => {
    subscribe(subscription('a'))
    const { clientInstanceId, subscriptionId } = told()
    subscribe(subscription('a', { intervalMs: 500 }))
    expect(pushed({ clientInstanceId, subscriptionId })).toBe('UNKNOWN_SUBSCRIPTION_ID')
  })

  test('is taken where it never asked, as it may have asked another node', () => {
    subscribe(subscription('a'))
    const { clientInstanceId, subscriptionId } = told()
    instances.connectionClosed(1)
    expect(pushed({ clientInstanceId, subscriptionId })).toBe('accepted none')
  })
})

describe('clients that are known', () => {
  test('are forgotten with their connections, or after three intervals', () => {
    subscribe(subscription('a', { intervalMs: 30_000 }))
    const { clientInstanceId } = told()
    instances.connectionClosed(2)
    expect(() => told(clientInstanceId)).toThrow('THROTTLING_QUOTA_EXCEEDED')
    instances.connectionClosed(1)
    expect(instances.count).toBe(0)
    expect(told(clientInstanceId)).toMatchObject({ clientInstanceId })
    const { clientInstanceId: leaving, subscriptionId } = told(ZERO_UUID, client('d', 2))
    expect(pushed({ clientInstanceId: leaving, subscriptionId, terminating: true }, client('d', 2))).toBe('accepted none')
    nowMs += 90_000
    instances.expire(nowMs)
    expect(instances.count).toBe(0)
    expect(pushed({ clientInstanceId: leaving, subscriptionId }, client('d', 2))).toBe('accepted none')
  })

  test('are bounded: the one that was silent longest is forgotten', () => {
    for (let count = 0; count <= MAX_CLIENT_INSTANCES; count++) told(ZERO_UUID, client('c', count))
    expect(instances.count).toBe(MAX_CLIENT_INSTANCES)
    expect(() => told(idOf(2))).toThrow('THROTTLING_QUOTA_EXCEEDED')
    expect(told(idOf(1))).toMatchObject({ clientInstanceId: idOf(1) })
  })
})
