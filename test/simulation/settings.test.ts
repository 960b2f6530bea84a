import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { DescribeConfigsApi } from '../../protocol/messages/describe-configs.ts'
import { DescribeProducersApi } from '../../protocol/messages/describe-producers.ts'
import { Unanswered } from './asker.ts'
import { WorldNode } from './world-node.ts'

const MINUTE_MS = 60_000
/** The broker looks for what is to be removed every five minutes. */
const RETENTION_CHECK_MS = 5 * MINUTE_MS
const HOUR_MS = 60 * MINUTE_MS
const [TOPIC, BROKER] = [2, 4] as const

/** A topic with records in an open log, whose settings are changed then. */
async function nodeWithTopic(settings: Readonly<Record<string, string>> = {}): Promise<WorldNode> {
  const node = await WorldNode.start(settings)
  await node.createTopic('t')
  await node.produce('t')
  return node
}

const errorOf = async (answer: Promise<{ readonly errorCode: number }>) => (await answer).errorCode

describe('retention of a log that is open', () => {
  it('by time follows retention.ms', async () => {
    const node = await nodeWithTopic()
    await node.run(2 * RETENTION_CHECK_MS)
    expect(await node.earliestOffset('t')).toBe(0)
    await node.changeTopic('t', { 'retention.ms': '1000' })
    await node.run(RETENTION_CHECK_MS)
    expect(await node.earliestOffset('t')).toBe(1)
  })

  it('by size follows retention.bytes, segment by segment', async () => {
    const node = await nodeWithTopic({ 'log.roll.ms': '1000' })
    for (let count = 0; count < 3; count++) {
      await node.run(2000)
      await node.produce('t')
    }
    const [batch] = await node.fetch('t')
    await node.changeTopic('t', { 'retention.bytes': String(2 * (batch?.sizeBytes ?? 0)) })
    await node.run(RETENTION_CHECK_MS)
    expect(await node.earliestOffset('t')).toBe(2)
  })

  it('ends with an empty cleanup.policy', async () => {
    const node = await nodeWithTopic()
    await node.changeTopic('t', { 'cleanup.policy': '', 'retention.ms': '1000' })
    await node.run(3 * RETENTION_CHECK_MS)
    expect(await node.earliestOffset('t')).toBe(0)
    await node.changeTopic('t', { 'cleanup.policy': 'delete' })
    await node.run(RETENTION_CHECK_MS)
    expect(await node.earliestOffset('t')).toBe(1)
  })

  it('leaves files for file.delete.delay.ms', async () => {
    const node = await nodeWithTopic()
    await node.changeTopic('t', { 'retention.ms': '1000', 'file.delete.delay.ms': String(HOUR_MS) })
    await node.run(RETENTION_CHECK_MS + 1000)
    expect(await node.files('t', '.log.deleted')).toHaveLength(1)
    await node.run(HOUR_MS)
    expect(await node.files('t', '.log.deleted')).toEqual([])
  })

  it('follows the settings of the broker where the topic has none, and no longer when they are removed', async () => {
    const node = await nodeWithTopic()
    await node.changeBroker({ 'log.retention.ms': '1000' })
    await node.run(RETENTION_CHECK_MS)
    expect(await node.earliestOffset('t')).toBe(1)
    await node.changeBroker({ 'log.retention.ms': null })
    await node.produce('t')
    await node.run(2 * RETENTION_CHECK_MS)
    expect(await node.earliestOffset('t')).toBe(1)
  })
})

