import { beforeEach, describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { deleteRecordsHandler } from '../../../src/handlers/delete-records.ts'
import { initProducerIdHandler } from '../../../src/handlers/init-producer-id.ts'
import { listOffsetsHandler } from '../../../src/handlers/list-offsets.ts'
import { offsetForLeaderEpochHandler } from '../../../src/handlers/offset-for-leader-epoch.ts'
import type { Partition } from '../../../src/replication/partition.ts'
import { TestBroker, type TestConnection } from '../replication/test-broker.ts'

let broker: TestBroker
let connection: TestConnection

beforeEach(async () => {
  broker = new TestBroker()
  await broker.start()
  connection = broker.connect()
})

function partitionOf(topic: string): Partition {
  return broker.replicas.partition(topic, 0) as Partition
}

/** One batch of records with these times. */
function append(topic: string, ...timestamps: readonly number[]): void {
  const batch = buildBatch(
    {},
    timestamps.map((timestamp) => ({ timestamp, key: null, value: Buffer.from('v') })),
  )
  partitionOf(topic).appendAsLeader(batch, { origin: 'client', nowMs: broker.nowMs, requiredAcks: 1 })
}

describe('ListOffsets', () => {
  async function list(
    timestamp: number,
    options: { version?: number; topic?: string; replicaId?: number; isolationLevel?: number; currentLeaderEpoch?: number } = {},
  ) {
    const version = options.version ?? 11
    const partition = { partitionIndex: 0, timestamp: BigInt(timestamp), ...(version >= 4 ? { currentLeaderEpoch: options.currentLeaderEpoch ?? -1 } : {}) }
    const asked = { replicaId: options.replicaId ?? -1, topics: [{ name: options.topic ?? 't', partitions: [partition] }] }
    const isolation = version >= 2 ? { isolationLevel: options.isolationLevel ?? 0 } : {}
    const answer = await broker.world.complete(Promise.resolve(connection.call(listOffsetsHandler, version, { ...asked, ...isolation })))
    return answer?.topics[0]?.partitions[0]
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])('version %i finds the ends', async (version) => {
    await broker.createTopic('t', { leaderEpoch: 4 })
    append('t', 100, 200, 300)
    partitionOf('t').log?.incrementLogStartOffset(1)
    const leaderEpoch = version >= 4 ? 4 : -1
    expect(await list(-1, { version })).toEqual({ partitionIndex: 0, errorCode: 0, timestamp: -1n, offset: 3, leaderEpoch })
    expect(await list(-2, { version })).toMatchObject({ errorCode: 0, timestamp: -1n, offset: 1 })
  })

  it('names each topic and partition once, and no topic without a partition', async () => {
    await broker.createTopic('t')
    const latest = (partitionIndex: number) => ({ partitionIndex, timestamp: -1n })
    const asked = [
      { name: 't', partitions: [latest(0)] },
      { name: 'empty', partitions: [] },
      { name: 't', partitions: [latest(1), latest(1)] },
    ]
    const answer = await broker.world.complete(Promise.resolve(connection.call(listOffsetsHandler, 11, { replicaId: -1, isolationLevel: 0, topics: asked })))
    expect(answer?.topics).toMatchObject([
      {
        name: 't',
        partitions: [
          { partitionIndex: 0, errorCode: ErrorCode.NONE },
          { partitionIndex: 1, errorCode: ErrorCode.INVALID_REQUEST },
        ],
      },
    ])
  })

  it('fails for all that is asked at an isolation level that does not exist', async () => {
    await broker.createTopic('t')
    expect(await list(-1, { isolationLevel: 2 })).toEqual({
      partitionIndex: 0,
      errorCode: ErrorCode.UNKNOWN_SERVER_ERROR,
      timestamp: -1n,
      offset: -1,
      leaderEpoch: -1,
    })
  })

  it('finds the first record at or after a time, and nothing after the last', async () => {
    await broker.createTopic('t')
    append('t', 100, 200)
    append('t', 300)
    expect(await list(150)).toMatchObject({ timestamp: 200n, offset: 1 })
    expect(await list(300)).toMatchObject({ timestamp: 300n, offset: 2, leaderEpoch: 0 })
    expect(await list(301)).toEqual({ partitionIndex: 0, errorCode: 0, timestamp: -1n, offset: -1, leaderEpoch: -1 })
  })

  it('finds the record with the largest time', async () => {
    await broker.createTopic('t')
    append('t', 100, 900, 300)
    append('t', 500)
    expect(await list(-3)).toMatchObject({ timestamp: 900n, offset: 1 })
  })

  it('answers as a broker without tiered storage', async () => {
    await broker.createTopic('t')
    append('t', 100)
    expect(await list(-4)).toMatchObject({ errorCode: 0, offset: 0 })
    expect(await list(-5)).toMatchObject({ errorCode: 0, offset: -1 })
  })

  it.each([
    [-3, 6],
    [-4, 7],
    [-5, 8],
    [-6, 10],
    [-7, 11],
  ])('refuses timestamp %i in version %i', async (timestamp, version) => {
    await broker.createTopic('t')
    expect(await list(timestamp, { version })).toMatchObject({ errorCode: ErrorCode.UNSUPPORTED_VERSION, offset: -1 })
  })

  it('shows consumers only what is committed, and tools and followers the end of the log', async () => {
    await broker.createTopic('t', { replicas: [1, 2] })
    append('t', 100, 200)
    expect(await list(-1)).toMatchObject({ offset: 0 })
    expect(await list(200)).toMatchObject({ errorCode: 0, offset: -1 })
    expect(await list(-1, { replicaId: -2 })).toMatchObject({ offset: 2 })
  })

  it('does not let offsets go back under a leader that knows too little', async () => {
    await broker.createTopic('t', { replicas: [1, 2] })
    append('t', 100)
    await broker.changePartition('t', 0, { leaderEpoch: 1 })
    expect(await list(-1)).toMatchObject({ errorCode: ErrorCode.OFFSET_NOT_AVAILABLE })
    expect(await list(-1, { version: 4 })).toMatchObject({ errorCode: ErrorCode.LEADER_NOT_AVAILABLE })
    expect(await list(100)).toMatchObject({ errorCode: ErrorCode.OFFSET_NOT_AVAILABLE })
    expect(await list(-2)).toMatchObject({ errorCode: 0, offset: 0 })
  })

  it('fences epochs and knows no other topics', async () => {
    await broker.createTopic('t', { leaderEpoch: 3 })
    expect(await list(-1, { currentLeaderEpoch: 2 })).toMatchObject({ errorCode: ErrorCode.FENCED_LEADER_EPOCH })
    expect(await list(-1, { topic: 'none' })).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, timestamp: -1n, offset: -1 })
  })

  it('refuses a partition that is named twice', async () => {
    await broker.createTopic('t')
    const partition = { partitionIndex: 0, timestamp: -1n }
    const answer = await connection.call(listOffsetsHandler, 1, { replicaId: -1, topics: [{ name: 't', partitions: [partition, partition] }] })
    expect(answer?.topics[0]?.partitions).toMatchObject([{ partitionIndex: 0, errorCode: ErrorCode.INVALID_REQUEST }])
  })
})

