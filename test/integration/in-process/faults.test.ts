import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Node, startNode } from '../../../src/index.ts'
import { connectedProducer, kafkaOf, messages, reader } from './client.ts'

let node: Node

beforeAll(async () => {
  node = await startNode({ logLevel: 'error' })
})
beforeEach(() => node.reset())
afterAll(() => node?.stop())

describe('a client that meets a fault', () => {
  test('tries again what failed for a while, and succeeds', async () => {
    const producer = await connectedProducer(node)
    using fault = node.fail({ api: 'Produce', topic: 'orders', error: 'NOT_LEADER_OR_FOLLOWER', times: 2 })
    await producer.send({ topic: 'orders', messages: messages('a') })
    expect({ hits: fault.hits, isOver: fault.isOver }).toEqual({ hits: 2, isOver: true })
    expect(await node.untilRecords('orders', 1)).toBe(1)
    await producer.disconnect()
  })

  test('writes other topics of the same request', async () => {
    const producer = await connectedProducer(node, { retries: 0 })
    await producer.sendBatch({ topicMessages: ['orders', 'others'].map((topic) => ({ topic, messages: messages('a') })) })
    using _fault = node.fail({ api: 'Produce', topic: 'orders', error: 'KAFKA_STORAGE_ERROR' })
    const failed = producer.sendBatch({ topicMessages: ['orders', 'others'].map((topic) => ({ topic, messages: messages('b') })) })
    await expect(failed).rejects.toThrow('Disk error')
    expect([await node.untilRecords('orders', 1), await node.untilRecords('others', 2)]).toEqual([1, 2])
    await producer.disconnect()
  })

  test('writes twice when the answer to the first time was lost', async () => {
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a') })
    using fault = node.fail({ api: 'Produce', drop: 'after', times: 1 })
    await producer.send({ topic: 'orders', messages: messages('b') })
    expect(fault.hits).toBe(1)
    expect(await node.untilRecords('orders', 3)).toBe(3)
    await producer.disconnect()
  })

  test('writes once when the request itself was lost', async () => {
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a') })
    using _fault = node.fail({ api: 'Produce', drop: 'before', times: 1 })
    await producer.send({ topic: 'orders', messages: messages('b') })
    expect(await node.untilRecords('orders', 2)).toBe(2)
    await producer.disconnect()
  })

  test('reads on when its fetches fail, with the other topic never held up', async () => {
    const producer = await connectedProducer(node)
    await producer.sendBatch({ topicMessages: ['orders', 'others'].map((topic) => ({ topic, messages: messages('a') })) })
    using fault = node.fail({ api: 'Fetch', topic: 'orders', error: 'UNKNOWN_LEADER_EPOCH', times: 3 })
    const { consumer, values } = await reader(node, 'billing', 'orders')
    await node.untilGroup('billing', { stable: true, lag: 0, timeoutMs: 30_000 })
    expect({ values, isOver: fault.isOver }).toEqual({ values: ['a'], isOver: true })
    await Promise.all([consumer.disconnect(), producer.disconnect()])
  })

  test('finds its coordinator again', async () => {
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a') })
    using _commit = node.fail({ api: 'OffsetCommit', error: 'NOT_COORDINATOR', times: 1 })
    using _find = node.fail({ api: 'FindCoordinator', error: 'COORDINATOR_NOT_AVAILABLE', times: 2 })
    const { consumer } = await reader(node, 'billing', 'orders')
    await node.untilGroup('billing', { stable: true, lag: 0, timeoutMs: 30_000 })
    await Promise.all([consumer.disconnect(), producer.disconnect()])
  })

  test('is the only one: others are served', async () => {
    const [slow, quick] = await Promise.all([connectedProducer(node, { clientId: 'slow' }), connectedProducer(node, { clientId: 'quick' })])
    using fault = node.fail({ clientId: 'slow', delayMs: 60_000 })
    const waiting = slow.send({ topic: 'orders', messages: messages('slow') })
    await quick.send({ topic: 'orders', messages: messages('quick') })
    expect(await node.untilRecords('orders', 1)).toBe(1)
    fault.end()
    await waiting
    expect(await node.untilRecords('orders', 2)).toBe(2)
    await Promise.all([quick.disconnect(), slow.disconnect()])
  })
})

test('a request that is held back when the node stops is let go', async () => {
  const other = await startNode({ logLevel: 'error' })
  const admin = kafkaOf(other).admin()
  await admin.connect()
  const fault = other.fail({ api: 'Metadata', delayMs: 3_600_000 })
  const asked = admin.fetchTopicMetadata().catch(() => undefined)
  while (fault.hits === 0) await new Promise((resolve) => setImmediate(resolve))
  const startedMs = performance.now()
  await other.stop()
  expect(performance.now() - startedMs).toBeLessThan(4_000)
  await admin.disconnect()
  await asked
})
