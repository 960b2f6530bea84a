import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import { NotControllerError } from '../../../src/controller/not-controller-error.ts'
import { timedOut } from '../../../src/controller/rejection.ts'
import { createPartitionsHandler } from '../../../src/handlers/create-partitions.ts'
import { createTopicsHandler } from '../../../src/handlers/create-topics.ts'
import { deleteTopicsHandler } from '../../../src/handlers/delete-topics.ts'
import { broker, partition, topic, topicId } from '../metadata/records.ts'
import { TopicNode, versions } from './topic-requests.ts'

const records = [broker(1), topic('foo', 1), partition(1, 0), topic('bar', 2), partition(2, 0)]

const wanted = (name: string, change: object = {}) => ({ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...change })

describe('CreateTopics', () => {
  it.each(versions(2, 7))('version %i makes a topic', async (version) => {
    const node = new TopicNode(records)
    const configs = [{ name: 'retention.ms', value: '5' }]
    const { topics } = await node.ask(createTopicsHandler, version, { topics: [wanted('new', { configs })], validateOnly: false })
    const made = node.controller.image().topics.byName.get('new')
    expect(topics).toMatchObject([{ name: 'new', errorCode: 0, errorMessage: null }])
    expect(topics[0]).toMatchObject(
      version >= 5
        ? { numPartitions: 1, replicationFactor: 1, configs: [{ name: 'retention.ms', value: '5', configSource: 1, readOnly: false, isSensitive: false }] }
        : { numPartitions: -1, replicationFactor: -1 },
    )
    expect(topics[0]?.topicId).toBe(version >= 7 ? made?.id : ZERO_UUID)
  })

  it('refuses names that stand twice and the metadata log, and makes the others', async () => {
    const node = new TopicNode(records)
    const { topics } = await node.ask(createTopicsHandler, 7, {
      topics: [wanted('twice'), wanted('good'), wanted('twice'), wanted('__cluster_metadata'), wanted('foo')],
      validateOnly: false,
    })
    expect(new Map(topics.map((answer) => [answer.name, [answer.errorCode, answer.errorMessage]]))).toEqual(
      new Map([
        ['good', [0, null]],
        ['foo', [ErrorCode.TOPIC_ALREADY_EXISTS, "Topic 'foo' already exists."]],
        ['twice', [ErrorCode.INVALID_REQUEST, 'Duplicate topic name.']],
        ['__cluster_metadata', [ErrorCode.INVALID_REQUEST, 'Creation of internal topic __cluster_metadata is prohibited.']],
      ]),
    )
    expect(topics.find((answer) => answer.name === 'foo')).toMatchObject({ numPartitions: -1, replicationFactor: -1, configs: [], topicId: ZERO_UUID })
  })

  it('only validates when asked to', async () => {
    const node = new TopicNode(records)
    const { topics } = await node.ask(createTopicsHandler, 7, { topics: [wanted('new')], validateOnly: true })
    expect(topics).toMatchObject([{ errorCode: 0, numPartitions: 1 }])
    expect(node.controller.image().topics.byName.has('new')).toBe(false)
  })

  it.each([
    [new NotControllerError('gone'), ErrorCode.NOT_CONTROLLER],
    [timedOut('busy'), ErrorCode.REQUEST_TIMED_OUT],
  ])('says for each topic that the controller could not answer: %s', async (failure, code) => {
    const node = new TopicNode(records)
    node.controller.failure = failure
    const { topics } = await node.ask(createTopicsHandler, 7, { topics: [wanted('a'), wanted('b')], validateOnly: false })
    expect(topics.map((answer) => answer.errorCode)).toEqual([code, code])
  })
})

describe('a request that may take no time', () => {
  it.each([0, -1])('is not decided (%i ms)', async (timeoutMs) => {
    const node = new TopicNode(records)
    const created = await node.ask(createTopicsHandler, 7, { topics: [wanted('new'), wanted('twice'), wanted('twice')], timeoutMs })
    expect(created.topics.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])).toEqual(new Array(3).fill([ErrorCode.REQUEST_TIMED_OUT, null]))
    const deleted = await node.ask(deleteTopicsHandler, 5, { topicNames: ['foo', 'none'], timeoutMs })
    expect(deleted.responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])).toEqual(new Array(2).fill([ErrorCode.REQUEST_TIMED_OUT, null]))
    const added = await node.ask(createPartitionsHandler, 3, { topics: [{ name: 'foo', count: 2, assignments: null }], timeoutMs, validateOnly: false })
    expect(added.results).toEqual([{ name: 'foo', errorCode: ErrorCode.REQUEST_TIMED_OUT, errorMessage: null }])
    expect([...node.controller.image().topics.byName.keys()].sort()).toEqual(['bar', 'foo'])
  })

  it('is answered when nothing needs deciding', async () => {
    const created = await new TopicNode(records).ask(createTopicsHandler, 7, { topics: [wanted('twice'), wanted('twice')], timeoutMs: 0 })
    expect(created.topics).toMatchObject([{ name: 'twice', errorCode: ErrorCode.INVALID_REQUEST }])
    const deleted = await new TopicNode(records).ask(deleteTopicsHandler, 5, { topicNames: ['foo', 'foo'], timeoutMs: 0 })
    expect(deleted.responses).toMatchObject([{ name: 'foo', errorCode: ErrorCode.INVALID_REQUEST }])
  })
})

