import kafkajs, { type Kafka } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OdradekProcess, startOdradek } from '../support/odradek-process.ts'
import { kafka, texts, unique } from './support.ts'

const { Partitioners } = kafkajs

/** Ready means ready: no client here may try a second time. Apache Kafka does not promise this. */
const once = { retries: 0 }

let node: OdradekProcess
let client: Kafka

beforeAll(async () => {
  node = await startOdradek()
  client = kafka(node.bootstrap, { retry: once })
})
afterAll(async () => {
  await node?.[Symbol.asyncDispose]()
})

test('the first request of all is a group that joins, and it joins at once', async () => {
  const consumer = client.consumer({ groupId: unique('group'), maxWaitTimeInMs: 100, retry: once })
  await consumer.connect()
  await consumer.subscribe({ topics: [unique('auto')] })
  const joined = new Promise((resolve, reject) => {
    consumer.on(consumer.events.GROUP_JOIN, resolve)
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
  })
  await consumer.run({ eachMessage: async () => {} })
  await joined
  await consumer.disconnect()
})

test('a hundred topics are made, written, read and deleted, each step right behind the other', async () => {
  const admin = client.admin({ retry: once })
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner, retry: once })
  await Promise.all([admin.connect(), producer.connect()])
  for (let index = 0; index < 100; index++) {
    const topic = unique('ready')
    await admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 1 }], waitForLeaders: false })
    const [answer] = await producer.send({ topic, messages: [{ value: 'x', partition: 2 }] })
    expect(answer).toMatchObject({ errorCode: 0, baseOffset: '0' })
    expect(await admin.fetchTopicOffsets(topic)).toContainEqual({ partition: 2, offset: '1', high: '1', low: '0' })
    await admin.deleteTopics({ topics: [topic] })
    expect(await admin.listTopics()).not.toContain(topic)
  }
  await Promise.all([admin.disconnect(), producer.disconnect()])
})

test('a topic that the first message makes is read at once by a new group', async () => {
  const topic = unique('auto')
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner, retry: once })
  const consumer = client.consumer({ groupId: unique('group'), maxWaitTimeInMs: 100, retry: once })
  await Promise.all([producer.connect(), consumer.connect()])
  await producer.send({ topic, messages: [{ value: 'first' }] })
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const received = await new Promise<string>((resolve, reject) => {
    consumer.run({ eachMessage: async (payload) => resolve(texts([payload])[0] as string) }).catch(reject)
  })
  expect(received).toBe('first')
  await Promise.all([producer.disconnect(), consumer.disconnect()])
})
