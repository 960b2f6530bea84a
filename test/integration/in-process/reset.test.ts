import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Node, startNode } from '../../../src/index.ts'
import { connectedProducer, kafkaOf, messages, reader } from './client.ts'

let node: Node

beforeAll(async () => {
  node = await startNode()
})
beforeEach(() => node.reset())
afterAll(() => node?.stop())

test('nothing is left of topics and groups, internal ones among them', async () => {
  const admin = kafkaOf(node).admin()
  await admin.connect()
  await admin.createTopics({ topics: [1, 2, 3].map((number) => ({ topic: `topic-${number}`, numPartitions: 4 })) })
  const producer = await connectedProducer(node)
  await producer.send({ topic: 'topic-1', messages: messages('a') })
  const { consumer } = await reader(node, 'billing', 'topic-1')
  await node.untilGroup('billing', { stable: true, lag: 0 })
  await Promise.all([consumer.disconnect(), producer.disconnect()])
  expect(await admin.listTopics()).toContain('__consumer_offsets')
  await admin.disconnect()
  await node.reset()
  const after = kafkaOf(node).admin()
  await after.connect()
  expect({ topics: await after.listTopics(), groups: (await after.listGroups()).groups }).toEqual({ topics: [], groups: [] })
  expect(await after.fetchOffsets({ groupId: 'billing' })).toEqual([])
  await after.disconnect()
})

test('a node that has nothing is reset as well, and resets at the same time do no harm', async () => {
  await Promise.all([node.reset(), node.reset()])
  const producer = await connectedProducer(node)
  await producer.send({ topic: 'orders', messages: messages('a') })
  await Promise.all([node.reset(), node.reset()])
  await expect(node.untilRecords('orders', 1, { timeoutMs: 1 })).rejects.toThrow('there is no orders.')
  await producer.disconnect()
})

test('a topic that comes back is empty, with the settings that it is given now', async () => {
  const admin = kafkaOf(node).admin()
  await admin.connect()
  const producer = await connectedProducer(node)
  const retention = async () => {
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: 'orders', configNames: ['retention.ms'] }] })
    return resources[0]?.configEntries[0]?.configValue
  }
  await admin.createTopics({ topics: [{ topic: 'orders', configEntries: [{ name: 'retention.ms', value: '1000' }] }] })
  await producer.send({ topic: 'orders', messages: messages('old') })
  expect(await retention()).toBe('1000')
  await node.reset()
  await producer.send({ topic: 'orders', messages: messages('new') })
  expect(await retention()).toBe('604800000')
  expect(await admin.fetchTopicOffsets('orders')).toEqual([{ partition: 0, offset: '1', high: '1', low: '0' }])
  await Promise.all([admin.disconnect(), producer.disconnect()])
})

test('a producer that stays connected writes on, an idempotent one too', async () => {
  const producers = await Promise.all(
    [false, true].map(async (idempotent) => {
      const producer = kafkaOf(node).producer({ idempotent, maxInFlightRequests: 1 })
      await producer.connect()
      return producer
    }),
  )
  for (let round = 0; round < 3; round++) {
    for (const producer of producers) await producer.send({ topic: 'orders', messages: messages('a', 'b'), acks: -1 })
    expect(await node.untilRecords('orders', 4)).toBe(4)
    await node.reset()
  }
  await Promise.all(producers.map((producer) => producer.disconnect()))
})

test('a member that stays connected joins again and reads what is written then', async () => {
  const producer = await connectedProducer(node)
  await producer.send({ topic: 'orders', messages: messages('a', 'b') })
  const { consumer, values } = await reader(node, 'billing', 'orders')
  await node.untilGroup('billing', { stable: true, lag: 0 })
  await node.reset()
  await producer.send({ topic: 'orders', messages: messages('c') })
  await node.untilGroup('billing', { stable: true, lag: 0, timeoutMs: 30_000 })
  expect(values).toEqual(['a', 'b', 'c'])
  await Promise.all([consumer.disconnect(), producer.disconnect()])
})

test('tests in a row share the node and see nothing of each other', async () => {
  const producer = await connectedProducer(node)
  for (let round = 0; round < 5; round++) {
    await producer.send({ topic: 'orders', messages: messages(`${round}`) })
    const { consumer, values } = await reader(node, 'billing', 'orders')
    await node.untilGroup('billing', { stable: true, lag: 0 })
    expect(values).toEqual([`${round}`])
    await consumer.disconnect()
    await node.reset()
  }
  await producer.disconnect()
})

test('ends faults', async () => {
  const fault = node.fail({ delayMs: 1 })
  await node.reset()
  expect(fault.isOver).toBe(true)
})

test('a node that is stopped says so when it is to be reset or to fail', async () => {
  const other = await startNode({ storage: 'memory' })
  await other.stop()
  const stopped = { code: 'NODE_STOPPED', message: expect.stringMatching(/^This node is stopped: /) }
  await expect(other.reset()).rejects.toMatchObject(stopped)
  expect(() => other.fail({ api: 'Produce', error: 'NOT_LEADER_OR_FOLLOWER' })).toThrow(expect.objectContaining(stopped))
})