describe('OffsetForLeaderEpoch', () => {
  async function endOf(leaderEpoch: number, options: { version?: number; topic?: string; currentLeaderEpoch?: number } = {}) {
    const partitions = [{ partition: 0, currentLeaderEpoch: options.currentLeaderEpoch ?? -1, leaderEpoch }]
    const request = { topics: [{ topic: options.topic ?? 't', partitions }] }
    const answer = await connection.call(offsetForLeaderEpochHandler, options.version ?? 4, request)
    return answer?.topics[0]?.partitions[0]
  }

  it.each([2, 3, 4])('version %i tells where epochs end', async (version) => {
    await broker.createTopic('t', { leaderEpoch: 1 })
    append('t', 1, 2)
    await broker.changePartition('t', 0, { leaderEpoch: 4 })
    append('t', 3)
    expect(await endOf(1, { version })).toEqual({ errorCode: 0, partition: 0, leaderEpoch: 1, endOffset: 2 })
    expect(await endOf(3, { version })).toMatchObject({ leaderEpoch: 1, endOffset: 2 })
    expect(await endOf(4, { version })).toMatchObject({ leaderEpoch: 4, endOffset: 3 })
    expect(await endOf(9, { version })).toMatchObject({ errorCode: 0, leaderEpoch: -1, endOffset: -1 })
  })

  it('fences epochs and knows no other topics', async () => {
    await broker.createTopic('t', { leaderEpoch: 3 })
    expect(await endOf(1, { currentLeaderEpoch: 9 })).toMatchObject({ errorCode: ErrorCode.UNKNOWN_LEADER_EPOCH, endOffset: -1 })
    expect(await endOf(1, { topic: 'none' })).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION })
  })
})

