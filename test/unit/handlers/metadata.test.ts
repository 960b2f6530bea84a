import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import { NotControllerError } from '../../../src/controller/not-controller-error.ts'
import { metadataHandler } from '../../../src/handlers/metadata.ts'
import { broker, partition, topic, topicId } from '../metadata/records.ts'
import { TopicNode, versions } from './topic-requests.ts'

const outside = { name: 'OUTSIDE', host: 'outside', port: 19092, securityProtocol: 0 }
const inside = { name: 'PLAINTEXT', host: 'inside', port: 9092, securityProtocol: 0 }
const records = [
  broker(1, { endPoints: [inside, outside], rack: 'a' }),
  broker(2),
  broker(3, { fenced: true }),
  topic('foo', 1),
  partition(1, 0, { replicas: [1, 2, 3], isr: [1, 3], leaderEpoch: 4 }),
  partition(1, 1, { replicas: [2] }),
  topic('__consumer_offsets', 2),
  partition(2, 0),
]

const named = (...names: string[]) => names.map((name) => ({ name, topicId: ZERO_UUID }))

function node(settings: Readonly<Record<string, string>> = {}): TopicNode {
  return new TopicNode(records, settings)
}

function ask(version: number, topics: readonly { readonly name: string | null; readonly topicId?: Uuid }[] | null, more: object = {}, of = node()) {
  const request = { topics: topics?.map((wanted) => ({ topicId: ZERO_UUID, ...wanted })) ?? null, ...more }
  return of.ask(metadataHandler, version, version < 4 ? request : { allowAutoTopicCreation: false, ...request })
}

describe('Metadata', () => {
  it.each(versions(0, 13))('version %i tells brokers, controller and the topics asked for', async (version) => {
    const answer = await ask(version, named('foo'), {}, node({ 'auto.create.topics.enable': 'false' }))
    expect(answer.brokers).toEqual([
      { nodeId: 1, host: 'inside', port: 9092, rack: version >= 1 ? 'a' : null },
      { nodeId: 2, host: 'broker-2', port: 9092, rack: null },
    ])
    expect(answer.controllerId).toBe(version >= 1 ? 1 : -1)
    expect(answer.clusterId).toBe(version >= 2 ? 'cluster' : null)
    expect(answer.topics).toMatchObject([{ name: 'foo', errorCode: 0, isInternal: false, topicId: version >= 10 ? topicId(1) : ZERO_UUID }])
  })

  it('tells of each partition who leads, who is in sync and who is away', async () => {
    const answer = await ask(13, named('foo'))
    expect(answer.topics[0]?.partitions).toEqual([
      { partitionIndex: 0, errorCode: 0, leaderId: 1, leaderEpoch: 4, replicaNodes: [1, 2, 3], isrNodes: [1, 3], offlineReplicas: [3] },
      { partitionIndex: 1, errorCode: 0, leaderId: 2, leaderEpoch: 0, replicaNodes: [2], isrNodes: [2], offlineReplicas: [] },
    ])
  })

  it('version 0 leaves out replicas that cannot be reached, and says so', async () => {
    const answer = await ask(0, named('foo'))
    expect(answer.topics[0]?.partitions[0]).toMatchObject({ errorCode: ErrorCode.REPLICA_NOT_AVAILABLE, replicaNodes: [1, 2], isrNodes: [1] })
  })

  it('gives the addresses of the listener on which it was asked', async () => {
    const answer = await node().ask(metadataHandler, 13, { topics: named('foo'), allowAutoTopicCreation: false }, { listenerName: 'OUTSIDE' })
    expect(answer.brokers).toEqual([{ nodeId: 1, host: 'outside', port: 19092, rack: 'a' }])
    expect(answer.topics[0]?.partitions[1]).toMatchObject({ errorCode: ErrorCode.LISTENER_NOT_FOUND, leaderId: -1 })
  })

  it.each([
    [5, ErrorCode.LEADER_NOT_AVAILABLE],
    [6, ErrorCode.LISTENER_NOT_FOUND],
  ])('version %i says with %i that the leader has not the listener', async (version, code) => {
    const answer = await node().ask(metadataHandler, version, { topics: named('foo'), allowAutoTopicCreation: false }, { listenerName: 'OUTSIDE' })
    expect(answer.topics[0]?.partitions[1]?.errorCode).toBe(code)
  })

  it.each([
    [0, []],
    [1, null],
    [13, null],
  ])('version %i lists all topics', async (version, topics) => {
    const answer = await ask(version, topics)
    expect(new Set(answer.topics.map((found) => found.name))).toEqual(new Set(['foo', '__consumer_offsets']))
    if (version >= 1) expect(answer.topics.find((found) => found.name === '__consumer_offsets')?.isInternal).toBe(true)
  })

  it.each(versions(1, 13))('version %i lists none when it names none', async (version) => {
    expect((await ask(version, [])).topics).toEqual([])
  })

  it('finds topics by id', async () => {
    const answer = await ask(12, [
      { name: null, topicId: topicId(1) },
      { name: null, topicId: topicId(9) },
    ])
    expect(answer.topics).toMatchObject([
      { name: 'foo', errorCode: 0 },
      { name: null, topicId: topicId(9), errorCode: ErrorCode.UNKNOWN_TOPIC_ID, partitions: [] },
    ])
  })

  it('version 10 does not take ids', async () => {
    const answer = await ask(10, [{ name: 'foo', topicId: topicId(1) }])
    expect(answer.topics).toMatchObject([{ name: 'foo', errorCode: ErrorCode.INVALID_REQUEST }])
  })

  it.each([12, 13])('version %i fails at a topic without name and id, as Kafka does', async (version) => {
    const answer = await ask(version, [{ name: null }, { name: 'foo' }])
    expect(answer).toMatchObject({ brokers: [], clusterId: null, errorCode: version === 13 ? -1 : 0 })
    expect(answer.topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['', -1],
      ['foo', -1],
    ])
  })

  it('names a topic once however often it was asked for', async () => {
    expect((await ask(13, named('foo', 'foo'))).topics).toHaveLength(1)
  })

  it('tells what may be done when asked', async () => {
    const all = { includeTopicAuthorizedOperations: true, includeClusterAuthorizedOperations: true }
    const answer = await ask(8, named('foo'), all)
    expect(answer).toMatchObject({ clusterAuthorizedOperations: 8096, topics: [{ topicAuthorizedOperations: 3576 }] })
    const unasked = await ask(8, named('foo'))
    expect(unasked).toMatchObject({ clusterAuthorizedOperations: -2147483648, topics: [{ topicAuthorizedOperations: -2147483648 }] })
  })
})

