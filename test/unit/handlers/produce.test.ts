import { beforeEach, describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { CRC_POSITION, LENGTH_POSITION, MAGIC_POSITION } from '../../../protocol/records/batch.ts'
import { type BatchOptions, buildBatch } from '../../../protocol/records/build-batch.ts'
import { uuidFromBytes, ZERO_UUID } from '../../../protocol/uuid.ts'
import { produceHandler } from '../../../src/handlers/produce.ts'
import { TestBroker, type TestConnection } from '../replication/test-broker.ts'

const VERSIONS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
const LATEST = 13

let broker: TestBroker
let connection: TestConnection

beforeEach(async () => {
  broker = new TestBroker()
  await broker.start()
  connection = broker.connect()
})

function batch(options: BatchOptions = {}, count = 1, valueBytes = 1): Buffer {
  return buildBatch(
    options,
    Array.from({ length: count }, () => ({ timestamp: broker.nowMs, key: null, value: Buffer.alloc(valueBytes) })),
  )
}

interface Sent {
  readonly version?: number
  readonly acks?: number
  readonly transactionalId?: string | null
  readonly topicId?: ReturnType<TestBroker['topicId']>
  readonly on?: TestConnection
}

function request(topic: string, parts: readonly { index: number; records: Buffer | null }[], sent: Sent) {
  return {
    transactionalId: sent.transactionalId ?? null,
    acks: sent.acks ?? -1,
    timeoutMs: 1000,
    topicData: [{ name: topic, topicId: sent.topicId ?? broker.topicId(topic), partitionData: parts }],
  }
}

/** What the partitions answer, in order. */
async function produce(topic: string, parts: readonly { index: number; records: Buffer | null }[], sent: Sent = {}) {
  const answer = await (sent.on ?? connection).call(produceHandler, sent.version ?? LATEST, request(topic, parts, sent))
  return answer?.responses.flatMap(({ partitionResponses }) => partitionResponses) ?? []
}

async function produceOne(topic: string, records: Buffer | null, sent: Sent = {}) {
  const [partition] = await produce(topic, [{ index: 0, records }], sent)
  return partition
}

describe('Produce', () => {
  it.each(VERSIONS)('version %i answers where the records are, without a promise', async (version) => {
    await broker.createTopic('t')
    const parts = [{ index: 0, records: batch({}, 3) }]
    const answer = connection.call(produceHandler, version, request('t', parts, { version }))
    expect(answer).not.toBeInstanceOf(Promise)
    const topic = (await answer)?.responses[0]
    expect(topic).toMatchObject(version >= 13 ? { topicId: broker.topicId('t') } : { name: 't' })
    expect(topic?.partitionResponses).toMatchObject([{ index: 0, errorCode: 0, baseOffset: 0, logAppendTimeMs: -1, logStartOffset: version >= 5 ? 0 : -1 }])
    expect(broker.replicas.partition('t', 0)?.highWatermark).toBe(3)
  })

  it('writes to several partitions at once, and says which failed', async () => {
    await broker.createTopic('t', { partitionCount: 2 })
    const answers = await produce('t', [
      { index: 1, records: batch({}, 2) },
      { index: 7, records: batch() },
      { index: 0, records: batch() },
    ])
    expect(answers).toMatchObject([
      { index: 1, errorCode: 0, baseOffset: 0 },
      { index: 7, errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, baseOffset: -1, logStartOffset: -1 },
      { index: 0, errorCode: 0, baseOffset: 0 },
    ])
  })

  it('answers the time of the broker where the topic stamps its records', async () => {
    await broker.createTopic('t', { config: { messageTimestampType: 'LogAppendTime' } })
    expect(await produceOne('t', batch())).toMatchObject({ errorCode: 0, logAppendTimeMs: broker.nowMs })
  })

  it('knows no topic by a name or id that nobody made', async () => {
    expect(await produceOne('none', batch(), { version: 12 })).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION })
    expect(await produceOne('', batch(), { topicId: uuidFromBytes(Buffer.alloc(16, 9)) })).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_ID })
    expect(await produceOne('', batch(), { topicId: ZERO_UUID })).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_ID })
  })

  it('tells from version 10 on which node leads, and where it is', async () => {
    broker.hearOfTopic('elsewhere', { leaderEpoch: 7 })
    const parts = [{ index: 0, records: batch() }]
    const answer = await connection.call(produceHandler, 10, request('elsewhere', parts, { version: 10 }))
    expect(answer?.responses[0]?.partitionResponses).toMatchObject([
      { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, currentLeader: { leaderId: 2, leaderEpoch: 7 } },
    ])
    expect(answer?.nodeEndpoints).toEqual([{ nodeId: 2, host: 'node-2', port: 9092, rack: 'r2' }])
    const older = await connection.call(produceHandler, 9, request('elsewhere', [{ index: 0, records: batch() }], { version: 9 }))
    expect(older?.nodeEndpoints).toEqual([])
  })

  it('takes 0, 1 and -1 as acks and nothing else', async () => {
    await broker.createTopic('t')
    expect(await produceOne('t', batch(), { acks: 1 })).toMatchObject({ errorCode: 0, baseOffset: 0 })
    expect(await produceOne('t', batch(), { acks: 2 })).toMatchObject({ errorCode: ErrorCode.INVALID_REQUIRED_ACKS, baseOffset: -1, logStartOffset: -1 })
    expect(await produce('t', [{ index: 0, records: batch() }], { acks: 0 })).toEqual([])
    expect(connection.closedBecause).toBeNull()
    expect(broker.replicas.partition('t', 0)?.logEndOffset).toBe(2)
  })

  it('closes the connection when a write fails that wants no answer', async () => {
    expect(await connection.call(produceHandler, 12, request('none', [{ index: 0, records: batch() }], { acks: 0 }))).toBeNull()
    expect(connection.closedBecause).toContain('UNKNOWN_TOPIC_OR_PARTITION')
  })

  it('never answers records that are null, until the connection closes', async () => {
    await broker.createTopic('t')
    let answered: unknown = 'nothing'
    const answer = Promise.resolve(connection.call(produceHandler, LATEST, request('t', [{ index: 0, records: null }], {})))
    void answer.then((value) => {
      answered = value
    })
    await broker.world.run(60_000)
    expect(answered).toBe('nothing')
    connection.close()
    expect(await answer).toBeNull()
  })

  it('keeps the topics of coordinators from clients', async () => {
    await broker.createTopic('__consumer_offsets')
    expect(await produceOne('__consumer_offsets', batch())).toMatchObject({ errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION, errorMessage: null })
    expect(await produceOne('__consumer_offsets', batch(), { on: broker.connect({ clientId: '__admin_client' }) })).toMatchObject({ errorCode: 0 })
  })

  describe('given bad records', () => {
    it('appends nothing of a batch whose CRC is wrong', async () => {
      await broker.createTopic('t')
      const records = batch()
      records[CRC_POSITION] = (records[CRC_POSITION] as number) ^ 0xff
      expect(await produceOne('t', records)).toMatchObject({ errorCode: ErrorCode.CORRUPT_MESSAGE, baseOffset: -1, logStartOffset: -1 })
      expect(broker.replicas.partition('t', 0)?.logEndOffset).toBe(0)
    })

    it('refuses the whole request for one batch that cannot be one', async () => {
      await broker.createTopic('t', { partitionCount: 2 })
      const corrupt = batch()
      corrupt.writeInt32BE(3, LENGTH_POSITION)
      const answers = await produce('t', [
        { index: 0, records: batch() },
        { index: 1, records: corrupt },
      ])
      const errorMessage = 'Record size 3 is less than the minimum record overhead (14)'
      expect(answers).toMatchObject([
        { index: 0, errorCode: ErrorCode.CORRUPT_MESSAGE, errorMessage },
        { index: 1, errorCode: ErrorCode.CORRUPT_MESSAGE, errorMessage },
      ])
      expect(broker.replicas.partition('t', 0)?.logEndOffset).toBe(0)
    })

    it.each([
      ['two batches', () => Buffer.concat([batch(), batch()])],
      ['none', () => Buffer.alloc(0)],
      ['magic 1', () => withByte(batch(), MAGIC_POSITION, 1)],
    ])('refuses %s', async (_, records) => {
      await broker.createTopic('t')
      expect(await produceOne('t', records())).toMatchObject({ errorCode: ErrorCode.INVALID_RECORD, errorMessage: null, recordErrors: [] })
    })

    it('refuses a batch above max.message.bytes', async () => {
      await broker.createTopic('t', { config: { maxMessageBytes: 200 } })
      expect(await produceOne('t', batch({}, 1, 500))).toMatchObject({ errorCode: ErrorCode.MESSAGE_TOO_LARGE, logStartOffset: -1 })
    })

    it('names the records without a key that a compacted topic refuses', async () => {
      await broker.createTopic('t', { config: { compact: true } })
      const answer = await produceOne('t', batch({}, 2))
      expect(answer).toMatchObject({ errorCode: ErrorCode.INVALID_RECORD, recordErrors: [{ batchIndex: 0 }, { batchIndex: 1 }] })
      expect(answer?.errorMessage).not.toBeNull()
      expect((await produceOne('t', batch({}, 2), { version: 7 }))?.recordErrors).toEqual([])
    })
  })

  describe('of an idempotent producer', () => {
    const from = (baseSequence: number, producerEpoch = 0) => batch({ producerId: 77, producerEpoch, baseSequence }, 2)

    it('answers a batch sent twice with the offset of the first time', async () => {
      await broker.createTopic('t')
      expect(await produceOne('t', from(0))).toMatchObject({ errorCode: 0, baseOffset: 0 })
      expect(await produceOne('t', from(2))).toMatchObject({ errorCode: 0, baseOffset: 2 })
      expect(await produceOne('t', from(0))).toMatchObject({ errorCode: 0, baseOffset: 0 })
      expect(broker.replicas.partition('t', 0)?.logEndOffset).toBe(4)
    })

    it('refuses a gap and an older epoch', async () => {
      await broker.createTopic('t')
      await produceOne('t', from(0, 3))
      expect(await produceOne('t', from(5, 3))).toMatchObject({ errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER })
      expect(await produceOne('t', from(0, 2))).toMatchObject({ errorCode: ErrorCode.INVALID_PRODUCER_EPOCH })
    })
  })

  describe('of a transaction', () => {
    const transactional = (producerId = 77) => batch({ producerId, producerEpoch: 0, baseSequence: 0, isTransactional: true })

    it('needs a transactional id', async () => {
      await broker.createTopic('t')
      expect(await produceOne('t', transactional())).toMatchObject({ errorCode: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED })
    })

    it('is answered that its coordinator does not know it', async () => {
      await broker.createTopic('t')
      expect(await produceOne('t', transactional(), { transactionalId: 'x' })).toMatchObject({ errorCode: ErrorCode.INVALID_PRODUCER_ID_MAPPING })
      expect(broker.replicas.partition('t', 0)?.logEndOffset).toBe(0)
    })

    it('has one producer', async () => {
      await broker.createTopic('t', { partitionCount: 2 })
      const answers = await produce(
        't',
        [
          { index: 0, records: transactional(1) },
          { index: 1, records: transactional(2) },
        ],
        { transactionalId: 'x' },
      )
      expect(answers).toMatchObject([
        { errorMessage: 'Transactional records contained more than one producer ID' },
        { errorCode: ErrorCode.INVALID_PRODUCER_ID_MAPPING },
      ])
    })
  })

  describe('with other replicas', () => {
    it('waits for them with acks=all and not with acks=1', async () => {
      await broker.createTopic('t', { replicas: [1, 2] })
      expect(await produceOne('t', batch(), { acks: 1 })).toMatchObject({ errorCode: 0, baseOffset: 0 })
      const waiting = produceOne('t', batch())
      broker.replicas
        .partition('t', 0)
        ?.followerFetched({ replicaId: 2, brokerEpoch: -1, fetchOffset: 2, logStartOffset: 0, leaderEndOffset: 2, nowMs: broker.nowMs })
      expect(await waiting).toMatchObject({ errorCode: 0, baseOffset: 1 })
    })

    it('answers REQUEST_TIMED_OUT when they do not come in time, and keeps nobody waiting', async () => {
      await broker.createTopic('t', { replicas: [1, 2] })
      expect(await broker.world.complete(produceOne('t', batch()))).toMatchObject({ errorCode: ErrorCode.REQUEST_TIMED_OUT, baseOffset: 0 })
      expect(broker.replicas.partition('t', 0)?.audience.waiterCount).toBe(0)
    })

    it('answers NOT_LEADER_OR_FOLLOWER when another node takes over meanwhile', async () => {
      await broker.createTopic('t', { replicas: [1, 2] })
      const waiting = produceOne('t', batch())
      await broker.changePartition('t', 0, { leader: 2, leaderEpoch: 1 })
      expect(await waiting).toMatchObject({ errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER })
    })

    it('waits no longer than its connection', async () => {
      await broker.createTopic('t', { replicas: [1, 2] })
      const waiting = produce('t', [{ index: 0, records: batch() }])
      connection.close()
      expect(await waiting).toEqual([])
      expect(broker.replicas.partition('t', 0)?.audience.waiterCount).toBe(0)
    })
  })

  it('with flush.messages=1 answers acks=1 when the records are on the device', async () => {
    await broker.createTopic('t', { config: { flushMessages: 1 } })
    const answer = connection.call(produceHandler, LATEST, request('t', [{ index: 0, records: batch() }], { acks: 1 }))
    expect(answer).toBeInstanceOf(Promise)
    await broker.world.complete(Promise.resolve(answer))
    broker.world.crash('broker', 'power')
    broker.world.restart('broker')
    await broker.start()
    expect(broker.replicas.partition('t', 0)?.logEndOffset).toBe(1)
  })
})

function withByte(buffer: Buffer, position: number, value: number): Buffer {
  buffer[position] = value
  return buffer
}
