/**
 * A test suite with a Kafka of its own in the same process: one node for all tests, empty before each of them.
 * Nothing here sleeps, and no test sees what another left. Run it: npx vitest run examples/orders.test.ts
 */
import kafkajs, { type Consumer, type Kafka } from 'kafkajs'
import { type Node, startNode } from 'odradek'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

// What is tested: orders are placed in one topic, and billing makes an invoice of each.

interface Order {
  readonly id: string
  readonly cents: number
}

async function placeOrders(kafka: Kafka, orders: readonly Order[]): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  await producer.send({ topic: 'orders', messages: orders.map((order) => ({ key: order.id, value: JSON.stringify(order) })) })
  await producer.disconnect()
}

/** Runs until the returned function is called. */
async function startBilling(kafka: Kafka): Promise<() => Promise<void>> {
  const producer = kafka.producer()
  const consumer: Consumer = kafka.consumer({ groupId: 'billing', maxWaitTimeInMs: 100 })
  await Promise.all([producer.connect(), consumer.connect()])
  await consumer.subscribe({ topics: ['orders'], fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => {
      const { id, cents } = JSON.parse(String(message.value)) as Order
      await producer.send({ topic: 'invoices', messages: [{ key: id, value: `${(cents / 100).toFixed(2)} EUR` }] })
    },
  })
  return async () => {
    await Promise.all([consumer.disconnect(), producer.disconnect()])
  }
}

let node: Node
let kafka: Kafka

beforeAll(async () => {
  node = await startNode({ storage: 'memory' })
  kafka = new kafkajs.Kafka({ brokers: [node.bootstrapServers], logLevel: kafkajs.logLevel.NOTHING, retry: { initialRetryTime: 20 } })
})
beforeEach(() => node.reset())
afterAll(() => node?.stop())

test('each order becomes an invoice', async () => {
  const stopBilling = await startBilling(kafka)
  await placeOrders(kafka, [
    { id: 'a', cents: 1000 },
    { id: 'b', cents: 250 },
  ])
  // Billing has read and committed all there is, and so its invoices are written.
  await node.untilGroup('billing', { stable: true, lag: 0 })
  expect(await node.untilRecords('invoices', 2)).toBe(2)
  await stopBilling()
})

test('an order is placed once, though the answer to the first attempt is lost', async () => {
  using fault = node.fail({ api: 'Produce', topic: 'orders', drop: 'after', times: 1 })
  await placeOrders(kafka, [{ id: 'a', cents: 1000 }])
  expect(fault.hits).toBe(1)
  expect(await node.untilRecords('orders', 1)).toBe(1)
})

test('billing goes on when its partition has no leader for a while', async () => {
  await placeOrders(kafka, [{ id: 'a', cents: 1000 }])
  using fault = node.fail({ api: 'Fetch', topic: 'orders', error: 'NOT_LEADER_OR_FOLLOWER', times: 2 })
  const stopBilling = await startBilling(kafka)
  await node.untilRecords('invoices', 1)
  expect(fault.hits).toBe(2)
  await stopBilling()
})

test('orders of last week are gone', async () => {
  const day = 24 * 60 * 60 * 1000
  await using old = await startNode({ clock: 'manual', topics: ['orders'] })
  await placeOrders(new kafkajs.Kafka({ brokers: [old.bootstrapServers], logLevel: kafkajs.logLevel.NOTHING }), [{ id: 'a', cents: 1000 }])
  await old.advance(8 * day)
  await expect(old.untilRecords('orders', 1, { timeoutMs: 10 })).rejects.toThrow('it has 0')
})