describe('a log that is open begins a new segment', () => {
  it('at segment.bytes', async () => {
    const node = await nodeWithTopic()
    await node.changeTopic('t', { 'segment.bytes': String(1024 * 1024) })
    for (let count = 0; count < 3; count++) await node.produce('t', { value: Buffer.alloc(600_000) })
    expect(await node.files('t', '.log')).toHaveLength(3)
  })

  it('after segment.ms', async () => {
    const node = await nodeWithTopic()
    await node.changeTopic('t', { 'segment.ms': '10000' })
    await node.run(9000)
    await node.produce('t')
    expect(await node.files('t', '.log')).toHaveLength(1)
    await node.run(2000)
    await node.produce('t')
    expect(await node.files('t', '.log')).toHaveLength(2)
  })

  it('sooner by at most segment.jitter.ms, and not always at the same time', async () => {
    const node = await nodeWithTopic()
    await node.changeTopic('t', { 'segment.ms': '100000', 'segment.jitter.ms': '50000' })
    await node.run(100_000)
    const ages: number[] = []
    let count = (await node.files('t', '.log')).length
    let bornMs = node.nowMs
    for (let second = 0; second < 500; second++) {
      await node.run(1000)
      await node.produce('t')
      const now = (await node.files('t', '.log')).length
      if (now > count) ages.push(node.nowMs - bornMs)
      if (now > count) bornMs = node.nowMs
      count = now
    }
    const [, ...drawn] = ages
    expect(drawn.length).toBeGreaterThan(3)
    expect(new Set(drawn).size).toBeGreaterThan(1)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(49_000)
    expect(Math.max(...drawn)).toBeLessThanOrEqual(102_000)
  })

  it('when an index of segment.index.bytes is full, with an entry every index.interval.bytes', async () => {
    const node = await nodeWithTopic()
    await node.changeTopic('t', { 'segment.index.bytes': '60', 'index.interval.bytes': '0' })
    for (let count = 0; count < 20; count++) await node.produce('t')
    const logs = await node.files('t', '.log')
    expect(logs.length).toBeGreaterThan(2)
    const [, second = ''] = await node.files('t', '.index')
    expect(await node.sizeOf('t', second)).toBeGreaterThan(8)
    await node.changeTopic('t', { 'index.interval.bytes': '1000000' })
    for (let count = 0; count < 20; count++) await node.produce('t')
    expect((await node.files('t', '.log')).length).toBeLessThanOrEqual(logs.length + 1)
  })
})

