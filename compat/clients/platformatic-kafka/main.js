// The habits of @platformatic/kafka, which is found where CLIENT_MODULES says: `BOOTSTRAP HABIT`, or `list`.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const { Admin, Consumer, Producer, stringDeserializers, stringSerializers } = await import(
  createRequire(join(process.env.CLIENT_MODULES, 'package.json')).resolve('@platformatic/kafka')
)
const [bootstrap, name] = process.argv.slice(2)
const client = { clientId: 'habits', bootstrapBrokers: [bootstrap] }
const TOPIC_RESOURCE = 2

/** Closes a consumer or producer, also with streams that are still open. */
async function using(opened, use) {
  try {
    return await use(opened)
  } finally {
    await opened.close(true)
  }
}

async function administer(use) {
  const admin = new Admin(client)
  try {
    return await use(admin)
  } finally {
    await admin.close()
  }
}

async function newTopic(topic, partitions = 1, configs = []) {
  await administer((admin) => admin.createTopics({ topics: [topic], partitions, replicas: 1, configs }))
  return topic
}

const produce = (messages, options = {}) =>
  using(new Producer({ ...client, serializers: stringSerializers, ...options }), (producer) => producer.send({ messages }))

const texts = (topic, ...values) => values.map((value) => ({ topic, value }))

const openConsumer = (groupId) => new Consumer({ ...client, groupId, deserializers: stringDeserializers, maxWaitTime: 500 })

/** The next messages of a stream, at most for 20 seconds. */
async function take(stream, count) {
  const messages = []
  const late = setTimeout(() => stream.destroy(new Error(`${messages.length} of ${count} messages within 20 s`)), 20_000)
  for await (const message of stream) {
    messages.push(message)
    if (messages.length === count) break
  }
  clearTimeout(late)
  return messages
}

