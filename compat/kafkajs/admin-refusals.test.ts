import type { Admin, Kafka } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerUnderTest, startBrokerUnderTest } from '../support/broker-under-test.ts'
import { collect, kafka, sendTo, unique, until } from './support.ts'

let broker: BrokerUnderTest
let client: Kafka
let admin: Admin

beforeAll(async () => {
  broker = await startBrokerUnderTest()
  // One try each: what is refused for good must not be tried again, and what is not must not need it.
  client = kafka(broker.bootstrap, { retry: { retries: 0 } })
  admin = client.admin()
  await admin.connect()
  await until('the coordinator serves', () =>
    admin.describeGroups(['any']).then(
      () => true,
      () => false,
    ),
  )
})
afterAll(async () => {
  await admin?.disconnect()
  await broker?.[Symbol.asyncDispose]()
})

/** A topic that is served. */
async function newTopic(numPartitions = 1): Promise<string> {
  const topic = unique('refusals')
  await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1 }] })
  await until('the topic is served', async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => ({ topics: [] }))
    return topics[0]?.partitions.length === numPartitions && topics[0].partitions.every(({ leader }) => leader === 1)
  })
  return topic
}

describe('topics', () => {
  test('of several in one request those that are wrong are refused, each by its name, and the others made', async () => {
    const [good, twice] = [unique('good'), await newTopic()]
    const topics = [{ topic: good }, { topic: twice }, { topic: 'no/slashes' }]
    const refused = await admin.createTopics({ topics, waitForLeaders: false }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ name: 'KafkaJSAggregateError' })
    const errors = (refused as { errors: readonly { type: string; topic: string }[] }).errors
    expect(errors.map(({ topic, type }) => [topic, type]).sort()).toEqual(
      [
        [twice, 'TOPIC_ALREADY_EXISTS'],
        ['no/slashes', 'INVALID_TOPIC_EXCEPTION'],
      ].sort(),
    )
    await until('the good one is listed', async () => (await admin.listTopics()).includes(good))
  })

  test.each([
    ['a name of 249 characters', 'x'.repeat(249), true],
    ['a name of 250 characters', 'x'.repeat(250), false],
    ['a single dot', '.', false],
    ['two dots', '..', false],
    ['letters, digits, dots, hyphens, underscores', 'aZ0.-_', true],
  ])('%s', async (_title, topic, isAccepted) => {
    const created = admin.createTopics({ topics: [{ topic }], validateOnly: true, waitForLeaders: false })
    if (isAccepted) expect(await created).toBe(true)
    else await expect(created).rejects.toMatchObject({ errors: [{ type: 'INVALID_TOPIC_EXCEPTION' }] })
  })

  test.each([
    ['replicas on an unknown broker', [{ partition: 0, replicas: [7] }], 'INVALID_REPLICA_ASSIGNMENT'],
    ['a partition number left out', [{ partition: 1, replicas: [1] }], 'INVALID_REPLICA_ASSIGNMENT'],
    ['one broker twice', [{ partition: 0, replicas: [1, 1] }], 'INVALID_REPLICA_ASSIGNMENT'],
    ['no replicas', [{ partition: 0, replicas: [] }], 'INVALID_REPLICA_ASSIGNMENT'],
  ])('an assignment with %s is refused', async (_title, replicaAssignment, type) => {
    const created = admin.createTopics({ topics: [{ topic: unique('assigned'), replicaAssignment }] })
    await expect(created).rejects.toMatchObject({ errors: [{ type }] })
  })

  test('an unknown setting is refused by its name', async () => {
    const created = admin.createTopics({ topics: [{ topic: unique('setting'), configEntries: [{ name: 'no.such.setting', value: '1' }] }] })
    await expect(created).rejects.toMatchObject({ errors: [{ type: 'INVALID_CONFIG' }] })
  })

  test('that are not there cannot be deleted, described or grown', async () => {
    const absent = unique('absent')
    // The client keeps asking for the topics that it was once asked about, and fails while one is not there: this one is of no use afterwards.
    const asking = client.admin()
    await asking.connect()
    const calls = [
      asking.deleteTopics({ topics: [absent] }),
      asking.fetchTopicMetadata({ topics: [absent] }),
      asking.fetchTopicOffsets(absent),
      asking.fetchTopicOffsetsByTimestamp(absent, 1),
      asking.createPartitions({ topicPartitions: [{ topic: absent, count: 2 }] }),
    ]
    // A topic may be about to be made: the client says how often it asked, or what it was told.
    const refused = await Promise.all(
      calls.map((call) =>
        call.then(
          () => null,
          (error: Error) => error.cause ?? error,
        ),
      ),
    )
    expect(refused.map((error) => (error as { type?: string } | null)?.type)).toEqual(calls.map(() => 'UNKNOWN_TOPIC_OR_PARTITION'))
    await asking.disconnect()
    expect(await admin.listTopics()).not.toContain(absent)
  })

  test('partitions: validateOnly adds none, a wrong assignment is refused', async () => {
    const topic = await newTopic(1)
    await admin.createPartitions({ validateOnly: true, topicPartitions: [{ topic, count: 3 }] })
    expect((await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.length).toBe(1)
    const wrong = admin.createPartitions({ topicPartitions: [{ topic, count: 2, assignments: [[9]] }] })
    await expect(wrong).rejects.toMatchObject({ type: 'INVALID_REPLICA_ASSIGNMENT' })
  })
})