describe('records for a log that is open', () => {
  it('get the time of their append with message.timestamp.type', async () => {
    const node = await nodeWithTopic()
    expect((await node.produce('t')).logAppendTimeMs).toBe(-1)
    await node.changeTopic('t', { 'message.timestamp.type': 'LogAppendTime' })
    await node.run(5000)
    const sentMs = node.nowMs
    const { baseOffset, logAppendTimeMs } = await node.produce('t', { timestamp: 17 })
    expect(logAppendTimeMs).toBeGreaterThanOrEqual(sentMs)
    expect((await node.fetch('t', baseOffset))[0]?.maxTimestamp).toBe(BigInt(logAppendTimeMs))
  })

  it('lie within message.timestamp.before.max.ms and after.max.ms', async () => {
    const node = await nodeWithTopic()
    const at = (differenceMs: number) => errorOf(node.produce('t', { timestamp: node.nowMs + differenceMs }))
    expect([await at(-2 * HOUR_MS), await at(2 * MINUTE_MS)]).toEqual([ErrorCode.NONE, ErrorCode.NONE])
    await node.changeTopic('t', { 'message.timestamp.before.max.ms': String(HOUR_MS), 'message.timestamp.after.max.ms': String(MINUTE_MS) })
    expect([await at(-2 * HOUR_MS), await at(2 * MINUTE_MS)]).toEqual([ErrorCode.INVALID_TIMESTAMP, ErrorCode.INVALID_TIMESTAMP])
    expect([await at(-HOUR_MS + 1000), await at(MINUTE_MS - 1000)]).toEqual([ErrorCode.NONE, ErrorCode.NONE])
  })

  it('are no larger than max.message.bytes, of the topic or of the broker', async () => {
    const node = await nodeWithTopic()
    await node.changeBroker({ 'message.max.bytes': '100' })
    expect(await errorOf(node.produce('t', { value: Buffer.alloc(200) }))).toBe(ErrorCode.MESSAGE_TOO_LARGE)
    await node.changeTopic('t', { 'max.message.bytes': '1000' })
    expect(await errorOf(node.produce('t', { value: Buffer.alloc(200) }))).toBe(ErrorCode.NONE)
  })

  it('follow this broker over all brokers, and each is taken back by itself', async () => {
    const node = await nodeWithTopic()
    const fits = async (length: number) => (await errorOf(node.produce('t', { value: Buffer.alloc(length) }))) === ErrorCode.NONE
    await node.changeBroker({ 'message.max.bytes': '500' })
    await node.changeBroker({ 'message.max.bytes': '1000' }, '1')
    expect([await fits(800), await fits(1200)]).toEqual([true, false])
    await node.changeBroker({ 'message.max.bytes': '5000' })
    expect(await fits(1200)).toBe(false)
    await node.changeBroker({ 'message.max.bytes': null }, '1')
    expect([await fits(1200), await fits(6000)]).toEqual([true, false])
    await node.changeBroker({ 'message.max.bytes': null })
    expect(await fits(6000)).toBe(true)
  })

  it('are stored with compression.type', async () => {
    const node = await nodeWithTopic()
    const value = Buffer.alloc(1000, 'abc')
    const stored = async (compressionType: string) => {
      await node.changeTopic('t', { 'compression.type': compressionType })
      const { baseOffset } = await node.produce('t', { value, batch: { compression: 'snappy' } })
      return (await node.fetch('t', baseOffset))[0]?.compression
    }
    const kinds = ['producer', 'gzip', 'zstd', 'lz4', 'snappy', 'uncompressed']
    const found: unknown[] = []
    for (const kind of kinds) found.push(await stored(kind))
    expect(found).toEqual(['snappy', 'gzip', 'zstd', 'lz4', 'snappy', 'none'])
  })

  it.each([
    ['gzip', 'compression.gzip.level', '1', '9'],
    ['zstd', 'compression.zstd.level', '-100', '19'],
  ])('are compressed by %s as hard as its level says', async (compressionType, name, low, high) => {
    const node = await nodeWithTopic()
    const value = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * index) % 97))
    await node.changeTopic('t', { 'compression.type': compressionType })
    const sizes: number[] = []
    for (const level of [low, high]) {
      await node.changeTopic('t', { [name]: level })
      const { baseOffset } = await node.produce('t', { value })
      sizes.push((await node.fetch('t', baseOffset))[0]?.sizeBytes ?? 0)
    }
    expect(sizes[1]).toBeLessThan(sizes[0] as number)
  })

  it('of an idempotent producer keep their order and are there once, whatever becomes of their compression and time', async () => {
    const node = await nodeWithTopic()
    const value = Buffer.alloc(1000, 'abc')
    const send = async (baseSequence: number) => {
      const batch = { compression: 'gzip', producerId: 5, producerEpoch: 0, baseSequence } as const
      const { errorCode, baseOffset, logAppendTimeMs } = await node.produce('t', { value, batch })
      return { errorCode, baseOffset, logAppendTimeMs }
    }
    const first = await send(0)
    expect(first).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 1 })
    await node.changeTopic('t', { 'compression.type': 'zstd', 'message.timestamp.type': 'LogAppendTime', 'flush.messages': '1' })
    await node.run(1000)
    expect(await send(0)).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 1 })
    const second = await send(1)
    expect(second).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 2 })
    await node.crashAndRestart('power')
    await node.run(1000)
    expect(await send(1)).toEqual(second)
    expect((await send(3)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
    await node.changeTopic('t', { 'compression.type': 'uncompressed' })
    expect((await send(2)).baseOffset).toBe(3)
    const batches = (await node.fetch('t', 1)).map(({ compression, producerId, baseSequence, timestampType }) => [
      compression,
      producerId,
      baseSequence,
      timestampType,
    ])
    expect(batches).toEqual([
      ['gzip', 5, 0, 'CreateTime'],
      ['zstd', 5, 1, 'LogAppendTime'],
      ['none', 5, 2, 'LogAppendTime'],
    ])
  })

  it('survive a loss of power at once with flush.messages, and after flush.ms', async () => {
    const node = await nodeWithTopic({ 'log.flush.scheduler.interval.ms': '1000' })
    await node.changeTopic('t', { 'flush.messages': '1' })
    await node.produce('t')
    await node.crashAndRestart('power')
    expect((await node.fetch('t')).length).toBe(2)
    await node.changeTopic('t', { 'flush.messages': null, 'flush.ms': '5000' })
    await node.produce('t')
    await node.run(7000)
    await node.crashAndRestart('power')
    expect((await node.fetch('t')).length).toBe(3)
  })
})

