import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../../../protocol/error-codes.ts'
import { InitProducerIdApi } from '../../../../../protocol/messages/init-producer-id.ts'
import { ProduceApi } from '../../../../../protocol/messages/produce.ts'
import { batches } from '../../../../../protocol/records/batch.ts'
import { records } from '../../../../../protocol/records/record.ts'
import { Producer } from '../../../../../src/cli/operations/produce/producer.ts'
import { defaultProducerSettings, type ProducerSettings } from '../../../../../src/cli/operations/produce/producer-settings.ts'
import { served } from '../../../../support/peers/answering-node.ts'
import { AskedCluster, type AskedClusterOptions, TOPIC } from '../../../../support/peers/asked-cluster.ts'

interface Came {
  readonly broker: number
  readonly partition: number
  readonly producerId: number
  readonly sequence: number
  readonly values: readonly string[]
}

/** What becomes of a batch: an error code; 'unheard' for one that is written and whose answer is lost; 'silent' for no answer at all. */
type Fate = number | 'unheard' | 'silent'

/** A cluster to which batches come; each meets the fate that a test says, and those that are written are in `written`. */
async function cluster(fate: (came: Came) => Fate, options: AskedClusterOptions = {}) {
  const came: Came[] = []
  const written: string[] = []
  let nextProducerId = 100
  const asked = await AskedCluster.start(options, (broker, { brokers }) => [
    served(InitProducerIdApi, () => ({ errorCode: ErrorCode.NONE, producerId: nextProducerId++, producerEpoch: 0, throttleTimeMs: 0 })),
    served(ProduceApi, ({ acks, topicData }) => {
      const [{ index: partition = -1, records: bytes = null } = {}] = topicData[0]?.partitionData ?? []
      for (const batch of batches(bytes ?? Buffer.alloc(0))) {
        const values = [...records(batch)].map(({ value }) => String(value))
        came.push({ broker, partition, producerId: batch.producerId, sequence: batch.baseSequence, values })
      }
      const last = came.at(-1) as Came
      const outcome = fate(last)
      if (outcome === ErrorCode.NONE || outcome === 'unheard') written.push(...last.values)
      if (outcome === 'unheard') brokers.get(broker)?.closeConnections()
      // Nothing behind it is answered either.
      if (outcome === 'silent') return new Promise(() => undefined)
      if (outcome === 'unheard' || acks === 0) return null
      return { responses: [{ name: TOPIC, partitionResponses: [{ index: partition, errorCode: outcome, baseOffset: 0 }] }] }
    }),
  ])
  const { world } = asked
  const producer = (settings: Partial<ProducerSettings> = {}) => {
    return new Producer(asked.client(), TOPIC, { ...defaultProducerSettings, ...settings }, world.node('client').ports.random)
  }
  return { asked, world, came, written, producer }
}

const record = (value: string, partition?: number) => ({ key: null, value: Buffer.from(value), ...(partition === undefined ? {} : { partition }) })
const settled = (sends: readonly Promise<void>[]) =>
  Promise.allSettled(sends).then((results) => results.map((result) => (result.status === 'fulfilled' ? 'written' : result.reason.code)))
const accepts = () => ErrorCode.NONE