describe('Metadata of a topic that is not there', () => {
  it.each([0, 3, 4, 13])('version %i makes it and tells it', async (version) => {
    const answer = await ask(version, named('new'), version < 4 ? {} : { allowAutoTopicCreation: true })
    expect(answer.topics).toMatchObject([{ name: 'new', errorCode: 0, partitions: [{ partitionIndex: 0, errorCode: 0 }] }])
  })

  it.each([
    ['the request does not allow it', { allowAutoTopicCreation: false }, {}],
    ['the broker does not', { allowAutoTopicCreation: true }, { 'auto.create.topics.enable': 'false' }],
  ])('does not make it when %s', async (_what, more, settings) => {
    const of = node(settings)
    const answer = await ask(13, named('new'), more, of)
    expect(answer.topics).toMatchObject([{ name: 'new', errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, partitions: [] }])
    expect(of.controller.image().topics.byName.has('new')).toBe(false)
  })

  it.each([true, false])('says that its name is invalid (auto-creation: %s)', async (allowAutoTopicCreation) => {
    const answer = await ask(13, named('a b'), { allowAutoTopicCreation })
    expect(answer.topics[0]?.errorCode).toBe(ErrorCode.INVALID_TOPIC_EXCEPTION)
  })

  it('lets the client ask again when its name collides with another', async () => {
    const of = node()
    const answer = await ask(13, named('a.b', 'a_b'), { allowAutoTopicCreation: true }, of)
    expect(answer.topics.map((found) => found.errorCode)).toEqual([0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION])
  })

  it('lets the client ask again when it cannot be made now', async () => {
    const of = node({ 'default.replication.factor': '9' })
    const answer = await ask(13, named('new'), { allowAutoTopicCreation: true }, of)
    expect(answer.topics[0]?.errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  })

  it('lets the client ask again when nobody is the controller', async () => {
    const of = node()
    of.controller.failure = new NotControllerError('not now')
    const answer = await ask(13, named('new', 'foo'), { allowAutoTopicCreation: true }, of)
    expect(answer.topics.map((found) => found.errorCode)).toEqual([ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 0])
  })
})
