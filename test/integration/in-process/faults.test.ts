import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { RawClient } from '../../../compat/oracle/raw-client.ts'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { FetchApi } from '../../../protocol/messages/fetch.ts'
import { type Node, startNode } from '../../../src/index.ts'
import { connectedProducer, kafkaOf, messages, reader } from './client.ts'

let node: Node

beforeAll(async () => {
  node = await startNode({ logLevel: 'error' })
})
beforeEach(() => node.reset())
afterAll(() => node?.stop())

describe('a fetch with a session', () => {
  const VERSION = 12
  const partition = (fetchOffset: number) => ({ partition: 0, fetchOffset, partitionMaxBytes: 1_000_000 })
  const fetchOf = (sessionId: number, sessionEpoch: number, topics: readonly string[]) => ({
    ...{ replicaId: -1, maxWaitMs: 20_000, minBytes: 1, maxBytes: 1_000_000, sessionId, sessionEpoch, forgottenTopicsData: [] },
    topics: topics.map((topic) => ({ topic, partitions: [partition(0)] })),
  })
  const outline = ({
    responses,
  }: {
    readonly responses: readonly { topic: string; partitions: readonly { errorCode: number; records: Uint8Array | null }[] }[]
  }) => responses.map(({ topic, partitions }) => [topic, partitions.map(({ errorCode, records }) => [errorCode, (records?.length ?? 0) > 0])])

  test('fails at once for a topic that the session remembers, and goes on where it stood', async () => {
    const producer = await connectedProducer(node)
    await producer.sendBatch({ topicMessages: ['orders', 'others'].map((topic) => ({ topic, messages: messages('a') })) })
    await using client = await RawClient.open(node.bootstrapServers)
    const first = await client.ask(FetchApi, VERSION, fetchOf(0, 0, ['orders', 'others']))
    expect(outline(first)).toEqual([
      ['orders', [[0, true]]],
      ['others', [[0, true]]],
    ])
    const fault = node.fail({ api: 'Fetch', topic: 'orders', error: 'KAFKA_STORAGE_ERROR' })
    // Nothing is named: the session knows what to read, of both topics from the start.
    const second = await client.ask(FetchApi, VERSION, fetchOf(first.sessionId, 1, []))
    expect(outline(second)).toEqual([
      ['others', [[0, true]]],
      ['orders', [[ErrorCode.KAFKA_STORAGE_ERROR, false]]],
    ])
    fault.end()
    const third = await client.ask(FetchApi, VERSION, fetchOf(first.sessionId, 2, []))
    expect({ errorCode: third.errorCode, outline: outline(third) }).toEqual({
      errorCode: ErrorCode.NONE,
      outline: [
        ['orders', [[0, true]]],
        ['others', [[0, true]]],
      ],
    })
    await producer.disconnect()
  })

  test('is begun anew after a reset', async () => {
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a') })
    await using client = await RawClient.open(node.bootstrapServers)
    const { sessionId } = await client.ask(FetchApi, VERSION, fetchOf(0, 0, ['orders']))
    expect(sessionId).toBeGreaterThan(0)
    await node.reset()
    const { errorCode } = await client.ask(FetchApi, VERSION, fetchOf(sessionId, 1, []))
    expect(errorCode).toBe(ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
    await producer.disconnect()
  })
})

describe('a client that meets a fault', () => {
  test('tries again what failed for a while, and succeeds', async () => {
    const producer = await connectedProducer(node)
    using fault = node.fail({ api: 'Produce', topic: 'orders', error: 'NOT_LEADER_OR_FOLLOWER', times: 2 })
    await producer.send({ topic: 'orders', messages: messages('a') })
    expect({ hits: fault.hits, isOver: fault.isOver }).toEqual({ hits: 2, isOver: true })
    expect(await node.untilRecords('orders', 1)).toBe(1)
    await producer.disconnect()
  })

  test('writes other topics of the same request', async () => {
    const producer = await connectedProducer(node, { retries: 0 })
    await producer.sendBatch({ topicMessages: ['orders', 'others'].map((topic) => ({ topic, messages: messages('a') })) })
    using _fault = node.fail({ api: 'Produce', topic: 'orders', error: 'KAFKA_STORAGE_ERROR' })
    const failed = producer.sendBatch({ topicMessages: ['orders', 'others'].map((topic) => ({ topic, messages: messages('b') })) })
    await expect(failed).rejects.toThrow('Disk error')
    expect([await node.untilRecords('orders', 1), await node.untilRecords('others', 2)]).toEqual([1, 2])
    await producer.disconnect()
  })

  test('writes twice when the answer to the first time was lost', async () => {
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a') })
    using fault = node.fail({ api: 'Produce', drop: 'after', times: 1 })
    await producer.send({ topic: 'orders', messages: messages('b') })
    expect(fault.hits).toBe(1)
    expect(await node.untilRecords('orders', 3)).toBe(3)
    await producer.disconnect()
  })

  test('writes once when the request itself was lost', async () => {
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a') })
    using fault = node.fail({ api: 'Produce', drop: 'before', times: 1 })
    await producer.send({ topic: 'orders', messages: messages('b') })
    expect(fault.hits).toBe(1)
    expect(await node.untilRecords('orders', 2)).toBe(2)
    await producer.disconnect()
  })

  test('reads on when its fetches fail, with the other topic never held up', async () => {
    const producer = await connectedProducer(node)
    await producer.sendBatch({ topicMessages: ['orders', 'others'].map((topic) => ({ topic, messages: messages('a') })) })
    using fault = node.fail({ api: 'Fetch', topic: 'orders', error: 'UNKNOWN_LEADER_EPOCH', times: 3 })
    const { consumer, values } = await reader(node, 'billing', 'orders')
    await node.untilGroup('billing', { stable: true, lag: 0, timeoutMs: 30_000 })
    expect({ values, isOver: fault.isOver }).toEqual({ values: ['a'], isOver: true })
    await Promise.all([consumer.disconnect(), producer.disconnect()])
  })

  test('finds its coordinator again', async () => {
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a') })
    using commit = node.fail({ api: 'OffsetCommit', error: 'NOT_COORDINATOR', times: 1 })
    using find = node.fail({ api: 'FindCoordinator', error: 'COORDINATOR_NOT_AVAILABLE', times: 2 })
    const { consumer } = await reader(node, 'billing', 'orders')
    await node.untilGroup('billing', { stable: true, lag: 0, timeoutMs: 30_000 })
    expect([commit.hits, find.hits]).toEqual([1, 2])
    await Promise.all([consumer.disconnect(), producer.disconnect()])
  })

  test('is the only one: others are served', async () => {
    const [slow, quick] = await Promise.all([connectedProducer(node, { clientId: 'slow' }), connectedProducer(node, { clientId: 'quick' })])
    using fault = node.fail({ clientId: 'slow', delayMs: 60_000 })
    const waiting = slow.send({ topic: 'orders', messages: messages('slow') })
    await quick.send({ topic: 'orders', messages: messages('quick') })
    expect(await node.untilRecords('orders', 1)).toBe(1)
    fault.end()
    await waiting
    expect(await node.untilRecords('orders', 2)).toBe(2)
    await Promise.all([quick.disconnect(), slow.disconnect()])
  })
})

test('a request that is held back when the node stops is let go', async () => {
  const other = await startNode({ logLevel: 'error' })
  const admin = kafkaOf(other).admin()
  await admin.connect()
  const fault = other.fail({ api: 'Metadata', delayMs: 3_600_000 })
  const asked = admin.fetchTopicMetadata().catch(() => undefined)
  while (fault.hits === 0) await new Promise((resolve) => setImmediate(resolve))
  const startedMs = performance.now()
  await other.stop()
  expect(performance.now() - startedMs).toBeLessThan(4_000)
  await admin.disconnect()
  await asked
})
