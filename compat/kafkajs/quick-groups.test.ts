import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BrokerUnderTest, startBrokerUnderTest } from '../support/broker-under-test.ts'
import { startGroupMember } from '../support/group-member-process.ts'
import { kafka, unique } from './support.ts'

/** Well below kafkajs's session timeout of 30 s, and well above the grace of the dev profile on a busy machine. Apache Kafka waits for the session. */
const QUICKLY_MS = 12_000
const SESSION_MS = 45_000

let broker: BrokerUnderTest

beforeAll(async () => {
  broker = await startBrokerUnderTest()
})

afterAll(async () => {
  await broker[Symbol.asyncDispose]()
})

async function topicOf(partitions: number): Promise<string> {
  const topic = unique('quick')
  const admin = kafka(broker.bootstrap).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }] })
  await admin.disconnect()
  return topic
}

test('a consumer that was killed and is started again is assigned without waiting for its old session', async () => {
  const topic = await topicOf(3)
  const groupId = unique('killed')
  const first = startGroupMember({ bootstrap: broker.bootstrap, groupId, topic })
  expect(await first.assigned).toEqual({ [topic]: [0, 1, 2] })
  await first.kill()
  const killedMs = performance.now()
  await using second = startGroupMember({ bootstrap: broker.bootstrap, groupId, topic })
  expect(await second.assigned).toEqual({ [topic]: [0, 1, 2] })
  expect(performance.now() - killedMs).toBeLessThan(broker.isKafka ? SESSION_MS : QUICKLY_MS)
}, 90_000)

test('the others of a group take over the part of one that was killed', async () => {
  const topic = await topicOf(2)
  const groupId = unique('shared')
  const consumer = kafka(broker.bootstrap).consumer({ groupId, heartbeatInterval: 300, maxWaitTimeInMs: 300 })
  const assignments: number[][] = []
  consumer.on('consumer.group_join', ({ payload }) => void assignments.push(payload.memberAssignment[topic] ?? []))
  await consumer.connect()
  try {
    await consumer.subscribe({ topics: [topic] })
    await consumer.run({ eachMessage: async () => {} })
    const other = startGroupMember({ bootstrap: broker.bootstrap, groupId, topic })
    expect(Object.values(await other.assigned).flat()).toHaveLength(1)
    await other.kill()
    await expect.poll(() => assignments.at(-1), { timeout: broker.isKafka ? SESSION_MS : QUICKLY_MS, interval: 50 }).toEqual([0, 1])
  } finally {
    await consumer.disconnect()
  }
}, 90_000)
