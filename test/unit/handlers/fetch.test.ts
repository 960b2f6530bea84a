import { beforeEach, describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { batches } from '../../../protocol/records/batch.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { uuidFromBytes } from '../../../protocol/uuid.ts'
import { fetchHandler } from '../../../src/handlers/fetch.ts'
import type { Partition } from '../../../src/replication/partition.ts'
import { TestBroker, type TestConnection } from '../replication/test-broker.ts'

const VERSIONS = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]
const LATEST = 18

let broker: TestBroker
let connection: TestConnection

beforeEach(async () => {
  broker = new TestBroker()
  await broker.start()
  connection = broker.connect()
})

function partitionOf(topic: string, index = 0): Partition {
  return broker.replicas.partition(topic, index) as Partition
}

function append(topic: string, options: { index?: number; count?: number; valueBytes?: number } = {}): number {
  const records = Array.from({ length: options.count ?? 1 }, () => ({ timestamp: broker.nowMs, key: null, value: Buffer.alloc(options.valueBytes ?? 1) }))
  const batch = buildBatch({}, records)
  partitionOf(topic, options.index).appendAsLeader(batch, { origin: 'client', nowMs: broker.nowMs, requiredAcks: 1 })
  return batch.length
}

interface Asked {
  readonly version?: number
  readonly maxWaitMs?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly isolationLevel?: number
  readonly replicaId?: number
  readonly sessionId?: number
  readonly sessionEpoch?: number
}

interface AskedPartition {
  readonly topic?: string
  readonly topicId?: ReturnType<TestBroker['topicId']>
  readonly index?: number
  readonly offset?: number
  readonly maxBytes?: number
  readonly currentLeaderEpoch?: number
  readonly lastFetchedEpoch?: number
}

function request(partitions: readonly AskedPartition[], asked: Asked) {
  const version = asked.version ?? LATEST
  return {
    ...(version >= 15 ? { replicaState: { replicaId: asked.replicaId ?? -1, replicaEpoch: -1 } } : { replicaId: asked.replicaId ?? -1 }),
    maxWaitMs: asked.maxWaitMs ?? 500,
    minBytes: asked.minBytes ?? 1,
    maxBytes: asked.maxBytes ?? 1_000_000,
    isolationLevel: asked.isolationLevel ?? 0,
    sessionId: asked.sessionId ?? 0,
    sessionEpoch: asked.sessionEpoch ?? -1,
    topics: partitions.map((partition) => ({
      topic: partition.topic ?? 't',
      topicId: partition.topicId ?? broker.topicId(partition.topic ?? 't'),
      partitions: [
        {
          partition: partition.index ?? 0,
          fetchOffset: partition.offset ?? 0,
          partitionMaxBytes: partition.maxBytes ?? 1_000_000,
          ...(version >= 9 ? { currentLeaderEpoch: partition.currentLeaderEpoch ?? -1 } : {}),
          ...(version >= 12 ? { lastFetchedEpoch: partition.lastFetchedEpoch ?? -1 } : {}),
        },
      ],
    })),
    forgottenTopicsData: [],
  }
}

function call(partitions: readonly AskedPartition[], asked: Asked = {}) {
  return connection.call(fetchHandler, asked.version ?? LATEST, request(partitions, asked))
}

async function fetchAll(partitions: readonly AskedPartition[], asked: Asked = {}) {
  const answer = await call(partitions, asked)
  return answer?.responses.flatMap((topic) => topic.partitions) ?? []
}

async function fetchOne(partition: AskedPartition = {}, asked: Asked = {}) {
  const [data] = await fetchAll([partition], asked)
  return data
}

function offsetsIn(records: Buffer | null | undefined): number[] {
  return [...batches(records ?? Buffer.alloc(0))].map((batch) => batch.baseOffset)
}

