import kafkajs, { type Kafka, type Producer } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerUnderTest, startBrokerUnderTest } from '../support/broker-under-test.ts'
import { kafka, readAll, texts, unique } from './support.ts'

const { CompressionTypes, Partitioners } = kafkajs

let broker: BrokerUnderTest
let client: Kafka
let producer: Producer

beforeAll(async () => {
  broker = await startBrokerUnderTest()
  client = kafka(broker.bootstrap)
  producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
})
afterAll(async () => {
  await producer?.disconnect()
  await broker?.[Symbol.asyncDispose]()
})

async function newTopic(numPartitions = 1): Promise<string> {
  const topic = unique('topic')
  const admin = client.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1 }], waitForLeaders: true })
  await admin.disconnect()
  return topic
}

describe('acknowledgements', () => {
  test.each([-1, 1])('acks=%i answers with the base offset of each batch', async (acks) => {
    const topic = await newTopic()
    const first = await producer.send({ topic, acks, messages: [{ value: 'a' }, { value: 'b' }] })
    const second = await producer.send({ topic, acks, messages: [{ value: 'c' }] })
    expect(first).toMatchObject([{ topicName: topic, partition: 0, errorCode: 0, baseOffset: '0' }])
    expect(second).toMatchObject([{ baseOffset: '2', logStartOffset: '0' }])
    expect(texts(await readAll(client, topic, 3))).toEqual(['a', 'b', 'c'])
  })

  test('acks=0 is appended though nothing answers', async () => {
    const topic = await newTopic()
    await producer.send({ topic, acks: 0, messages: [{ value: 'a' }] })
    await producer.send({ topic, acks: 0, messages: [{ value: 'b' }] })
    expect(texts(await readAll(client, topic, 2))).toEqual(['a', 'b'])
  })
})

describe('what a record carries', () => {
  test('keys, values, headers and timestamps come back as they were', async () => {
    const topic = await newTopic()
    const messages = [
      { key: 'k', value: 'v', headers: { one: 'eins', two: Buffer.from([0, 255]), many: ['x', 'y'] }, timestamp: '1700000000123' },
      { key: null, value: 'no key', timestamp: '1' },
      { key: 'no value', value: null, timestamp: '1700000000999' },
      { key: '', value: '', timestamp: '0' },
      { key: 'ключ 🗝', value: 'зна́чение ☕', timestamp: '1700000000000' },
    ]
    await producer.send({ topic, messages })
    const received = (await readAll(client, topic, messages.length)).map(({ message }) => message)
    expect(received.map(({ key }) => key?.toString() ?? null)).toEqual(['k', null, 'no value', '', 'ключ 🗝'])
    expect(received.map(({ value }) => value?.toString() ?? null)).toEqual(['v', 'no key', null, '', 'зна́чение ☕'])
    expect(received.map(({ timestamp }) => timestamp)).toEqual(messages.map(({ timestamp }) => timestamp))
    expect(received[0]?.headers).toEqual({ one: Buffer.from('eins'), two: Buffer.from([0, 255]), many: [Buffer.from('x'), Buffer.from('y')] })
    expect(received.map(({ offset }) => offset)).toEqual(['0', '1', '2', '3', '4'])
  })

  test('a record just below the limit of a message is taken', async () => {
    const topic = await newTopic()
    const value = Buffer.alloc(1_000_000, 'x')
    await producer.send({ topic, messages: [{ value }] })
    expect((await readAll(client, topic, 1))[0]?.message.value?.equals(value)).toBe(true)
  })
})

describe('compression', () => {
  const codecs = [CompressionTypes.None, CompressionTypes.GZIP, CompressionTypes.Snappy, CompressionTypes.LZ4, CompressionTypes.ZSTD]
  // kafkajs 2.2.4 sends Produce v7, the first with zstd.
  test.each(codecs)('codec %i is kept and read again', async (compression) => {
    const topic = await newTopic()
    const values = Array.from({ length: 500 }, (_, index) => `message ${index} ${'x'.repeat(index % 50)}`)
    await producer.send({ topic, compression, messages: values.map((value) => ({ value, key: 'same' })) })
    expect(texts(await readAll(client, topic, values.length))).toEqual(values)
  })
})

describe('batches', () => {
  test('one request with several topics and partitions is answered for each', async () => {
    const topics = [await newTopic(3), await newTopic(2)]
    const topicMessages = topics.map((topic) => ({ topic, messages: [0, 1, 2, 3].map((n) => ({ value: `${topic}/${n}`, partition: n % 2 })) }))
    const answers = await producer.sendBatch({ topicMessages })
    expect(answers.map(({ errorCode, baseOffset }) => [errorCode, baseOffset])).toEqual(Array.from({ length: 4 }, () => [0, '0']))
    for (const topic of topics) {
      const received = await readAll(client, topic, 4)
      expect([...texts(received)].sort()).toEqual([0, 1, 2, 3].map((n) => `${topic}/${n}`))
      expect(received.every(({ partition, message }) => Number(String(message.value).at(-1)) % 2 === partition)).toBe(true)
    }
  })

  test('many small sends at once keep their order in each partition', async () => {
    const topic = await newTopic()
    const answers = await Promise.all(Array.from({ length: 300 }, (_, index) => producer.send({ topic, messages: [{ value: String(index) }] })))
    const offsets = answers.flatMap((answer) => answer.map(({ baseOffset }) => Number(baseOffset)))
    expect(new Set(offsets).size).toBe(300)
    const received = await readAll(client, topic, 300)
    for (const [index, value] of texts(received).entries()) expect(offsets[Number(value)]).toBe(index)
  })
})

describe('an idempotent producer', () => {
  test('gets its id and its batches are appended once, in order', async () => {
    const topic = await newTopic()
    const idempotent = client.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: Partitioners.DefaultPartitioner })
    await idempotent.connect()
    for (let index = 0; index < 50; index++) await idempotent.send({ topic, messages: [{ value: `a${index}` }, { value: `b${index}` }] })
    await idempotent.disconnect()
    expect(texts(await readAll(client, topic, 100))).toEqual(Array.from({ length: 50 }, (_, index) => [`a${index}`, `b${index}`]).flat())
  })
})

test('a topic that does not exist is made by the first send', async () => {
  const topic = unique('auto')
  const answer = await producer.send({ topic, messages: [{ value: 'first' }] })
  expect(answer).toMatchObject([{ errorCode: 0, baseOffset: '0' }])
  expect(texts(await readAll(client, topic, 1))).toEqual(['first'])
})
