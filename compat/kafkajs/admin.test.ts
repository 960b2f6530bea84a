import kafkajs, { type Admin, type Kafka } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerUnderTest, startBrokerUnderTest } from '../support/broker-under-test.ts'
import { collect, kafka, sendTo, unique, until } from './support.ts'

let broker: BrokerUnderTest
let client: Kafka
let admin: Admin

beforeAll(async () => {
  broker = await startBrokerUnderTest()
  client = kafka(broker.bootstrap)
  admin = client.admin()
  await admin.connect()
})
afterAll(async () => {
  await admin?.disconnect()
  await broker?.[Symbol.asyncDispose]()
})

function send(topic: string, values: readonly string[], partition = 0): Promise<void> {
  return sendTo(client, topic, values, partition)
}

async function newTopic(numPartitions = 1): Promise<string> {
  const topic = unique('topic')
  await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1 }] })
  return topic
}

describe('topics', () => {
  test('are made, listed and described', async () => {
    const topic = unique('topic')
    expect(await admin.createTopics({ topics: [{ topic, numPartitions: 3, replicationFactor: 1 }] })).toBe(true)
    expect(await admin.listTopics()).toContain(topic)
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    expect(topics[0]?.partitions.map(({ partitionId, partitionErrorCode, replicas, isr }) => [partitionId, partitionErrorCode, replicas, isr]).sort()).toEqual(
      [0, 1, 2].map((partition) => [partition, 0, [1], [1]]),
    )
  })

  test('made twice: false the second time', async () => {
    const topic = await newTopic()
    expect(await admin.createTopics({ topics: [{ topic }] })).toBe(false)
  })

  test('validateOnly makes nothing', async () => {
    const topic = unique('topic')
    expect(await admin.createTopics({ validateOnly: true, waitForLeaders: false, topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] })).toBe(true)
    expect(await admin.listTopics()).not.toContain(topic)
  })

  test('with a replica assignment and settings', async () => {
    const topic = unique('topic')
    await admin.createTopics({
      topics: [
        {
          topic,
          replicaAssignment: [
            { partition: 0, replicas: [1] },
            { partition: 1, replicas: [1] },
          ],
          configEntries: [{ name: 'retention.ms', value: '12345' }],
        },
      ],
    })
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    expect(topics[0]?.partitions.length).toBe(2)
  })

  test('wrong ones are refused with a reason', async () => {
    const creations = [
      { topic: 'in valid', numPartitions: 1, replicationFactor: 1 },
      { topic: unique('topic'), numPartitions: 0, replicationFactor: 1 },
      { topic: unique('topic'), numPartitions: 1, replicationFactor: 2 },
      { topic: unique('topic'), numPartitions: 1, replicationFactor: 1, configEntries: [{ name: 'retention.ms', value: 'soon' }] },
    ]
    const types: unknown[] = []
    for (const creation of creations) {
      const error = await admin.createTopics({ topics: [creation] }).then(
        () => null,
        (refused) => refused,
      )
      types.push((error?.errors?.[0] ?? error)?.type)
    }
    expect(types).toEqual(['INVALID_TOPIC_EXCEPTION', 'INVALID_PARTITIONS', 'INVALID_REPLICATION_FACTOR', 'INVALID_CONFIG'])
  })

  test('are deleted, and their name is free at once', async () => {
    const topic = await newTopic()
    await send(topic, ['old'])
    await admin.deleteTopics({ topics: [topic] })
    expect(await admin.listTopics()).not.toContain(topic)
    await admin.createTopics({ topics: [{ topic, numPartitions: 2, replicationFactor: 1 }] })
    expect((await admin.fetchTopicOffsets(topic)).map(({ high }) => high)).toEqual(['0', '0'])
  })

  test('all are described where none is named', async () => {
    const [first, second] = [await newTopic(), await newTopic(2)]
    const { topics } = await admin.fetchTopicMetadata()
    const counts = new Map(topics.map(({ name, partitions }) => [name, partitions.length]))
    expect([counts.get(first), counts.get(second)]).toEqual([1, 2])
  })

  test('get more partitions', async () => {
    const topic = await newTopic(1)
    await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] })
    expect((await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.length).toBe(4)
    await expect(admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] })).rejects.toMatchObject({ type: 'INVALID_PARTITIONS' })
    await send(topic, ['into the new one'], 3)
  })
})

describe('offsets of topics', () => {
  test('low, high and by time', async () => {
    const topic = await newTopic()
    await send(topic, ['a', 'b', 'c'])
    expect(await admin.fetchTopicOffsets(topic)).toEqual([{ partition: 0, offset: '3', high: '3', low: '0' }])
    expect(await admin.fetchTopicOffsetsByTimestamp(topic, 1_001)).toEqual([{ partition: 0, offset: '1' }])
    expect(await admin.fetchTopicOffsetsByTimestamp(topic, 5_000)).toEqual([{ partition: 0, offset: '3' }])
  })

  test('records before an offset are deleted', async () => {
    const topic = await newTopic()
    await send(topic, ['a', 'b', 'c'])
    // kafkajs looks for the leaders of a topic that it may not yet know: the call before makes it known.
    expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ low: '0', high: '3' }])
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] })
    expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ low: '2', high: '3' }])
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '-1' }] })
    expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ low: '3', high: '3' }])
  })
})

