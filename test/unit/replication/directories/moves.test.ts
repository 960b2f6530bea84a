import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { batches } from '../../../../protocol/records/batch.ts'
import { alterReplicaLogDirsHandler } from '../../../../src/handlers/alter-replica-log-dirs.ts'
import { describeLogDirsHandler } from '../../../../src/handlers/describe-log-dirs.ts'
import type { Partition } from '../../../../src/replication/partition.ts'
import { readLogLater } from '../../../../src/replication/partition-reads.ts'
import { dataBatch } from '../../storage/support.ts'
import { TestBroker } from '../test-broker.ts'

const [A, B] = ['/data/a', '/data/b']

async function started(topic = 't'): Promise<TestBroker> {
  const broker = new TestBroker()
  await broker.start()
  await broker.createTopic(topic, { directory: 0, config: { segmentBytes: 3000 } })
  return broker
}

function produce(broker: TestBroker, from: number, count: number): void {
  const partition = broker.replicas.partition('t', 0)
  for (let sequence = from; sequence < from + count; sequence++) {
    const result = partition?.appendAsLeader(dataBatch({ producer: { id: 5, sequence } }), { origin: 'client', nowMs: broker.nowMs, requiredAcks: -1 })
    if (result?.kind !== 'appended' || result.firstOffset !== sequence) throw new Error(`record ${sequence} was not appended`)
  }
}

async function alter(broker: TestBroker, path: string, partitions: readonly number[] = [0], topic = 't') {
  const request = { dirs: [{ path, topics: [{ name: topic, partitions }] }] }
  const answer = await broker.world.complete(Promise.resolve(broker.connect().call(alterReplicaLogDirsHandler, 2, request)))
  return answer?.results.flatMap(({ partitions: results }) => results.map(({ errorCode }) => errorCode))
}

async function described(broker: TestBroker) {
  const answer = await broker.world.complete(Promise.resolve(broker.connect().call(describeLogDirsHandler, 5, { topics: null })))
  return answer?.results.map(({ logDir, errorCode, topics }) => ({ logDir, errorCode, partitions: topics.flatMap((topic) => topic.partitions) }))
}

const directoryOf = (broker: TestBroker) => broker.replicas.partition('t', 0)?.log?.directory

async function offsets(broker: TestBroker): Promise<number[]> {
  const partition = broker.replicas.partition('t', 0)
  const found: number[] = []
  for (let offset = partition?.logStartOffset ?? 0; offset < (partition?.logEndOffset ?? 0); ) {
    const read = await broker.world.complete(readLogLater(partition as Partition, offset, { maxBytes: 1000, minOneBatch: true, upTo: 'log-end' }))
    if (read.kind !== 'read') throw new Error('not readable')
    for (const batch of batches(read.records)) {
      if (batch.baseOffset >= offset) found.push(batch.baseOffset)
      offset = batch.nextOffset
    }
  }
  return found
}

const numbers = (count: number) => [...Array(count).keys()]