describe('settings that were made while the node ran', () => {
  it.each(['process', 'power'] as const)('are in force after a crash (%s) and a restart', async (kind) => {
    const node = await nodeWithTopic({ 'log.flush.interval.messages': '1' })
    await node.changeBroker({ 'message.max.bytes': '200', 'my.own': 'x' })
    await node.changeBroker({ 'log.retention.ms': '1000' }, '1')
    await node.changeTopic('t', { 'message.timestamp.type': 'LogAppendTime' })
    await node.crashAndRestart(kind)
    expect(await errorOf(node.produce('t', { value: Buffer.alloc(300) }))).toBe(ErrorCode.MESSAGE_TOO_LARGE)
    expect((await node.produce('t')).logAppendTimeMs).toBeGreaterThan(0)
    const resources = [
      { resourceType: TOPIC, resourceName: 't', configurationKeys: ['retention.ms', 'max.message.bytes', 'message.timestamp.type'] },
      { resourceType: BROKER, resourceName: '', configurationKeys: null },
      { resourceType: BROKER, resourceName: '1', configurationKeys: ['log.retention.ms', 'my.own'] },
    ]
    const { results } = await node.ask(DescribeConfigsApi, 4, { resources, includeSynonyms: false, includeDocumentation: false })
    expect(results.map(({ configs }) => configs.map(({ name, value, configSource }) => [name, value, configSource]))).toEqual([
      [
        ['max.message.bytes', '200', 3],
        ['message.timestamp.type', 'LogAppendTime', 1],
        ['retention.ms', '1000', 2],
      ],
      [
        ['message.max.bytes', '200', 3],
        ['min.insync.replicas', '1', 3],
        ['my.own', null, 3],
      ],
      [
        ['log.retention.ms', '1000', 2],
        ['my.own', null, 3],
      ],
    ])
    await node.run(RETENTION_CHECK_MS)
    expect(await node.earliestOffset('t')).toBe(2)
  })

  it('bound connections at once', async () => {
    const node = await nodeWithTopic()
    await node.changeBroker({ 'max.connections.per.ip': '1' })
    const other = node.newClient().ask(DescribeConfigsApi, 4, { resources: [], includeSynonyms: false, includeDocumentation: false })
    await expect(node.world.complete(other)).rejects.toThrow(Unanswered)
    await node.changeBroker({ 'max.connections.per.ip': null })
    const third = node.newClient().ask(DescribeConfigsApi, 4, { resources: [], includeSynonyms: false, includeDocumentation: false })
    expect((await node.world.complete(third)).results).toEqual([])
  })

  it('make the broker forget producers', async () => {
    const node = await nodeWithTopic()
    await node.produce('t', { batch: { producerId: 5, producerEpoch: 0, baseSequence: 0 } })
    const producers = async () => {
      const { topics } = await node.ask(DescribeProducersApi, 0, { topics: [{ name: 't', partitionIndexes: [0] }] })
      return topics[0]?.partitions[0]?.activeProducers.length
    }
    expect(await producers()).toBe(1)
    await node.changeBroker({ 'producer.id.expiration.ms': '1000' })
    await node.run(11 * MINUTE_MS)
    expect(await producers()).toBe(0)
  })
})
