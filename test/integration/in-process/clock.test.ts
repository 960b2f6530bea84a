import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Node, startNode } from '../../../src/index.ts'
import { connectedProducer, kafkaOf, messages, reader } from './client.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

let node: Node

beforeEach(async () => {
  node = await startNode({ clock: 'manual', config: { 'offsets.retention.minutes': 60 } })
})
afterEach(() => node?.stop())

async function withTopic(configEntries: { name: string; value: string }[]): Promise<void> {
  const admin = kafkaOf(node).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'orders', configEntries }] })
  await admin.disconnect()
}

async function offsets(): Promise<{ low: string; high: string } | undefined> {
  const admin = kafkaOf(node).admin()
  await admin.connect()
  const [partition] = await admin.fetchTopicOffsets('orders')
  await admin.disconnect()
  return partition && { low: partition.low, high: partition.high }
}

describe('with a manual clock', () => {
  test('records go when their time is over, and not before', async () => {
    await withTopic([{ name: 'retention.ms', value: String(DAY_MS) }])
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a', 'b') })
    await node.advance(DAY_MS - HOUR_MS)
    expect(await offsets()).toEqual({ low: '0', high: '2' })
    await node.advance(2 * HOUR_MS)
    expect(await offsets()).toEqual({ low: '2', high: '2' })
    await producer.send({ topic: 'orders', messages: messages('c') })
    expect(await node.untilRecords('orders', 1)).toBe(1)
    await producer.disconnect()
  })

  test('a member whose session ends is removed, and one that still beats is not', async () => {
    const { consumer } = await reader(node, 'billing', 'orders')
    await node.untilGroup('billing', { stable: true, members: 1 })
    await node.advance(20_000)
    await node.untilGroup('billing', { members: 1 })
    using _silence = node.fail({ api: 'Heartbeat', delayMs: HOUR_MS })
    using _noReturn = node.fail({ api: ['JoinGroup', 'OffsetCommit'], delayMs: HOUR_MS })
    await node.advance(31_000)
    expect(await node.untilGroup('billing', { members: 0 })).toMatchObject({ members: 0 })
    await consumer.disconnect()
  })

  test('offsets of a group without members expire, and the group with them', async () => {
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a') })
    const { consumer } = await reader(node, 'billing', 'orders')
    await node.untilGroup('billing', { stable: true, lag: 0 })
    await consumer.disconnect()
    await node.untilGroup('billing', { members: 0, lag: 0 })
    await node.advance(30 * MINUTE_MS)
    await node.untilGroup('billing', { members: 0, lag: 0, timeoutMs: 1 })
    await node.advance(HOUR_MS)
    await expect(node.untilGroup('billing', { members: 0, timeoutMs: 1 })).rejects.toThrow('there is no such group.')
    await producer.disconnect()
  })

  test('fetches that find nothing are answered in real time, and consumers come and go', async () => {
    await withTopic([])
    const { consumer, values } = await reader(node, 'billing', 'orders')
    await node.untilGroup('billing', { stable: true })
    const producer = await connectedProducer(node)
    await new Promise((resolve) => consumer.on(consumer.events.FETCH, resolve))
    await producer.send({ topic: 'orders', messages: messages('a') })
    await node.untilGroup('billing', { lag: 0 })
    expect(values).toEqual(['a'])
    await consumer.disconnect()
    await producer.disconnect()
  })

  test('records that the node dates are of its time', async () => {
    await withTopic([{ name: 'message.timestamp.type', value: 'LogAppendTime' }])
    const producer = await connectedProducer(node)
    const dated = async () => Number((await producer.send({ topic: 'orders', messages: messages('a') }))[0]?.logAppendTime)
    const before = await dated()
    await node.advance(365 * DAY_MS)
    expect((await dated()) - before).toBe(365 * DAY_MS)
    await producer.disconnect()
  })

  test('waits, resets and stopping go by real time', async () => {
    const { consumer } = await reader(node, 'billing', 'orders')
    await node.untilGroup('billing', { stable: true })
    await expect(node.untilRecords('orders', 1, { timeoutMs: 1 })).rejects.toMatchObject({ code: 'WAIT_TIMED_OUT' })
    await node.reset()
    await node.stop()
    await consumer.disconnect()
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number])('time does not pass by %s', async (ms) => {
    await expect(node.advance(ms)).rejects.toMatchObject({ code: 'ADVANCE_INVALID' })
  })
})

test('a clock that goes by itself is not moved', async () => {
  await using real = await startNode()
  await expect(real.advance(1)).rejects.toMatchObject({ code: 'CLOCK_NOT_MANUAL' })
})