describe('a replica that is moved to another directory', () => {
  it('is copied while records come, and then read and written there', async () => {
    const broker = await started()
    produce(broker, 0, 100)
    expect(await alter(broker, B)).toEqual([ErrorCode.NONE])
    expect((await described(broker))?.map(({ partitions }) => partitions.map(({ isFutureKey }) => isFutureKey))).toEqual([[false], [true]])
    for (let round = 0; directoryOf(broker) === `${A}/t-0`; round++) {
      produce(broker, 100 + round, 1)
      await broker.world.run(1)
      if (round > 1000) throw new Error('the move does not end')
    }
    expect(directoryOf(broker)).toBe(`${B}/t-0`)
    const end = broker.replicas.partition('t', 0)?.logEndOffset ?? 0
    produce(broker, end, 10)
    expect(await offsets(broker)).toEqual(numbers(end + 10))
    expect(broker.replicas.partition('t', 0)?.highWatermark).toBe(end + 10)
    await broker.world.run(1000)
    expect(await described(broker)).toMatchObject([
      { logDir: A, partitions: [] },
      { logDir: B, partitions: [{ partitionIndex: 0, offsetLag: 0, isFutureKey: false }] },
    ])
    expect(broker.failures).toEqual([])
  })

  it('begins where records were deleted to, also in the middle of a batch', async () => {
    const broker = await started()
    produce(broker, 0, 3)
    const partition = broker.replicas.partition('t', 0)
    partition?.appendAsLeader(dataBatch({ count: 10 }), { origin: 'client', nowMs: broker.nowMs, requiredAcks: -1 })
    partition?.log?.incrementLogStartOffset(7)
    await alter(broker, B)
    await broker.world.run(2000)
    expect([directoryOf(broker), partition?.logStartOffset, partition?.logEndOffset]).toEqual([`${B}/t-0`, 7, 13])
  })

  it('gives up in its copy, too, what retention takes away meanwhile', async () => {
    const broker = await started()
    broker.settings.moveMaxBytesPerSecond = 3000
    produce(broker, 0, 500)
    await alter(broker, B)
    await broker.world.run(5000)
    const { log } = broker.replicas.partition('t', 0) ?? {}
    const copy = broker.logs.futures.get('t', 0)
    expect(copy?.logEndOffset).toBeGreaterThan(100)
    log?.incrementLogStartOffset(100)
    await broker.world.run(2000)
    expect([copy?.isClosed, copy?.logStartOffset]).toEqual([false, 100])
    const files = (await broker.world.complete(broker.node.ports.disk.list(copy?.directory ?? ''))).map(({ name }) => name)
    expect(files).not.toContain('00000000000000000000.log')
    broker.settings.moveMaxBytesPerSecond = Number.MAX_SAFE_INTEGER
    await broker.world.run(5000)
    expect([directoryOf(broker), (await offsets(broker)).length]).toEqual([`${B}/t-0`, 400])
  })

  it('stays where it is when it is moved back before the end, and nothing of the copy is left', async () => {
    const broker = await started()
    produce(broker, 0, 500)
    await alter(broker, B)
    expect(await alter(broker, A)).toEqual([ErrorCode.NONE])
    await broker.world.run(5000)
    expect(directoryOf(broker)).toBe(`${A}/t-0`)
    expect((await described(broker))?.[1]?.partitions).toEqual([])
  })

  it('goes there and back', async () => {
    const broker = await started()
    produce(broker, 0, 20)
    for (const path of [B, A, B]) {
      expect(await alter(broker, path)).toEqual([ErrorCode.NONE])
      await broker.world.run(3000)
      expect(directoryOf(broker)).toBe(`${path}/t-0`)
    }
    expect(await offsets(broker)).toEqual(numbers(20))
  })

  it('is moved on after a restart', async () => {
    const broker = await started()
    produce(broker, 0, 300)
    await alter(broker, B)
    broker.node.crash('process')
    broker.world.restart('broker')
    await broker.start()
    await broker.world.run(3000)
    expect(directoryOf(broker)).toBe(`${B}/t-0`)
    expect(await offsets(broker)).toEqual(numbers(300))
  })

  it('whose new directory fails goes on where it is', async () => {
    const broker = await started()
    produce(broker, 0, 100)
    broker.node.faults.failNext({ reason: 'no-space', operation: 'write', pathIncludes: '/data/b/t-0.' })
    await alter(broker, B)
    await broker.world.run(3000)
    produce(broker, 100, 1)
    expect(directoryOf(broker)).toBe(`${A}/t-0`)
    expect(await described(broker)).toMatchObject([{ errorCode: 0 }, { errorCode: ErrorCode.KAFKA_STORAGE_ERROR, partitions: [] }])
    expect(await alter(broker, B)).toEqual([ErrorCode.KAFKA_STORAGE_ERROR])
    expect(broker.failures).toEqual([])
  })

  it('whose old directory fails is offline', async () => {
    const broker = await started()
    produce(broker, 0, 100)
    await alter(broker, B)
    broker.node.faults.failNext({ reason: 'io', pathIncludes: '/data/a', times: Number.POSITIVE_INFINITY })
    await broker.world.run(3000)
    expect(broker.replicas.partition('t', 0)?.isOffline).toBe(true)
    expect(broker.failures).toEqual([])
  })

  it('whose topic is deleted leaves nothing behind', async () => {
    const broker = await started()
    produce(broker, 0, 300)
    await alter(broker, B)
    await broker.deleteTopic('t')
    await broker.world.run(100_000)
    for (const path of [A, B]) {
      const names = (await broker.world.complete(broker.node.ports.disk.list(path))).filter(({ kind }) => kind === 'directory')
      expect(names).toEqual([])
    }
    expect(broker.failures).toEqual([])
  })
})

describe('a replica that is not here', () => {
  it('is made in the directory that was asked for when it comes', async () => {
    const broker = await started('other')
    expect(await alter(broker, B)).toEqual([ErrorCode.UNKNOWN_TOPIC_OR_PARTITION])
    broker.hearOfTopic('elsewhere')
    expect(await alter(broker, B, [0], 'elsewhere')).toEqual([ErrorCode.REPLICA_NOT_AVAILABLE])
    await broker.createTopic('filler', { directory: 1, partitionCount: 3 })
    await broker.createTopic('t', { directory: 'unassigned' })
    expect(directoryOf(broker)).toBe(`${B}/t-0`)
  })
})

describe('a move is refused', () => {
  it.each([
    ['to a directory that is not in log.dirs', '/data/c', 't', ErrorCode.LOG_DIR_NOT_FOUND],
    ['for a topic whose name leaves no room for that of the copy', B, 'x'.repeat(220), ErrorCode.INVALID_TOPIC_EXCEPTION],
  ] as const)('%s', async (_what, path, topic, errorCode) => {
    expect(await alter(await started(), path, [0], topic)).toEqual([errorCode])
  })
})
