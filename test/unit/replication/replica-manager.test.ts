import { beforeEach, describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { DiskError } from '../../../src/base/errors.ts'
import type { Partition } from '../../../src/replication/partition.ts'
import { TestBroker } from './test-broker.ts'

let broker: TestBroker

beforeEach(async () => {
  broker = new TestBroker()
  await broker.start()
})

function batch(count = 1, size = 1): Buffer {
  return buildBatch(
    {},
    Array.from({ length: count }, () => ({ timestamp: broker.nowMs, key: null, value: Buffer.alloc(size) })),
  )
}

function partitionOf(topic: string, index = 0): Partition {
  const partition = broker.replicas.partition(topic, index)
  if (partition === undefined) throw new Error(`${topic}-${index} is not here`)
  return partition
}

function append(topic: string, count = 1, requiredAcks = -1) {
  return partitionOf(topic).appendAsLeader(batch(count), { origin: 'client', nowMs: broker.nowMs, requiredAcks })
}

/** Lets the end of the turn come. */
const turnEnds = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('a partition of this node', () => {
  it('serves as leader when the metadata was applied', async () => {
    const id = await broker.createTopic('t', { partitionCount: 2, leaderEpoch: 3 })
    const partition = partitionOf('t', 1)
    expect(partition).toBe(broker.replicas.partitionById(id, 1))
    expect(partition).toMatchObject({ isLeader: true, leaderEpoch: 3, leaderId: 1, isr: [1], highWatermark: 0, logEndOffset: 0 })
    expect(broker.replicas.partitionCount).toBe(2)
  })

  it('commits at once what it appends as the only replica, and tells it when the turn ends', async () => {
    await broker.createTopic('t')
    const told: number[] = []
    partitionOf('t').audience.onHighWatermark((highWatermark) => told.push(highWatermark))
    expect(append('t', 2)).toMatchObject({ kind: 'appended', firstOffset: 0, lastOffset: 1 })
    append('t', 3)
    expect(partitionOf('t').highWatermark).toBe(5)
    expect(told).toEqual([])
    await turnEnds()
    expect(told).toEqual([5])
  })

  it('commits what all in-sync replicas have fetched', async () => {
    await broker.createTopic('t', { replicas: [1, 2] })
    const partition = partitionOf('t')
    append('t', 4)
    expect(partition.highWatermark).toBe(0)
    partition.followerFetched({ replicaId: 2, brokerEpoch: -1, fetchOffset: 3, logStartOffset: 0, leaderEndOffset: 4, nowMs: broker.nowMs })
    expect(partition.highWatermark).toBe(3)
    await broker.changePartition('t', 0, { isr: [1], partitionEpoch: 1 })
    partition.followerFetched({ replicaId: 2, brokerEpoch: -1, fetchOffset: 4, logStartOffset: 0, leaderEndOffset: 4, nowMs: broker.nowMs })
    expect(partition.highWatermark).toBe(4)
  })

  it('refuses acks=all while too few replicas are in sync, and takes acks=1', async () => {
    await broker.createTopic('t', { replicas: [1, 2], isr: [1], minInsyncReplicas: 2 })
    expect(append('t', 1, -1)).toMatchObject({ kind: 'refused', errorCode: ErrorCode.NOT_ENOUGH_REPLICAS })
    expect(append('t', 1, 1)).toMatchObject({ kind: 'appended' })
  })

  it('fences other leader epochs', async () => {
    await broker.createTopic('t', { leaderEpoch: 5 })
    const partition = partitionOf('t')
    expect([-1, 4, 5, 6].map((epoch) => partition.checkEpoch(epoch, true))).toEqual([
      ErrorCode.NONE,
      ErrorCode.FENCED_LEADER_EPOCH,
      ErrorCode.NONE,
      ErrorCode.UNKNOWN_LEADER_EPOCH,
    ])
  })

  it('stops leading when another node is elected, and tells it', async () => {
    await broker.createTopic('t', { replicas: [1, 2] })
    const events: string[] = []
    partitionOf('t').audience.listen({ onLeadershipLost: () => events.push('lost'), onDeleted: () => events.push('deleted') })
    await broker.changePartition('t', 0, { leader: 2, leaderEpoch: 1 })
    await turnEnds()
    expect(events).toEqual(['lost'])
    expect(append('t')).toMatchObject({ kind: 'refused', errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER })
    expect(partitionOf('t').checkEpoch(-1, false)).toBe(ErrorCode.NONE)
    await broker.changePartition('t', 0, { leader: 1, leaderEpoch: 2, isr: [1] })
    expect(append('t')).toMatchObject({ kind: 'appended', firstOffset: 0 })
  })

  it('is gone with its topic, and its name is free for another', async () => {
    await broker.createTopic('t')
    append('t', 3)
    const events: string[] = []
    partitionOf('t').audience.listen({ onDeleted: () => events.push('deleted') })
    await broker.deleteTopic('t')
    await turnEnds()
    expect(events).toEqual(['deleted'])
    expect(broker.replicas.partition('t', 0)).toBeUndefined()
    expect(broker.logs.getLog('t', 0)).toBeUndefined()
    expect(broker.replicas.hostingError('t', 0)).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    await broker.createTopic('t')
    expect(append('t')).toMatchObject({ firstOffset: 0 })
  })

  it('leaves this node when its replica is moved away', async () => {
    await broker.createTopic('t')
    await broker.changePartition('t', 0, { replicas: [2], isr: [2], leader: 2, leaderEpoch: 1 })
    expect(broker.replicas.partition('t', 0)).toBeUndefined()
    expect(broker.replicas.hostingError('t', 0)).toBe(ErrorCode.NOT_LEADER_OR_FOLLOWER)
  })
})

describe('a failing disk', () => {
  const failWrites = () => broker.node.faults.failNext({ operation: 'write', pathIncludes: '/data/a', reason: 'io' })

  it('takes the partitions of its directory offline and no others', async () => {
    await broker.createTopic('bad', { directory: 0 })
    await broker.createTopic('good', { directory: 1 })
    const events: string[] = []
    partitionOf('bad').audience.listen({ onOffline: () => events.push('offline') })
    failWrites()
    expect(append('bad')).toMatchObject({ kind: 'refused', errorCode: ErrorCode.KAFKA_STORAGE_ERROR })
    await turnEnds()
    expect(events).toEqual(['offline'])
    expect(broker.replicas.hostingError('bad', 0)).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
    expect(partitionOf('bad').checkEpoch(-1, true)).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
    expect(append('good')).toMatchObject({ kind: 'appended' })
  })

  it('keeps a replica of the failed directory from starting empty in another one', async () => {
    await broker.createTopic('bad', { directory: 0 })
    failWrites()
    append('bad')
    await broker.changePartition('bad', 0, { leaderEpoch: 1 })
    expect(partitionOf('bad').isOffline).toBe(true)
    expect(broker.logs.getLog('bad', 0)).toBeUndefined()
  })

  it('just when a log is ready in its directory leaves the partition offline', async () => {
    const { logs } = broker
    const getOrCreateLog = logs.getOrCreateLog.bind(logs)
    logs.getOrCreateLog = async (options) => {
      const log = await getOrCreateLog(options)
      logs.reportDiskError(log, new DiskError('io', log.directory, 'another log failed'))
      return log
    }
    await broker.createTopic('t', { directory: 0 })
    expect(partitionOf('t')).toMatchObject({ isOffline: true, log: null })
    expect(broker.failures).toEqual([])
  })

  it('leaves new topics the other directories', async () => {
    await broker.createTopic('bad', { directory: 0 })
    failWrites()
    append('bad')
    await broker.createTopic('new', { directory: 'unassigned' })
    expect(append('new')).toMatchObject({ kind: 'appended' })
    expect(broker.logs.getLog('new', 0)?.directory).toBe('/data/b/new-0')
  })
})

describe('a restart', () => {
  it('finds records and high watermark again', async () => {
    await broker.createTopic('t', { replicas: [1, 2] })
    append('t', 4)
    partitionOf('t').followerFetched({ replicaId: 2, brokerEpoch: -1, fetchOffset: 3, logStartOffset: 0, leaderEndOffset: 4, nowMs: broker.nowMs })
    await broker.world.run(6_000)
    broker.world.crash('broker', 'process')
    broker.world.restart('broker')
    await broker.start()
    expect(partitionOf('t')).toMatchObject({ highWatermark: 3, logEndOffset: 4 })
  })

  it('sets logs aside that the metadata does not know', async () => {
    await broker.createTopic('t')
    append('t')
    broker.hearOfTopic('t')
    broker.world.crash('broker', 'process')
    broker.world.restart('broker')
    await broker.start()
    expect(broker.logs.getLog('t', 0)).toBeUndefined()
    const names = (await broker.world.complete(broker.node.ports.disk.list('/data/a'))).map(({ name }) => name)
    expect(names.some((name) => name.startsWith('t-0.') && name.endsWith('-stray'))).toBe(true)
  })

  it('sets a log aside that does not say whose it is: it may be that of a deleted topic of the same name', async () => {
    await broker.createTopic('t')
    append('t')
    await broker.world.complete(broker.node.ports.disk.removeFile('/data/a/t-0/partition.metadata'))
    broker.world.crash('broker', 'process')
    broker.world.restart('broker')
    await broker.start()
    expect(partitionOf('t').logEndOffset).toBe(0)
    const names = (await broker.world.complete(broker.node.ports.disk.list('/data/a'))).map(({ name }) => name)
    expect(names.some((name) => name.startsWith('t-0.') && name.endsWith('-stray'))).toBe(true)
  })
})

describe('flush.messages', () => {
  it('holds the high watermark back until the records are on the device', async () => {
    await broker.createTopic('t', { config: { flushMessages: 1 } })
    const told: number[] = []
    partitionOf('t').audience.onHighWatermark((highWatermark) => told.push(highWatermark))
    append('t', 2)
    append('t', 1)
    expect(partitionOf('t')).toMatchObject({ highWatermark: 0, logEndOffset: 3 })
    expect(partitionOf('t').isFlushedTo(2)).toBe(false)
    await broker.world.runUntil(() => partitionOf('t').highWatermark === 3, { withinMs: 1000 })
    expect(partitionOf('t').isFlushedTo(3)).toBe(true)
    expect(told.at(-1)).toBe(3)
    expect(broker.failures).toEqual([])
  })
})