const consume = (groupId, topic, count, options = {}) =>
  using(openConsumer(groupId), async (consumer) =>
    take(await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest', ...options }), count),
  )

const readAll = (topic, count) => consume(`reader-of-${topic}`, topic, count, { mode: 'earliest' })

const values = (messages) => messages.map(({ value }) => value)

/** Protocol errors stand somewhere in the tree of causes; this gives the first one's id, such as INVALID_TOPIC_EXCEPTION. */
function protocolError(error) {
  if (error.apiId !== undefined) return error.apiId
  return [...(error.errors ?? []), ...(error.cause === undefined ? [] : [error.cause])].map(protocolError).find((id) => id !== undefined)
}

async function refused(call, expected) {
  const error = await call.then(
    () => assert.fail('it was not refused'),
    (reason) => reason,
  )
  assert.equal(protocolError(error), expected, error)
}

async function until(what, condition) {
  for (const deadline = Date.now() + 20_000; !(await condition()); await sleep(20)) assert(Date.now() < deadline, `not within 20 s: ${what}`)
}

const habits = {
  async 'records come back with keys and headers'() {
    const topic = await newTopic('headers')
    const headers = { one: '1', two: 'zwei' }
    await produce([
      { topic, key: 'key', value: 'value', headers, timestamp: 1_700_000_000_123n },
      { topic, key: 'tombstone' },
      { topic, value: 'Grüße' },
    ])
    const [first, tombstone, last] = await readAll(topic, 3)
    assert.deepEqual([first.key, first.value, Object.fromEntries(first.headers), first.timestamp], ['key', 'value', headers, 1_700_000_000_123n])
    assert.equal(tombstone.key, 'tombstone')
    assert.equal(last.value, 'Grüße')
  },

  async 'records of each codec come back'() {
    const topic = await newTopic('codecs')
    const expected = []
    for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
      const sent = Array.from({ length: 100 }, (_, index) => `${compression} ${index} ${'x'.repeat(500)}`)
      await produce(texts(topic, ...sent), { compression })
      expected.push(...sent)
    }
    assert.deepEqual(values(await readAll(topic, expected.length)), expected)
  },

  async 'many records keep the order of their keys'() {
    const topic = await newTopic('many', 4)
    await produce(Array.from({ length: 10_000 }, (_, index) => ({ topic, key: String(index % 50), value: String(index) })))
    const last = new Map()
    for (const { key, value } of await readAll(topic, 10_000)) {
      assert.equal(Number(value), (last.get(key) ?? Number(key) - 50) + 50)
      last.set(key, Number(value))
    }
    assert.equal(last.size, 50)
  },

  async 'an idempotent producer keeps order'() {
    const topic = await newTopic('idempotent')
    const sent = Array.from({ length: 100 }, (_, index) => String(index))
    await using(new Producer({ ...client, serializers: stringSerializers, idempotent: true }), async (producer) => {
      for (const value of sent) await producer.send({ messages: texts(topic, value) })
    })
    assert.deepEqual(values(await readAll(topic, 100)), sent)
  },

  async 'a topic is made by producing to it'() {
    await produce(texts('made-by-producing', 'a'), { autocreateTopics: true })
    assert.deepEqual(values(await readAll('made-by-producing', 1)), ['a'])
  },

  async 'a consumer begins at the beginning or at the end'() {
    const topic = await newTopic('ends')
    await produce(texts(topic, 'old'))
    await using(openConsumer('late'), async (late) => {
      const stream = await late.consume({ topics: [topic], mode: 'latest' })
      const next = take(stream, 1)
      await sleep(1_000)
      await produce(texts(topic, 'new'))
      assert.deepEqual(values(await next), ['new'])
    })
    assert.deepEqual(values(await readAll(topic, 2)), ['old', 'new'])
  },

  async 'a consumer begins at a time'() {
    const topic = await newTopic('times')
    await produce([1_000n, 2_000n, 3_000n].map((timestamp) => ({ topic, value: String(timestamp), timestamp })))
    await using(openConsumer('times'), async (consumer) => {
      const offset = (await consumer.listOffsets({ topics: [topic], timestamp: 1_500n })).get(topic)[0]
      assert.equal(offset, 1n)
      const stream = await consumer.consume({ topics: [topic], mode: 'manual', offsets: [{ topic, partition: 0, offset }] })
      assert.deepEqual(values(await take(stream, 2)), ['2000', '3000'])
    })
  },

  async 'a group shares partitions and rebalances'() {
    const topic = await newTopic('shared', 4)
    const counts = (members) => members.map((member) => (member.assignments ?? []).reduce((sum, { partitions }) => sum + partitions.length, 0))
    const first = openConsumer('shared')
    const second = openConsumer('shared')
    try {
      const options = { topics: [topic], heartbeatInterval: 500 }
      ;(await first.consume(options)).on('data', () => {})
      await until('the first has all', () => counts([first])[0] === 4)
      ;(await second.consume(options)).on('data', () => {})
      await until('they share', () => counts([first, second]).every((count) => count === 2))
      await first.close(true)
      await until('the second has all', () => counts([second])[0] === 4)
    } finally {
      await Promise.all([first.close(true), second.close(true)])
    }
  },

  async 'a group resumes where it committed'() {
    const topic = await newTopic('resumed')
    await produce(texts(topic, '0', '1', '2', '3', '4', '5'))
    await using(openConsumer('resumed'), async (consumer) => {
      const stream = await consumer.consume({ topics: [topic], mode: 'committed', fallbackMode: 'earliest', autocommit: false })
      const taken = await take(stream, 3)
      await taken.at(-1).commit()
      assert.deepEqual(values(taken), ['0', '1', '2'])
    })
    assert.deepEqual(values(await consume('resumed', topic, 3)), ['3', '4', '5'])
  },

  async 'topics are made listed described and deleted'() {
    await administer(async (admin) => {
      const [created] = await admin.createTopics({ topics: ['described'], partitions: 3, replicas: 1 })
      assert.deepEqual([created.name, created.partitions, created.replicas], ['described', 3, 1])
      await until('it is listed', async () => (await admin.listTopics()).includes('described'))
      const metadata = await admin.metadata({ topics: ['described'], forceUpdate: true })
      assert.deepEqual([metadata.topics.get('described').partitionsCount, metadata.topics.get('described').partitions[0].leader], [3, 1])
      await admin.deleteTopics({ topics: ['described'] })
      await until('it is gone', async () => !(await admin.listTopics()).includes('described'))
    })
  },

  async 'topics that cannot be made are refused'() {
    await newTopic('twice')
    await administer(async (admin) => {
      const create = (topic, options) => admin.createTopics({ topics: [topic], partitions: 1, replicas: 1, ...options })
      await refused(create('twice'), 'TOPIC_ALREADY_EXISTS')
      await refused(create('in valid'), 'INVALID_TOPIC_EXCEPTION')
      await refused(create('replicas', { replicas: 3 }), 'INVALID_REPLICATION_FACTOR')
      await refused(create('setting', { configs: [{ name: 'retention.ms', value: 'soon' }] }), 'INVALID_CONFIG')
      await refused(admin.deleteTopics({ topics: ['never-made'] }), 'UNKNOWN_TOPIC_OR_PARTITION')
    })
  },

  async 'partitions are added'() {
    const topic = await newTopic('grown')
    await administer(async (admin) => {
      const grow = (count) => admin.createPartitions({ topics: [{ name: topic, count, assignments: null }] })
      await grow(3)
      await until('its metadata shows them', async () => (await admin.metadata({ topics: [topic], forceUpdate: true })).topics.get(topic).partitionsCount === 3)
      await refused(grow(2), 'INVALID_PARTITIONS')
    })
  },

  async 'configs are described and altered'() {
    const topic = await newTopic('configured', 1, [{ name: 'retention.ms', value: '60000' }])
    await administer(async (admin) => {
      const described = async (key) => {
        const [{ configs }] = await admin.describeConfigs({ resources: [{ resourceType: TOPIC_RESOURCE, resourceName: topic, configurationKeys: [key] }] })
        return configs[0].value
      }
      await until('it is told', async () => (await described('retention.ms')) === '60000')
      const change = (configValue) => ({
        resourceType: TOPIC_RESOURCE,
        resourceName: topic,
        configs: [{ name: 'max.message.bytes', configOperation: 0, value: configValue }],
      })
      await admin.incrementalAlterConfigs({ resources: [change('12345')] })
      await until('it is altered', async () => (await described('max.message.bytes')) === '12345')
      await refused(admin.incrementalAlterConfigs({ resources: [change('much')] }), 'INVALID_CONFIG')
      await admin.alterConfigs({ resources: [{ resourceType: TOPIC_RESOURCE, resourceName: topic, configs: [{ name: 'max.message.bytes', value: '20000' }] }] })
      await until('the older call replaces all', async () => (await described('retention.ms')) === '604800000')
    })
  },

  async 'groups are listed described and deleted'() {
    const topic = await newTopic('of-a-group')
    await produce(texts(topic, 'a'))
    await administer(async (admin) => {
      await using(openConsumer('described-group'), async (consumer) => {
        await take(await consumer.consume({ topics: [topic], mode: 'earliest' }), 1)
        assert.equal((await admin.listGroups()).get('described-group').state, 'Stable')
        const described = (await admin.describeGroups({ groups: ['described-group'] })).get('described-group')
        assert.deepEqual([described.state, described.protocolType, described.members.size], ['Stable', 'consumer', 1])
        await refused(admin.deleteGroups({ groups: ['described-group'] }), 'NON_EMPTY_GROUP')
      })
      await until('it is empty', async () => (await admin.describeGroups({ groups: ['described-group'] })).get('described-group').state === 'Empty')
      await admin.deleteGroups({ groups: ['described-group'] })
      await refused(admin.deleteGroups({ groups: ['described-group'] }), 'GROUP_ID_NOT_FOUND')
    })
  },

  async 'offsets are committed and listed'() {
    const topic = await newTopic('offsets')
    await produce(texts(topic, 'a', 'b', 'c'))
    await administer(async (admin) => {
      const at = async (timestamp) =>
        (await admin.listOffsets({ topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp }] }] }))[0].partitions[0].offset
      assert.deepEqual([await at(-2n), await at(-1n)], [0n, 3n])
      await admin.alterConsumerGroupOffsets({ groupId: 'moved', topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 2n }] }] })
      const [{ topics }] = await admin.listConsumerGroupOffsets({ groups: ['moved'] })
      assert.equal(topics[0].partitions[0].committedOffset, 2n)
    })
    assert.deepEqual(values(await consume('moved', topic, 1)), ['c'])
  },

  async 'offsets of a group are deleted'() {
    const topic = await newTopic('forgotten')
    await administer(async (admin) => {
      await admin.alterConsumerGroupOffsets({ groupId: 'forgetful', topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 0n }] }] })
      await admin.deleteConsumerGroupOffsets({ groupId: 'forgetful', topics: [{ name: topic, partitionIndexes: [0] }] })
      assert.deepEqual((await admin.listConsumerGroupOffsets({ groups: ['forgetful'] }))[0].topics, [])
    })
  },

  async 'records are deleted'() {
    const topic = await newTopic('shortened')
    await produce(texts(topic, '0', '1', '2', '3', '4'))
    await administer(async (admin) => {
      const deleteBefore = (offset) => admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition: 0, offset }] }] })
      assert.equal((await deleteBefore(3n))[0].partitions[0].lowWatermark, 3n)
      await refused(deleteBefore(9n), 'OFFSET_OUT_OF_RANGE')
    })
    assert.deepEqual(values(await readAll(topic, 2)), ['3', '4'])
  },

  async 'an unknown topic is an error'() {
    // The client says it in words of its own.
    await assert.rejects(produce(texts('not-there', 'a'), { retries: 0 }), /Unknown topic/i)
  },

  async 'a record that is too large is an error'() {
    const topic = await newTopic('large', 1, [{ name: 'max.message.bytes', value: '10000' }])
    await refused(produce(texts(topic, 'x'.repeat(20_000)), { retries: 0 }), 'MESSAGE_TOO_LARGE')
    await produce(texts(topic, 'x'.repeat(9_000)))
    assert.equal((await readAll(topic, 1))[0].value.length, 9_000)
  },

  async 'the cluster is described'() {
    const metadata = await administer((admin) => admin.metadata({ topics: [] }))
    assert.equal(metadata.id.length, 22)
    assert.deepEqual(
      [...metadata.brokers].map(([id, { host, port }]) => [id, `${host}:${port}`]),
      [[1, bootstrap]],
    )
  },
}

if (bootstrap === 'list') console.log(Object.keys(habits).join('\n'))
else await habits[name]()
