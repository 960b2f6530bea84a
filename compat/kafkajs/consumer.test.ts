import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Consumer, type Kafka, type Producer } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerUnderTest, startBrokerUnderTest } from '../support/broker-under-test.ts'
import { collect, kafka, texts, unique, until } from './support.ts'

const { Partitioners, AssignerProtocol } = kafkajs

let broker: BrokerUnderTest
let client: Kafka
let producer: Producer
const open: Consumer[] = []

beforeAll(async () => {
  broker = await startBrokerUnderTest()
  client = kafka(broker.bootstrap)
  producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((consumer) => consumer.disconnect()))
})
afterAll(async () => {
  await producer?.disconnect()
  await broker?.[Symbol.asyncDispose]()
})

async function topicWith(values: readonly string[], numPartitions = 1): Promise<string> {
  const topic = unique('topic')
  const admin = client.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1 }], waitForLeaders: true })
  await admin.disconnect()
  await producer.send({ topic, messages: values.map((value, index) => ({ value, partition: index % numPartitions })) })
  return topic
}

async function consumerOf(groupId: string, options: Partial<Parameters<Kafka['consumer']>[0]> = {}): Promise<Consumer> {
  const consumer = client.consumer({ groupId, heartbeatInterval: 200, rebalanceTimeout: 5_000, maxWaitTimeInMs: 200, ...options })
  open.push(consumer)
  await consumer.connect()
  return consumer
}

function numbers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index))
}

describe('where a group begins', () => {
  test('at the beginning when asked to', async () => {
    const topic = await topicWith(numbers(10))
    const consumer = await consumerOf(unique('group'))
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    expect(texts(await collect(consumer, 10))).toEqual(numbers(10))
  })

  test('at the end otherwise', async () => {
    const topic = await topicWith(['before'])
    const consumer = await consumerOf(unique('group'))
    await consumer.subscribe({ topics: [topic] })
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
    const fetched = new Promise((resolve) => consumer.on(consumer.events.FETCH, resolve))
    const received = collect(consumer, 1)
    await joined
    await fetched
    await producer.send({ topic, messages: [{ value: 'after' }] })
    expect(texts(await received)).toEqual(['after'])
  })

  test('where it left off', async () => {
    const topic = await topicWith(numbers(6))
    const groupId = unique('group')
    const first = await consumerOf(groupId)
    await first.subscribe({ topics: [topic], fromBeginning: true })
    await collect(first, 6)
    await first.disconnect()
    await producer.send({ topic, messages: [{ value: 'next' }] })
    const second = await consumerOf(groupId)
    await second.subscribe({ topics: [topic], fromBeginning: true })
    expect(texts(await collect(second, 1))).toEqual(['next'])
  })
})

describe('several members', () => {
  test('share the partitions, take over from one that leaves, and give up to one that joins', async () => {
    const topic = await topicWith([], 6)
    const groupId = unique('group')
    const assignments = new Map<Consumer, number>()
    const start = async () => {
      const consumer = await consumerOf(groupId)
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => assignments.set(consumer, payload.memberAssignment[topic]?.length ?? 0))
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ eachMessage: async () => {} })
      return consumer
    }
    const [one, two] = [await start(), await start()]
    await until('two members with three partitions each', () => assignments.get(one) === 3 && assignments.get(two) === 3)
    const three = await start()
    await until('three members with two partitions each', () => [one, two, three].every((consumer) => assignments.get(consumer) === 2))
    await two.disconnect()
    await until('the two that are left have three each', () => assignments.get(one) === 3 && assignments.get(three) === 3)
  })

  test('read every record once between them', async () => {
    const topic = await topicWith(numbers(300), 6)
    const groupId = unique('group')
    const seen: string[] = []
    for (let member = 0; member < 3; member++) {
      const consumer = await consumerOf(groupId)
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({ partitionsConsumedConcurrently: 2, eachMessage: async ({ message }) => void seen.push(String(message.value)) })
    }
    await until('all records', () => new Set(seen).size === 300)
  })

  test('may use an assigner of their own', async () => {
    const topic = await topicWith(numbers(4), 2)
    const everythingToFirst = ({ cluster }: Parameters<NonNullable<Parameters<Kafka['consumer']>[0]['partitionAssigners']>[number]>[0]) => ({
      name: 'EverythingToFirst',
      version: 1,
      protocol: ({ topics }: { topics: string[] }) => ({
        name: 'EverythingToFirst',
        metadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics, userData: Buffer.from('mine') }),
      }),
      assign: async ({ members, topics }: { members: { memberId: string }[]; topics: string[] }) =>
        members.map(({ memberId }, index) => ({
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: 1,
            assignment:
              index > 0 ? {} : Object.fromEntries(topics.map((name) => [name, cluster.findTopicPartitionMetadata(name).map(({ partitionId }) => partitionId)])),
            userData: Buffer.alloc(0),
          }),
        })),
    })
    const consumer = await consumerOf(unique('group'), { partitionAssigners: [everythingToFirst] })
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    expect([...texts(await collect(consumer, 4))].sort()).toEqual(numbers(4))
  })
})