describe('DeleteRecords', () => {
  async function deleteBefore(offset: number, options: { version?: number; topic?: string } = {}) {
    const request = { timeoutMs: 500, topics: [{ name: options.topic ?? 't', partitions: [{ partitionIndex: 0, offset }] }] }
    const answer = await broker.world.complete(Promise.resolve(connection.call(deleteRecordsHandler, options.version ?? 2, request)))
    return answer?.topics[0]?.partitions[0]
  }

  it.each([0, 1, 2])('version %i moves the log start', async (version) => {
    await broker.createTopic('t')
    append('t', 1, 2, 3)
    expect(await deleteBefore(2, { version })).toEqual({ partitionIndex: 0, lowWatermark: 2, errorCode: 0 })
    expect(partitionOf('t').logStartOffset).toBe(2)
    expect(await deleteBefore(1, { version })).toMatchObject({ lowWatermark: 2, errorCode: 0 })
    expect(await deleteBefore(-1, { version })).toMatchObject({ lowWatermark: 3, errorCode: 0 })
  })

  it('refuses what is not committed, negative offsets, compacted and internal topics', async () => {
    await broker.createTopic('t')
    append('t', 1)
    expect(await deleteBefore(2)).toMatchObject({ lowWatermark: -1, errorCode: ErrorCode.OFFSET_OUT_OF_RANGE })
    expect(await deleteBefore(-2)).toMatchObject({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE })
    await broker.createTopic('compacted', { config: { compact: true, delete: false } })
    expect(await deleteBefore(0, { topic: 'compacted' })).toMatchObject({ errorCode: ErrorCode.POLICY_VIOLATION })
    await broker.createTopic('__consumer_offsets')
    expect(await deleteBefore(0, { topic: '__consumer_offsets' })).toMatchObject({ errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION })
    expect(await deleteBefore(0, { topic: 'none' })).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION })
  })

  it('waits until all replicas have deleted the records, for the time given', async () => {
    await broker.createTopic('t', { replicas: [1, 2] })
    append('t', 1, 2)
    const followerFetched = (logStartOffset: number) =>
      partitionOf('t').followerFetched({ replicaId: 2, brokerEpoch: -1, fetchOffset: 2, logStartOffset, leaderEndOffset: 2, nowMs: broker.nowMs })
    followerFetched(0)
    expect(await deleteBefore(1)).toMatchObject({ errorCode: ErrorCode.REQUEST_TIMED_OUT })
    const waiting = deleteBefore(2)
    followerFetched(2)
    expect(await waiting).toMatchObject({ errorCode: 0, lowWatermark: 2 })
    expect(partitionOf('t').audience.waiterCount).toBe(0)
  })
})

describe('InitProducerId', () => {
  const init = (version: number, change: { transactionalId?: string | null; producerId?: number; producerEpoch?: number } = {}) =>
    connection.call(initProducerIdHandler, version, { transactionalId: null, transactionTimeoutMs: 1000, ...change })

  it.each([0, 1, 2, 3, 4, 5])('version %i gives ids, each once', async (version) => {
    expect(await init(version)).toMatchObject({ errorCode: 0, producerId: 1000, producerEpoch: 0 })
    expect(await init(version)).toMatchObject({ errorCode: 0, producerId: 1001, producerEpoch: 0 })
  })

  it('refuses half a producer and transactional ids', async () => {
    expect(await init(5, { producerId: 7 })).toMatchObject({ errorCode: ErrorCode.INVALID_REQUEST, producerId: -1, producerEpoch: -1 })
    expect(await init(5, { producerId: 7, producerEpoch: 1 })).toMatchObject({ errorCode: 0, producerEpoch: 0 })
    expect(await init(5, { transactionalId: 'x' })).toMatchObject({ errorCode: ErrorCode.UNSUPPORTED_VERSION, producerId: -1, producerEpoch: -1 })
  })
})