describe('DeleteTopics', () => {
  it.each(versions(1, 5))('version %i deletes by name', async (version) => {
    const node = new TopicNode(records)
    const { responses } = await node.ask(deleteTopicsHandler, version, { topicNames: ['foo', 'none'], timeoutMs: 1000 })
    expect(new Map(responses.map((answer) => [answer.name, answer.errorCode]))).toEqual(
      new Map([
        ['none', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
        ['foo', 0],
      ]),
    )
    expect([...node.controller.image().topics.byName.keys()]).toEqual(['bar'])
  })

  it('version 6 deletes by name or id, and refuses what is neither, both or twice', async () => {
    const node = new TopicNode(records)
    const { responses } = await node.ask(deleteTopicsHandler, 6, {
      topics: [
        { name: 'foo', topicId: ZERO_UUID },
        { name: null, topicId: topicId(2) },
        { name: null, topicId: topicId(8) },
        { name: null, topicId: topicId(9) },
        { name: null, topicId: topicId(9) },
        { name: null, topicId: ZERO_UUID },
        { name: 'both', topicId: topicId(7) },
        { name: 'twice', topicId: ZERO_UUID },
        { name: 'twice', topicId: ZERO_UUID },
        { name: 'none', topicId: ZERO_UUID },
      ],
      timeoutMs: 1000,
    })
    const all = responses.map(({ name, topicId: id, errorCode, errorMessage }) => [name, id, errorCode, errorMessage])
    expect(all).toHaveLength(8)
    expect(all).toEqual(
      expect.arrayContaining([
        ['foo', topicId(1), 0, null],
        ['bar', topicId(2), 0, null],
        [null, topicId(8), ErrorCode.UNKNOWN_TOPIC_ID, 'This server does not host this topic ID.'],
        [null, topicId(9), ErrorCode.INVALID_REQUEST, 'Duplicate topic id.'],
        [null, ZERO_UUID, ErrorCode.INVALID_REQUEST, 'Neither topic name nor id were specified.'],
        ['both', topicId(7), ErrorCode.INVALID_REQUEST, 'You may not specify both topic name and topic id.'],
        ['twice', ZERO_UUID, ErrorCode.INVALID_REQUEST, 'Duplicate topic name.'],
        ['none', ZERO_UUID, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'This server does not host this topic-partition.'],
      ]),
    )
    expect(node.controller.image().topics.byName.size).toBe(0)
  })

  it('deletes nothing for a topic that is named by its name and by its id', async () => {
    const node = new TopicNode(records)
    const topics = [
      { name: 'foo', topicId: ZERO_UUID },
      { name: null, topicId: topicId(1) },
    ]
    const { responses } = await node.ask(deleteTopicsHandler, 6, { topics, timeoutMs: 1000 })
    expect(responses).toMatchObject([
      { name: 'foo', errorCode: ErrorCode.INVALID_REQUEST, errorMessage: 'The provided topic name maps to an ID that was already supplied.' },
    ])
    expect(node.controller.image().topics.byName.has('foo')).toBe(true)
  })

  it.each([
    [2, ErrorCode.INVALID_REQUEST],
    [3, ErrorCode.TOPIC_DELETION_DISABLED],
  ])('version %i says with %i that deletion is disabled', async (version, code) => {
    const node = new TopicNode(records, { 'delete.topic.enable': 'false' })
    const { responses } = await node.ask(deleteTopicsHandler, version, { topicNames: ['foo'], timeoutMs: 1000 })
    expect(responses).toMatchObject([{ name: 'foo', errorCode: code }])
    expect(node.controller.image().topics.byName.has('foo')).toBe(true)
  })
})

describe('CreatePartitions', () => {
  const more = (name: string, count: number) => ({ name, count, assignments: null })

  it.each(versions(0, 3))('version %i adds partitions', async (version) => {
    const node = new TopicNode(records)
    const { results } = await node.ask(createPartitionsHandler, version, { topics: [more('foo', 3)], timeoutMs: 1000, validateOnly: false })
    expect(results).toEqual([{ name: 'foo', errorCode: 0, errorMessage: null }])
    expect(node.controller.image().topics.byName.get('foo')?.partitions).toHaveLength(3)
  })

  it('refuses names that stand twice, and does what else was asked', async () => {
    const node = new TopicNode(records)
    const topics = [more('foo', 2), more('bar', 2), more('foo', 3), more('none', 2)]
    const { results } = await node.ask(createPartitionsHandler, 3, { topics, timeoutMs: 1000, validateOnly: false })
    expect(results).toEqual([
      { name: 'foo', errorCode: ErrorCode.INVALID_REQUEST, errorMessage: 'Duplicate topic name.' },
      { name: 'bar', errorCode: 0, errorMessage: null },
      { name: 'none', errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, errorMessage: null },
    ])
  })

  it('only validates when asked to', async () => {
    const node = new TopicNode(records)
    const { results } = await node.ask(createPartitionsHandler, 3, { topics: [more('foo', 3)], timeoutMs: 1000, validateOnly: true })
    expect(results[0]?.errorCode).toBe(0)
    expect(node.controller.image().topics.byName.get('foo')?.partitions).toHaveLength(1)
  })
})
