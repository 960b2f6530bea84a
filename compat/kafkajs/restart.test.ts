import kafkajs, { type Kafka, type Producer } from 'kafkajs'
import { afterEach, expect, test } from 'vitest'
import { type OdradekProcess, startOdradek } from '../support/odradek-process.ts'
import { kafka, readAll, texts, unique, until } from './support.ts'

const { Partitioners } = kafkajs

let node: OdradekProcess | undefined
afterEach(async () => {
  await node?.[Symbol.asyncDispose]()
  node = undefined
})

function patient(bootstrap: string): Kafka {
  return kafka(bootstrap, { retry: { retries: 50, initialRetryTime: 20, maxRetryTime: 100 } })
}

/** Sends numbered messages one after another until told to stop, and remembers the acknowledged ones. */
function keepSending(producer: Producer, topic: string): { readonly acknowledged: string[]; stop(): Promise<void> } {
  const acknowledged: string[] = []
  let stopped = false
  const sending = (async () => {
    for (let index = 0; !stopped; index++) {
      await producer.send({ topic, acks: -1, messages: [{ value: String(index) }] })
      acknowledged.push(String(index))
    }
  })()
  const stop = async () => {
    stopped = true
    await sending
  }
  return { acknowledged, stop }
}

test.each(['stop', 'kill'] as const)('an idempotent producer and a group go on over a %s and a new start', async (how) => {
  node = await startOdradek()
  const client = patient(node.bootstrap)
  const topic = unique('topic')
  const admin = client.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] })
  await admin.disconnect()
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: Partitioners.DefaultPartitioner })
  const consumer = client.consumer({ groupId: unique('group'), heartbeatInterval: 200, maxWaitTimeInMs: 100 })
  await Promise.all([producer.connect(), consumer.connect()])
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const seen = new Set<string>()
  await consumer.run({ eachMessage: async ({ message }) => void seen.add(String(message.value)) })

  const sender = keepSending(producer, topic)
  await until('some before', () => sender.acknowledged.length > 100 && seen.size > 50)
  await node[how]()
  await node.start()
  const before = sender.acknowledged.length
  await until('some after', () => sender.acknowledged.length > before + 100)
  await sender.stop()

  const total = sender.acknowledged.length
  const stored = texts(await readAll(client, topic, total))
  expect(stored).toEqual(sender.acknowledged)
  await until('the group has seen all', () => seen.size === total)
  await Promise.all([producer.disconnect(), consumer.disconnect()])
})

test('committed offsets and the cluster id outlive a kill', async () => {
  node = await startOdradek()
  const client = patient(node.bootstrap)
  const admin = client.admin()
  await admin.connect()
  const [topic, groupId] = [unique('topic'), unique('group')]
  await admin.createTopics({ topics: [{ topic, numPartitions: 2, replicationFactor: 1 }] })
  await admin.setOffsets({ groupId, topic, partitions: [{ partition: 1, offset: '42' }] })
  const { clusterId } = await admin.describeCluster()
  await admin.disconnect()
  await node.kill()
  await node.start()
  await admin.connect()
  expect((await admin.describeCluster()).clusterId).toBe(clusterId)
  expect((await admin.fetchOffsets({ groupId, topics: [topic] }))[0]?.partitions).toContainEqual({ partition: 1, offset: '42', metadata: null })
  await admin.disconnect()
})