describe('Fetch', () => {
  it.each(VERSIONS)('version %i gives what is there, without a promise', async (version) => {
    await broker.createTopic('t')
    append('t', { count: 2 })
    append('t')
    const answer = call([{ offset: 0 }], { version })
    expect(answer).not.toBeInstanceOf(Promise)
    const topic = (await answer)?.responses[0]
    expect(topic).toMatchObject(version >= 13 ? { topicId: broker.topicId('t') } : { topic: 't' })
    const data = topic?.partitions[0]
    expect(data).toMatchObject({ partitionIndex: 0, errorCode: 0, highWatermark: 3, lastStableOffset: 3, abortedTransactions: null })
    expect(offsetsIn(data?.records)).toEqual([0, 2])
  })

  it('gives the batch that holds the offset', async () => {
    await broker.createTopic('t')
    append('t', { count: 5 })
    append('t', { count: 5 })
    expect(offsetsIn((await fetchOne({ offset: 7 }))?.records)).toEqual([5])
  })

  it('shows read-committed consumers the list of aborted transactions', async () => {
    await broker.createTopic('t')
    append('t')
    expect(await fetchOne({}, { isolationLevel: 1 })).toMatchObject({ errorCode: 0, abortedTransactions: [] })
  })

  describe('limits', () => {
    it('hold for each partition, but for its first batch', async () => {
      await broker.createTopic('t')
      append('t', { valueBytes: 1000 })
      append('t', { valueBytes: 1000 })
      expect(offsetsIn((await fetchOne({ maxBytes: 10 }))?.records)).toEqual([0])
    })

    it('hold for all partitions together: those behind the first get what is left', async () => {
      await broker.createTopic('t', { partitionCount: 3 })
      const size = append('t', { index: 0, valueBytes: 1000 })
      append('t', { index: 1, valueBytes: 1000 })
      append('t', { index: 2, valueBytes: 10 })
      const asked = [{ index: 0 }, { index: 1 }, { index: 2 }]
      const data = await fetchAll(asked, { maxBytes: size + 200 })
      expect(data.map(({ records }) => offsetsIn(records))).toEqual([[0], [], [0]])
      expect(data.map(({ highWatermark }) => highWatermark)).toEqual([1, 1, 1])
      const tight = await fetchAll(asked, { maxBytes: 1 })
      expect(tight.map(({ records }) => offsetsIn(records))).toEqual([[0], [], []])
    })
  })

  describe('errors', () => {
    it.each([
      ['below the log start', 1],
      ['above the log end', 4],
    ])('OFFSET_OUT_OF_RANGE %s', async (_, offset) => {
      await broker.createTopic('t')
      append('t', { count: 3 })
      partitionOf('t').log?.incrementLogStartOffset(2)
      expect(await fetchOne({ offset })).toMatchObject({
        errorCode: ErrorCode.OFFSET_OUT_OF_RANGE,
        highWatermark: -1,
        lastStableOffset: -1,
        logStartOffset: -1,
        abortedTransactions: null,
      })
    })

    it('leader epochs that are not the current one', async () => {
      await broker.createTopic('t', { leaderEpoch: 5 })
      const answers = await Promise.all([4, 5, 6, -7].map((currentLeaderEpoch) => fetchOne({ currentLeaderEpoch }, { maxWaitMs: 0 })))
      expect(answers.map((data) => data?.errorCode)).toEqual([ErrorCode.FENCED_LEADER_EPOCH, 0, ErrorCode.UNKNOWN_LEADER_EPOCH, 0])
    })

    it('unknown topics by name and by id, behind the partitions that are known', async () => {
      await broker.createTopic('t')
      append('t')
      const byName = await fetchAll([{ topic: 'none' }, {}], { version: 12 })
      expect(byName).toMatchObject([{ errorCode: 0 }, { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, abortedTransactions: [] }])
      const byId = await fetchAll([{ topicId: uuidFromBytes(Buffer.alloc(16, 9)) }, {}])
      expect(byId).toMatchObject([{ errorCode: 0 }, { errorCode: ErrorCode.UNKNOWN_TOPIC_ID }])
    })

    it('another leader, and from version 16 on who and where it is', async () => {
      broker.hearOfTopic('elsewhere', { leaderEpoch: 3 })
      const answer = await call([{ topic: 'elsewhere' }], { version: 16 })
      expect(answer?.responses[0]?.partitions).toMatchObject([{ errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, currentLeader: { leaderId: 2, leaderEpoch: 3 } }])
      expect(answer?.nodeEndpoints).toMatchObject([{ nodeId: 2, host: 'node-2' }])
    })

    it('a follower that is no replica', async () => {
      await broker.createTopic('t')
      expect(await fetchOne({}, { replicaId: 9 })).toMatchObject({ errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER })
      expect(await fetchOne({ currentLeaderEpoch: 0 }, { replicaId: 9 })).toMatchObject({ errorCode: ErrorCode.UNKNOWN_LEADER_EPOCH })
    })

    it('a failed disk, by the name that old clients know', async () => {
      await broker.createTopic('t')
      append('t')
      broker.node.faults.failNext({ operation: 'write', pathIncludes: '/data/a', reason: 'io' })
      append('t')
      expect(await fetchOne({}, { version: 6 })).toMatchObject({ errorCode: ErrorCode.KAFKA_STORAGE_ERROR })
      expect(await fetchOne({}, { version: 5 })).toMatchObject({ errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER })
    })

    it('a log that has parted from that of the fetcher, with the place where', async () => {
      await broker.createTopic('t', { leaderEpoch: 2 })
      append('t', { count: 3 })
      expect(await fetchOne({ offset: 9, lastFetchedEpoch: 2 })).toMatchObject({ errorCode: 0, divergingEpoch: { epoch: 2, endOffset: 3 } })
      expect(await fetchOne({ offset: 1, lastFetchedEpoch: 2 })).toMatchObject({ errorCode: 0, divergingEpoch: { epoch: -1 } })
      expect(await fetchOne({ offset: 1, lastFetchedEpoch: 7 })).toMatchObject({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE })
    })
  })

  describe('waiting', () => {
    it('ends with the first record, in the turn of its append', async () => {
      await broker.createTopic('t')
      let answered = false
      const waiting = Promise.resolve(fetchOne()).then((data) => {
        answered = true
        return data
      })
      await broker.world.run(100)
      expect(answered).toBe(false)
      append('t', { count: 2 })
      await Promise.race([waiting, new Promise((resolve) => setImmediate(resolve))])
      expect(answered).toBe(true)
      expect(await waiting).toMatchObject({ errorCode: 0, highWatermark: 2 })
      expect(partitionOf('t').audience.waiterCount).toBe(0)
    })

    it('goes on until minBytes are there', async () => {
      await broker.createTopic('t', { partitionCount: 2 })
      const size = append('t', { valueBytes: 100 })
      let answered = false
      const waiting = fetchAll([{ index: 0 }, { index: 1 }], { minBytes: 3 * size, maxWaitMs: 10_000 }).then((data) => {
        answered = true
        return data
      })
      append('t', { index: 1, valueBytes: 100 })
      await broker.world.run(10)
      expect(answered).toBe(false)
      append('t', { index: 0, valueBytes: 100 })
      expect((await waiting).map(({ highWatermark }) => highWatermark)).toEqual([2, 1])
    })

    it('ends after maxWaitMs with what there is', async () => {
      await broker.createTopic('t')
      const startedMs = broker.nowMs
      const data = await broker.world.complete(fetchOne({}, { maxWaitMs: 700 }))
      expect(data).toMatchObject({ errorCode: 0, records: Buffer.alloc(0) })
      expect(broker.nowMs - startedMs).toBe(700)
    })

    it('ends when the topic is deleted or led elsewhere', async () => {
      await broker.createTopic('t')
      const deleted = fetchOne({}, { version: 12 })
      await broker.deleteTopic('t')
      expect(await deleted).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION })
      await broker.createTopic('u', { replicas: [1, 2], isr: [1] })
      const moved = fetchOne({ topic: 'u' }, { version: 10 })
      await broker.changePartition('u', 0, { leader: 2, leaderEpoch: 1 })
      expect(await moved).toMatchObject({ errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER })
    })

    it('ends with the connection', async () => {
      await broker.createTopic('t')
      const waiting = call([{}])
      connection.close()
      expect(await waiting).toBeNull()
      expect(partitionOf('t').audience.waiterCount).toBe(0)
    })

    it('does not begin for offsets beyond what may be seen, errors or no time', async () => {
      await broker.createTopic('t', { replicas: [1, 2] })
      append('t', { count: 2 })
      expect(call([{ offset: 1 }])).not.toBeInstanceOf(Promise)
      expect(call([{ offset: 9 }])).not.toBeInstanceOf(Promise)
      expect(call([{ offset: 0 }], { maxWaitMs: 0 })).not.toBeInstanceOf(Promise)
    })

    it('shows consumers only what is committed', async () => {
      await broker.createTopic('t', { replicas: [1, 2] })
      append('t', { count: 2 })
      const waiting = fetchOne()
      await broker.world.run(10)
      partitionOf('t').followerFetched({ replicaId: 2, brokerEpoch: -1, fetchOffset: 2, logStartOffset: 0, leaderEndOffset: 2, nowMs: broker.nowMs })
      expect(await waiting).toMatchObject({ highWatermark: 2 })
    })
  })

  it('by a follower gives what is not committed yet, and moves the high watermark when it asks for more', async () => {
    await broker.createTopic('t', { replicas: [1, 2] })
    append('t', { count: 2 })
    expect(offsetsIn((await fetchOne({ offset: 0 }, { replicaId: 2 }))?.records)).toEqual([0])
    expect(partitionOf('t').highWatermark).toBe(0)
    await fetchOne({ offset: 2 }, { replicaId: 2, maxWaitMs: 0 })
    expect(partitionOf('t').highWatermark).toBe(2)
  })

  it('in a session names and answers only what is new', async () => {
    await broker.createTopic('t', { partitionCount: 2 })
    const begun = await call([{ index: 0 }, { index: 1 }], { sessionEpoch: 0, maxWaitMs: 0 })
    expect(begun?.sessionId).toBeGreaterThan(0)
    expect(begun?.responses).toMatchObject([{ partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] }])
    append('t', { index: 1 })
    const next = await call([], { sessionId: begun?.sessionId ?? 0, sessionEpoch: 1 })
    expect(next).toMatchObject({ sessionId: begun?.sessionId, responses: [{ partitions: [{ partitionIndex: 1, highWatermark: 1 }] }] })
    const wrong = await call([], { sessionId: begun?.sessionId ?? 0, sessionEpoch: 1 })
    expect(wrong).toMatchObject({ errorCode: ErrorCode.INVALID_FETCH_SESSION_EPOCH, sessionId: 0, responses: [] })
  })

  it('answers nothing about a session whose topic was made again under its name but an error', async () => {
    await broker.createTopic('t')
    const begun = await call([{}], { sessionEpoch: 0, maxWaitMs: 0 })
    await broker.deleteTopic('t')
    await broker.createTopic('t')
    const next = await call([], { sessionId: begun?.sessionId ?? 0, sessionEpoch: 1 })
    expect(next?.responses[0]?.partitions).toMatchObject([{ errorCode: ErrorCode.INCONSISTENT_TOPIC_ID }])
  })

  it('reads into memory that is used again once the reply has left', async () => {
    await broker.createTopic('t', { partitionCount: 2 })
    append('t', { index: 0, valueBytes: 40_000 })
    append('t', { index: 1, valueBytes: 40_000 })
    const { readBuffers } = broker.replicas
    expect(readBuffers.freeBytes).toBe(0)
    const [first, second] = await fetchAll([{ index: 0 }, { index: 1 }])
    expect([first, second].map((data) => offsetsIn(data?.records))).toEqual([[0], [0]])
    expect(readBuffers.freeBytes).toBe(2 * 65_536)
    await fetchAll([{ index: 0 }, { index: 1 }])
    expect(readBuffers.freeBytes).toBe(2 * 65_536)
  })
})
