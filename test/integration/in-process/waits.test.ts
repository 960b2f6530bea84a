import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Node, OdradekError, startNode } from '../../../src/index.ts'
import { connectedProducer, kafkaOf, messages, reader } from './client.ts'

let node: Node

beforeAll(async () => {
  node = await startNode()
})
beforeEach(() => node.reset())
afterAll(() => node?.stop())

describe('a wait for records', () => {
  test('ends when they are there, of a topic that was not there when it began', async () => {
    const waiting = node.untilRecords('orders', 3)
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a', 'b') })
    await producer.send({ topic: 'orders', messages: messages('c') })
    expect(await waiting).toBe(3)
    await producer.disconnect()
  })

  test('of one partition looks at no other', async () => {
    const admin = kafkaOf(node).admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 2 }] })
    const producer = await connectedProducer(node)
    const waiting = node.untilRecords('orders', 1, { partition: 1 })
    await producer.send({ topic: 'orders', messages: [{ value: 'a', partition: 0 }] })
    await expect(node.untilRecords('orders', 1, { partition: 1, timeoutMs: 1 })).rejects.toThrow(
      'Waited for 1 records in orders-1, and it did not come true within 1 ms: it has 0.',
    )
    await producer.send({ topic: 'orders', messages: [{ value: 'b', partition: 1 }] })
    expect(await waiting).toBe(1)
    await Promise.all([producer.disconnect(), admin.disconnect()])
  })

  test('says what it waited for and what there was when its time is up, or when it is aborted', async () => {
    const late = node.untilRecords('orders', 5, { timeoutMs: 1 })
    await expect(late).rejects.toThrow('Waited for 5 records in orders, and it did not come true within 1 ms: there is no orders.')
    await expect(late).rejects.toMatchObject({ name: 'OdradekError', code: 'WAIT_TIMED_OUT' })
    const stop = new AbortController()
    const aborted = node.untilRecords('orders', 5, { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(aborted).rejects.toMatchObject({ code: 'WAIT_ABORTED', cause: new Error('enough') })
    await expect(node.untilRecords('orders', 5, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'WAIT_ABORTED' })
  })

  test('takes the signal of a test environment with classes of its own, such as jsdom', async () => {
    const listeners = new Set<() => void>()
    const signal = {
      aborted: false,
      reason: 'enough',
      addEventListener: (_type: 'abort', listener: () => void) => void listeners.add(listener),
      removeEventListener: (_type: 'abort', listener: () => void) => void listeners.delete(listener),
    }
    const aborted = node.untilRecords('orders', 5, { signal })
    for (const listener of listeners) listener()
    await expect(aborted).rejects.toMatchObject({ code: 'WAIT_ABORTED', cause: 'enough' })
    expect(listeners.size).toBe(0)
  })

  test('does not outlive the node', async () => {
    const other = await startNode()
    const waiting = other.untilRecords('orders', 5)
    const ended = expect(waiting).rejects.toMatchObject({ code: 'WAIT_ENDED' })
    await other.stop()
    await ended
  })
})

describe('a wait for a group', () => {
  test('ends when it is stable and has committed all that was written', async () => {
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a', 'b', 'c') })
    const { consumer, values } = await reader(node, 'billing', 'orders')
    expect(await node.untilGroup('billing', { stable: true, lag: 0 })).toEqual({ state: 'Stable', members: 1, lag: 0 })
    expect(values).toEqual(['a', 'b', 'c'])
    await producer.send({ topic: 'orders', messages: messages('d') })
    await node.untilGroup('billing', { lag: 0 })
    expect(values).toEqual(['a', 'b', 'c', 'd'])
    await Promise.all([consumer.disconnect(), producer.disconnect()])
  })

  test('counts members, and knows the lag of a group without any', async () => {
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a', 'b') })
    const both = await Promise.all([reader(node, 'billing', 'orders'), reader(node, 'billing', 'orders')])
    await node.untilGroup('billing', { stable: true, members: 2, lag: 0 })
    await Promise.all(both.map(({ consumer }) => consumer.disconnect()))
    expect(await node.untilGroup('billing', { members: 0 })).toEqual({ state: 'Empty', members: 0, lag: 0 })
    await producer.send({ topic: 'orders', messages: messages('c') })
    expect(await node.untilGroup('billing', { lag: 1 })).toEqual({ state: 'Empty', members: 0, lag: 1 })
    await expect(node.untilGroup('billing', { lag: 0, timeoutMs: 1 })).rejects.toThrow(
      'Waited for group billing to be without lag, and it did not come true within 1 ms: it is Empty with 0 members, its lag is 1 (orders-0: 1).',
    )
    await producer.disconnect()
  })

  test('that is not there says so', async () => {
    await expect(node.untilGroup('nobody', { stable: true, members: 2, lag: 3, timeoutMs: 1 })).rejects.toThrow(
      'Waited for group nobody to be stable, of 2 members, with a lag of at most 3, and it did not come true within 1 ms: there is no such group.',
    )
  })
})

test.each<[string, () => Promise<unknown>]>([
  ['Nothing is awaited of the group: give stable, lag or members.', () => node.untilGroup('g', {})],
  ['stable is true where it is given, not false.', () => node.untilGroup('g', { stable: false as true })],
  ['lag is a whole number from 0 to', () => node.untilGroup('g', { lag: -1 })],
  ['A wait has no option lags; it has stable, lag, members, timeoutMs, signal.', () => node.untilGroup('g', { lags: 0 } as object)],
  ['The group is a name, not "".', () => node.untilGroup('', { stable: true })],
  ['count is missing', () => node.untilRecords('orders', undefined as unknown as number)],
  ['count is a whole number from 0 to', () => node.untilRecords('orders', 1.5)],
  ['not 5n.', () => node.untilRecords('orders', 5n as unknown as number)],
  ['timeoutMs is a whole number', () => node.untilRecords('orders', 1, { timeoutMs: -1 })],
  ['signal is an AbortSignal.', () => node.untilRecords('orders', 1, { signal: {} as AbortSignal })],
  ['The options of a wait are an object.', () => node.untilGroup('g', null as unknown as object)],
])('what cannot be awaited is refused: %s', async (message, wait) => {
  const refused = wait()
  await expect(refused).rejects.toThrow(message)
  await expect(refused).rejects.toBeInstanceOf(OdradekError)
})
