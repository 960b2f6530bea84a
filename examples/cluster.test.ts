import { Kafka, logLevel } from 'kafkajs'
import { type Cluster, startCluster } from 'odradek'
import { afterAll, beforeAll, expect, test } from 'vitest'

let cluster: Cluster

beforeAll(async () => {
  cluster = await startCluster({ nodes: 3, storage: 'memory', topics: ['orders'], logLevel: 'error' })
})

afterAll(() => cluster.stop())

test('orders are placed while a node is lost', async () => {
  const kafka = new Kafka({ brokers: cluster.bootstrapServers.split(','), logLevel: logLevel.NOTHING, retry: { initialRetryTime: 100, retries: 30 } })
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: 'orders', messages: [{ value: 'one spool of thread' }] })

  await cluster.node(2).kill()
  await producer.send({ topic: 'orders', messages: [{ value: 'another' }] })

  await cluster.node(2).start()
  await cluster.untilInSync({ timeoutMs: 30_000 })
  expect(await cluster.untilRecords('orders', 2)).toBeGreaterThanOrEqual(2)
  await producer.disconnect()
})