describe('a producer', () => {
  test('gathers records for so long as they may wait, and sends batches of a partition one after the other', async () => {
    const { world, came, producer } = await cluster(accepts)
    const sending = producer({ lingerMs: 50 })
    const first = ['a', 'b', 'c'].map((value) => sending.send(record(value)))
    await world.run(20)
    expect(came).toEqual([])
    expect(await world.complete(settled(first))).toEqual(['written', 'written', 'written'])
    await world.complete(sending.send(record('d')))
    expect(came.map(({ sequence, values }) => [sequence, values])).toEqual([
      [0, ['a', 'b', 'c']],
      [3, ['d']],
    ])
  })

  test('fills batches up to their size, and waits for no more records when it is flushed', async () => {
    const { world, came, producer } = await cluster(accepts)
    const sending = producer({ lingerMs: 1_000_000, batchBytes: 400 })
    for (let index = 0; index < 7; index++) void sending.send(record('x'.repeat(100)))
    await world.run(500)
    expect(came.map(({ values }) => values.length)).toEqual([2, 2, 2, 1])
    void sending.send(record('last'))
    await world.run(500)
    expect(came).toHaveLength(4)
    await world.complete(sending.flush(), { withinMs: 1_000 })
    expect(came.at(-1)).toMatchObject({ values: ['last'] })
  })

  test('has room again when records are acknowledged, and not before', async () => {
    const fates: Fate[] = ['silent', ErrorCode.NONE]
    const { world, producer } = await cluster(() => fates.shift() ?? ErrorCode.NONE)
    const sending = producer({ bufferBytes: 100, lingerMs: 0 })
    void sending.send(record('x'.repeat(50)))
    let hasRoom = false
    const room = sending.room().then(() => {
      hasRoom = true
    })
    await world.run(900)
    expect(hasRoom).toBe(false)
    await world.complete(room)
    await world.complete(sending.flush())
  })

  test('looks for a leader anew when it has moved', async () => {
    const found = await cluster(({ broker }) => (broker === 1 ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.NONE), { brokerCount: 2, leaders: [1] })
    const sending = found.producer({ lingerMs: 0 })
    const sent = sending.send(record('a'))
    await found.world.runUntil(() => found.came.length > 0)
    found.asked.leaders = [2]
    await found.world.complete(sent)
    expect(found.came.map(({ broker }) => broker)).toEqual([1, 2])
  })

  test('waits for a topic that is being made, and no longer than it may', async () => {
    const { asked, world, producer, written } = await cluster(accepts, { leaders: [] })
    const sending = producer({ lingerMs: 0, maxBlockMs: 500 })
    await expect(world.complete(sending.send(record('a')))).rejects.toMatchObject({
      code: 'REQUEST_TIMED_OUT',
      message: 'Topic orders not present in metadata after 500 ms.',
    })
    const sent = sending.send(record('b'))
    await world.run(200)
    asked.leaders = [1]
    await world.complete(sent)
    expect(written).toEqual(['b'])
  })

  test('waits no longer than it may for a broker that says nothing, be it for metadata or for a batch', async () => {
    const { asked, world, producer } = await cluster(() => 'silent')
    asked.isMetadataSilent = true
    const startMs = world.nowMs
    await expect(world.complete(producer({ maxBlockMs: 300 }).send(record('a')))).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT' })
    expect(world.nowMs - startMs).toBeLessThan(350)
    asked.isMetadataSilent = false
    await expect(world.complete(producer({ deliveryTimeoutMs: 400, lingerMs: 0 }).send(record('a')))).rejects.toMatchObject({
      code: 'REQUEST_TIMED_OUT',
      message: 'Expiring 1 record(s) for orders-0:400 ms has passed since batch creation',
    })
    expect(world.nowMs - startMs).toBeLessThan(1_000)
  })

  test('refuses a record that is larger than a request may be', async () => {
    const { world, producer, came } = await cluster(accepts)
    const sent = producer({ maxRequestBytes: 1_000 }).send(record('x'.repeat(1_000)))
    await expect(world.complete(sent)).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' })
    expect(came).toEqual([])
  })

  test('tells records without acknowledgement, as fast as the broker reads and all of them before it ends', async () => {
    const { asked, world, written } = await cluster(accepts)
    const client = asked.client()
    const sending = new Producer(client, TOPIC, { ...defaultProducerSettings, acks: 0, isIdempotent: false, lingerMs: 0 }, world.node('client').ports.random)
    await world.complete(sending.send(record('first')))
    await world.runUntil(() => written.length === 1)
    asked.brokers.get(1)?.pauseReading()
    for (let index = 0; index < 60; index++) void sending.send(record('x'.repeat(16_000)))
    await world.run(500)
    expect(written).toHaveLength(1)
    const heldUp = sending.flush().then(() => client[Symbol.asyncDispose]())
    await world.run(100)
    asked.brokers.get(1)?.resumeReading()
    await world.complete(heldUp)
    await world.run(100)
    expect(written).toHaveLength(61)
  })
})

