import kafkajs, { type Kafka } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BrokerUnderTest, startBrokerUnderTest } from '../support/broker-under-test.ts'
import { kafka, unique } from './support.ts'

const { Partitioners } = kafkajs

let broker: BrokerUnderTest
let client: Kafka

beforeAll(async () => {
  broker = await startBrokerUnderTest({ 'auto.create.topics.enable': false })
  client = kafka(broker.bootstrap, { retry: { retries: 1, initialRetryTime: 10, maxRetryTime: 20 } })
})
afterAll(async () => {
  await broker?.[Symbol.asyncDispose]()
})

async function refusal(work: (producer: ReturnType<Kafka['producer']>) => Promise<unknown>): Promise<string> {
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  try {
    await work(producer)
    return 'none'
  } catch (error) {
    let cause = error as { type?: string; cause?: unknown; name?: string }
    while (cause.type === undefined && cause.cause !== undefined) cause = cause.cause as typeof cause
    return cause.type ?? cause.name ?? 'unknown'
  } finally {
    await producer.disconnect()
  }
}

test('an unknown topic with auto-creation off', async () => {
  expect(await refusal((producer) => producer.send({ topic: unique('absent'), messages: [{ value: 'x' }] }))).toBe('UNKNOWN_TOPIC_OR_PARTITION')
})

test('a message larger than the topic takes, and the connection stays good', async () => {
  const topic = unique('topic')
  const admin = client.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] })
  const type = await refusal(async (producer) => {
    await producer.send({ topic, messages: [{ value: 'fits' }] })
    await producer.send({ topic, messages: [{ value: Buffer.alloc(2_000_000) }] })
  })
  expect(type).toBe('MESSAGE_TOO_LARGE')
  expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ high: '1' }])
  await admin.disconnect()
})

test('an invalid topic name', async () => {
  expect(await refusal((producer) => producer.send({ topic: 'not a name!', messages: [{ value: 'x' }] }))).toBe('INVALID_TOPIC_EXCEPTION')
})

test('a group with an empty name is a dead one', async () => {
  // With kafkajs's own patience: Apache Kafka makes its topic of offsets only now.
  const admin = kafka(broker.bootstrap).admin()
  await admin.connect()
  expect(await admin.describeGroups([''])).toMatchObject({ groups: [{ groupId: '', state: 'Dead', members: [] }] })
  await admin.disconnect()
})