describe('positions', () => {
  test('seek goes back and forth', async () => {
    const topic = await topicWith(numbers(10))
    const consumer = await consumerOf(unique('group'))
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    const seen: string[] = []
    await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) })
    await until('all ten', () => seen.length === 10)
    consumer.seek({ topic, partition: 0, offset: '7' })
    await until('the last three again', () => seen.length === 13)
    expect(seen.slice(10)).toEqual(['7', '8', '9'])
  })

  test('an offset out of range goes where the consumer was told to begin', async () => {
    const topic = await topicWith(numbers(3))
    const consumer = await consumerOf(unique('group'))
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    const seen: string[] = []
    await consumer.run({ eachMessage: async ({ message }) => void seen.push(String(message.value)) })
    await until('all three', () => seen.length === 3)
    consumer.seek({ topic, partition: 0, offset: '1000' })
    await until('all three again', () => seen.length === 6)
    expect(seen).toEqual([...numbers(3), ...numbers(3)])
  })

  test('manual commits count, and only they', async () => {
    const topic = await topicWith(numbers(10))
    const groupId = unique('group')
    const first = await consumerOf(groupId)
    await first.subscribe({ topics: [topic], fromBeginning: true })
    const seen: string[] = []
    await first.run({ autoCommit: false, eachMessage: async ({ message }) => void seen.push(String(message.value)) })
    await until('all ten', () => seen.length === 10)
    await first.commitOffsets([{ topic, partition: 0, offset: '4', metadata: 'by hand' }])
    await first.disconnect()
    const admin = client.admin()
    await admin.connect()
    expect(await admin.fetchOffsets({ groupId, topics: [topic] })).toEqual([{ topic, partitions: [{ partition: 0, offset: '4', metadata: 'by hand' }] }])
    await admin.disconnect()
    const second = await consumerOf(groupId)
    await second.subscribe({ topics: [topic], fromBeginning: true })
    expect(texts(await collect(second, 6))).toEqual(numbers(10).slice(4))
  })

  test('a paused topic rests while another goes on', async () => {
    const [quiet, busy] = [await topicWith([]), await topicWith([])]
    const consumer = await consumerOf(unique('group'))
    await consumer.subscribe({ topics: [quiet, busy], fromBeginning: true })
    const seen: string[] = []
    await consumer.run({ eachMessage: async ({ topic, message }) => void seen.push(`${topic === quiet ? 'quiet' : 'busy'} ${message.value}`) })
    await until('assigned', async () => consumer.paused().length === 0 && seen.length === 0)
    consumer.pause([{ topic: quiet }])
    await producer.sendBatch({
      topicMessages: [
        { topic: quiet, messages: [{ value: '1' }] },
        { topic: busy, messages: [{ value: '1' }] },
      ],
    })
    await until('the busy one', () => seen.length > 0)
    await sleep(300)
    expect(seen).toEqual(['busy 1'])
    consumer.resume([{ topic: quiet }])
    await until('both', () => seen.length === 2)
    expect(seen[1]).toBe('quiet 1')
  })
})

describe('subscriptions', () => {
  test('by regular expression', async () => {
    const prefix = unique('pattern')
    const topics = [`${prefix}-a`, `${prefix}-b`, `other-${prefix}`]
    for (const topic of topics) await producer.send({ topic, messages: [{ value: topic }] })
    const consumer = await consumerOf(unique('group'))
    await consumer.subscribe({ topics: [new RegExp(`^${prefix}-.*`)], fromBeginning: true })
    expect([...texts(await collect(consumer, 2))].sort()).toEqual([`${prefix}-a`, `${prefix}-b`])
  })

  test('eachBatch sees offsets, high watermark and lag', async () => {
    const topic = await topicWith(numbers(100))
    const consumer = await consumerOf(unique('group'))
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    const batches: { first: string; last: string; high: string; lag: string }[] = []
    let count = 0
    await consumer.run({
      eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
        for (const message of batch.messages) resolveOffset(message.offset)
        await heartbeat()
        count += batch.messages.length
        batches.push({ first: batch.messages[0]?.offset ?? '', last: batch.lastOffset(), high: batch.highWatermark, lag: batch.offsetLag() })
      },
    })
    await until('all', () => count === 100)
    expect(batches[0]).toMatchObject({ first: '0', high: '100' })
    expect(batches.at(-1)).toMatchObject({ last: '99', lag: '0' })
  })

  test('several topics at once', async () => {
    const topics = [await topicWith(['a']), await topicWith(['b'], 3), await topicWith(['c'])]
    const consumer = await consumerOf(unique('group'))
    await consumer.subscribe({ topics, fromBeginning: true })
    expect([...texts(await collect(consumer, 3))].sort()).toEqual(['a', 'b', 'c'])
  })
})

test('limits of bytes and waiting are kept to', async () => {
  const topic = await topicWith(numbers(200))
  const consumer = await consumerOf(unique('group'), { maxBytesPerPartition: 500, minBytes: 1, maxWaitTimeInMs: 100 })
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  expect(texts(await collect(consumer, 200))).toEqual(numbers(200))
})