describe('a batch that fails', () => {
  test('is tried again with the numbers that it had, and is not there twice', async () => {
    const { world, came, written, producer } = await cluster(({ sequence, values }) => {
      if (values.includes('b')) return came.filter((one) => one.sequence === sequence).length > 1 ? ErrorCode.DUPLICATE_SEQUENCE_NUMBER : 'unheard'
      return ErrorCode.NONE
    })
    const sending = producer({ lingerMs: 0 })
    for (const value of ['a', 'b', 'c']) await world.complete(sending.send(record(value)))
    expect(written).toEqual(['a', 'b', 'c'])
    expect(came.map(({ producerId, sequence, values }) => [producerId, sequence, ...values])).toEqual([
      [100, 0, 'a'],
      [100, 1, 'b'],
      [100, 1, 'b'],
      [100, 2, 'c'],
    ])
  })

  test('keeps its numbers also where a batch of another partition is lost meanwhile; what was not tried yet has new ones', async () => {
    const { world, came, producer } = await cluster(
      ({ partition, values }) => {
        if (partition === 0) return values.includes('lost') ? ErrorCode.INVALID_RECORD : ErrorCode.NONE
        return came.filter((one) => one.partition === 1).length === 1 ? 'silent' : ErrorCode.NONE
      },
      { leaders: [1, 2], brokerCount: 2 },
    )
    const sending = producer({ lingerMs: 0 })
    const retried = sending.send(record('retried', 1))
    await world.runUntil(() => came.length === 1)
    expect(await world.complete(settled([sending.send(record('lost', 0))]))).toEqual(['INVALID_RECORD'])
    await world.complete(sending.send(record('after', 0)))
    await world.complete(retried)
    await world.complete(sending.send(record('later', 1)))
    expect(came.map(({ partition, producerId, sequence, values }) => [partition, producerId, sequence, ...values])).toEqual([
      [1, 100, 0, 'retried'],
      [0, 100, 0, 'lost'],
      [0, 101, 0, 'after'],
      [1, 100, 0, 'retried'],
      [1, 101, 0, 'later'],
    ])
  })

  test('gives its place to the next when its time is over, whose numbers nobody mistakes for its own', async () => {
    const { world, came, written, producer } = await cluster(({ values }) => (values.includes('lost') ? 'silent' : ErrorCode.NONE))
    const sending = producer({ lingerMs: 0, deliveryTimeoutMs: 2_500 })
    const sends = [sending.send(record('lost'))]
    await world.runUntil(() => came.length === 1)
    await world.run(1_000)
    sends.push(sending.send(record('next')))
    expect(await world.complete(settled(sends))).toEqual(['REQUEST_TIMED_OUT', 'written'])
    expect(came.at(-1)).toMatchObject({ producerId: 101, sequence: 0 })
    expect(written).toEqual(['next'])
  })

  test('is given up after as many further tries as are wanted', async () => {
    const { world, came, producer } = await cluster(() => ErrorCode.NOT_ENOUGH_REPLICAS)
    const sent = producer({ lingerMs: 0, retries: 2 }).send(record('a'))
    await expect(world.complete(sent)).rejects.toMatchObject({ code: 'NOT_ENOUGH_REPLICAS' })
    expect(came.map(({ sequence }) => sequence)).toEqual([0, 0, 0])
  })

  test('fails its own records, and no others', async () => {
    const { world, written, producer } = await cluster(({ values }) => (values.includes('b') ? ErrorCode.INVALID_RECORD : ErrorCode.NONE))
    const sending = producer({ lingerMs: 0 })
    const outcomes = []
    for (const value of ['a', 'b', 'c']) outcomes.push(...(await world.complete(settled([sending.send(record(value))]))))
    expect(outcomes).toEqual(['written', 'INVALID_RECORD', 'written'])
    expect(written).toEqual(['a', 'c'])
  })

  test('is sent in halves where it is too large, in order and without a gap', async () => {
    const { world, came, written, producer } = await cluster(({ values }) => (values.length > 2 ? ErrorCode.MESSAGE_TOO_LARGE : ErrorCode.NONE))
    const sending = producer({ lingerMs: 10 })
    const sends = ['a', 'b', 'c', 'd', 'e', 'f'].map((value) => sending.send(record(value)))
    expect(await world.complete(settled(sends))).toEqual(Array(6).fill('written'))
    await world.complete(sending.send(record('g')))
    expect(written).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    const taken = came.filter(({ values }) => values.length <= 2)
    expect(taken.map(({ sequence, values }) => [sequence, values.length])).toEqual([
      [0, 1],
      [1, 2],
      [3, 1],
      [4, 2],
      [6, 1],
    ])
    expect(new Set(came.map(({ producerId }) => producerId))).toEqual(new Set([100]))
  })

  test('fails where one record alone is too large, and those beside it are written', async () => {
    const { world, written, producer } = await cluster(({ values }) => (values.includes('large') ? ErrorCode.MESSAGE_TOO_LARGE : ErrorCode.NONE))
    const sending = producer({ lingerMs: 10 })
    const sends = ['a', 'large', 'b', 'c'].map((value) => sending.send(record(value)))
    expect(await world.complete(settled(sends))).toEqual(['written', 'MESSAGE_TOO_LARGE', 'written', 'written'])
    expect(written).toEqual(['a', 'b', 'c'])
  })
})