// Setting an offset takes this client a whole fetch, 5 seconds: the tests wait side by side.
describe.concurrent('groups', () => {
  test('are listed, described and deleted', async () => {
    const topic = await newTopic(2)
    const groupId = unique('group')
    const consumer = client.consumer({ groupId })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await send(topic, ['a'])
    await collect(consumer, 1)
    expect((await admin.listGroups()).groups).toContainEqual({ groupId, protocolType: 'consumer' })
    const { groups } = await admin.describeGroups([groupId])
    expect(groups[0]).toMatchObject({ groupId, errorCode: 0, state: 'Stable', protocolType: 'consumer', protocol: 'RoundRobinAssigner' })
    expect(groups[0]?.members.map(({ clientId }) => clientId)).toEqual(['suite'])
    expect(groups[0]?.members[0]?.clientHost).toMatch(/^\/127\.0\.0\.1$/)
    await expect(admin.deleteGroups([groupId])).rejects.toMatchObject({ groups: [{ errorCode: 68 }] })
    await consumer.disconnect()
    await until('the group is empty', async () => (await admin.describeGroups([groupId])).groups[0]?.state === 'Empty')
    await admin.deleteGroups([groupId])
    expect((await admin.describeGroups([groupId])).groups[0]?.state).toBe('Dead')
  })

  test('their offsets are fetched for all topics, or reset to the end', async () => {
    const [first, second] = [await newTopic(), await newTopic()]
    await send(first, ['a', 'b'])
    const groupId = unique('group')
    await admin.resetOffsets({ groupId, topic: first, earliest: false })
    await admin.setOffsets({ groupId, topic: second, partitions: [{ partition: 0, offset: '0' }] })
    const fetched = await admin.fetchOffsets({ groupId })
    expect(fetched.map(({ topic, partitions }) => [topic, partitions.map(({ offset }) => offset)]).sort()).toEqual([
      [first, ['-1']],
      [second, ['0']],
    ])
    const resolved = await admin.fetchOffsets({ groupId, topics: [first], resolveOffsets: true })
    expect(resolved[0]?.partitions).toMatchObject([{ partition: 0, offset: '2' }])
  })

  test('their offsets are set, reset and fetched', async () => {
    const topic = await newTopic(2)
    await send(topic, ['a', 'b', 'c'])
    const groupId = unique('group')
    await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '1' }] })
    expect((await admin.fetchOffsets({ groupId, topics: [topic] }))[0]?.partitions.find(({ partition }) => partition === 0)?.offset).toBe('1')
    await admin.resetOffsets({ groupId, topic, earliest: true })
    const [fetched] = await admin.fetchOffsets({ groupId, topics: [topic], resolveOffsets: true })
    expect(fetched?.partitions.map(({ partition, offset }) => [partition, offset]).sort()).toEqual([
      [0, '0'],
      [1, '0'],
    ])
  })
})

test('the cluster says who it is', async () => {
  const cluster = await admin.describeCluster()
  expect(cluster.brokers).toEqual([{ nodeId: 1, host: '127.0.0.1', port: Number(broker.bootstrap.split(':')[1]) }])
  expect(cluster.controller).toBe(1)
  expect(cluster.clusterId).toMatch(/^[A-Za-z0-9_-]{22}$/)
})

describe('configs', () => {
  const { TOPIC, BROKER } = kafkajs.ConfigResourceTypes

  test('of a topic are described, all or some, with their sources and synonyms', async () => {
    const topic = unique('topic')
    await admin.createTopics({ topics: [{ topic, configEntries: [{ name: 'retention.ms', value: '12345' }] }] })
    const { resources } = await admin.describeConfigs({ includeSynonyms: true, resources: [{ type: TOPIC, name: topic }] })
    const retention = resources[0]?.configEntries.find(({ configName }) => configName === 'retention.ms')
    expect(retention).toMatchObject({ configValue: '12345', configSource: 1, isSensitive: false, readOnly: false })
    expect(retention?.configSynonyms[0]).toMatchObject({ configName: 'retention.ms', configValue: '12345', configSource: 1 })
    const some = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: TOPIC, name: topic, configNames: ['cleanup.policy'] }] })
    expect(some.resources[0]?.configEntries).toMatchObject([{ configName: 'cleanup.policy', configValue: 'delete', configSynonyms: [] }])
  })

  test('of the broker are described', async () => {
    const request = { includeSynonyms: false, resources: [{ type: BROKER, name: '1', configNames: ['node.id'] }] }
    expect((await admin.describeConfigs(request)).resources[0]?.configEntries).toMatchObject([{ configValue: '1', readOnly: true, configSource: 4 }])
  })

  test('of a topic that is not there are refused', async () => {
    const request = { includeSynonyms: false, resources: [{ type: TOPIC, name: unique('absent') }] }
    await expect(admin.describeConfigs(request)).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' })
  })
})