describe('records', () => {
  test('beyond the end, or of an unknown partition, cannot be deleted', async () => {
    const topic = await newTopic()
    await sendTo(client, topic, ['a', 'b'])
    await admin.fetchTopicOffsets(topic)
    const beyond = admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] })
    await expect(beyond).rejects.toMatchObject({ cause: { partitions: [{ partition: 0, error: { type: 'OFFSET_OUT_OF_RANGE' } }] } })
    const unknown = admin.deleteTopicRecords({ topic, partitions: [{ partition: 5, offset: '0' }] })
    await expect(unknown).rejects.toMatchObject({ name: 'KafkaJSDeleteTopicRecordsError', partitions: [{ partition: 5, offset: '0' }] })
    expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ low: '0', high: '2' }])
  })
})

// Setting an offset takes this client a whole fetch, 5 seconds: the tests wait side by side.
describe.concurrent('groups', () => {
  test('that were never there are described as Dead and cannot be deleted', async () => {
    const groupId = unique('never')
    expect((await admin.describeGroups([groupId])).groups).toMatchObject([{ groupId, state: 'Dead', members: [] }])
    await expect(admin.deleteGroups([groupId])).rejects.toMatchObject({ groups: [{ groupId, errorCode: 69 }] })
    expect(await admin.fetchOffsets({ groupId })).toEqual([])
  })

  test('with members keep their offsets: setting and resetting is refused', async () => {
    const topic = await newTopic()
    const groupId = unique('busy')
    await sendTo(client, topic, ['a'])
    const consumer = client.consumer({ groupId })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await collect(consumer, 1)
    const refusal = { message: expect.stringContaining('The consumer group must have no running instances, current state: Stable') }
    await expect(admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '0' }] })).rejects.toMatchObject(refusal)
    await expect(admin.resetOffsets({ groupId, topic, earliest: true })).rejects.toMatchObject(refusal)
    await consumer.disconnect()
    await admin.resetOffsets({ groupId, topic, earliest: true })
    // The client commits a mark of its own for the beginning.
    expect(await admin.fetchOffsets({ groupId, topics: [topic] })).toMatchObject([{ topic, partitions: [{ partition: 0, offset: '-2' }] }])
  })

  test('one that can be deleted is, beside one that cannot', async () => {
    const topic = await newTopic()
    const [groupId, absent] = [unique('deletable'), unique('absent')]
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '0' }] })
    await expect(admin.deleteGroups([groupId, absent])).rejects.toMatchObject({ groups: [{ groupId: absent, errorCode: 69 }] })
    expect((await admin.listGroups()).groups.map((group) => group.groupId)).not.toContain(groupId)
  })
})
