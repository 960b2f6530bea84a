import { beforeEach, expect, test } from 'vitest'
import { type BatchOptions, buildBatch } from '../../../protocol/records/build-batch.ts'
import { fetchHandler } from '../../../src/handlers/fetch.ts'
import { produceHandler } from '../../../src/handlers/produce.ts'
import { TestBroker, type TestConnection } from '../replication/test-broker.ts'

const PRODUCE_VERSION = 9
const FETCH_VERSION = 12

let broker: TestBroker
let connection: TestConnection

beforeEach(async () => {
  broker = new TestBroker()
  await broker.start()
  connection = broker.connect({ clientId: 'app' })
  await broker.createTopic('t')
})

function batchOf(count: number, options: BatchOptions = {}): Buffer {
  const records = Array.from({ length: count }, () => ({ timestamp: broker.nowMs, key: null, value: Buffer.from('v') }))
  return buildBatch(options, records)
}

async function produce(partitions: readonly { readonly index: number; readonly records: Buffer }[], acks = 1): Promise<void> {
  await connection.call(produceHandler, PRODUCE_VERSION, {
    transactionalId: null,
    acks,
    timeoutMs: 1000,
    topicData: [{ name: 't', partitionData: partitions }],
  })
}

function fetch(fetchOffset: number, limits: { readonly maxWaitMs?: number; readonly minBytes?: number; readonly partitionMaxBytes?: number } = {}) {
  const { maxWaitMs = 0, minBytes = 0, partitionMaxBytes = 1_000_000 } = limits
  const partitions = [{ partition: 0, currentLeaderEpoch: -1, fetchOffset, lastFetchedEpoch: -1, logStartOffset: -1, partitionMaxBytes }]
  const asked = { replicaId: -1, maxWaitMs, minBytes, maxBytes: 1_000_000, isolationLevel: 0, sessionId: 0, sessionEpoch: -1, rackId: '' }
  return connection.call(fetchHandler, FETCH_VERSION, { ...asked, topics: [{ topic: 't', partitions }], forgottenTopicsData: [] })
}

function figures() {
  const nowMs = broker.node.ports.clock.monotonicMs()
  return broker.clients.of('app', nowMs)
}

test('records that a client wrote are counted with their batches and bytes, acknowledged or not', async () => {
  const [first, second] = [batchOf(3), batchOf(4)]
  const bytes = first.length + second.length
  await produce([{ index: 0, records: first }])
  await produce([{ index: 0, records: second }], 0)
  expect(figures()).toMatchObject({ recordsSent: 7, recordErrors: 0, batches: 2, batchBytes: bytes, produceRequests: 2 })
})

test('records that were refused are errors, with the partition or with the whole request', async () => {
  const broken = batchOf(3)
  broken.writeUInt8(broken.readUInt8(broken.length - 1) ^ 1, broken.length - 1)
  await produce([
    { index: 0, records: batchOf(2) },
    { index: 7, records: batchOf(5) },
  ])
  await produce([{ index: 0, records: broken }])
  await produce([{ index: 0, records: batchOf(1, { isTransactional: true, producerId: 5, producerEpoch: 0, baseSequence: 0 }) }])
  expect(figures()).toMatchObject({ recordsSent: 2, recordErrors: 5 + 3 + 1, batches: 1, produceRequests: 3 })
})

test('records that a client was given are counted, and how far behind the end that left it', async () => {
  await produce([{ index: 0, records: batchOf(3) }])
  await produce([{ index: 0, records: batchOf(4) }])
  await fetch(0, { partitionMaxBytes: 1 })
  expect(figures()).toMatchObject({ recordsConsumed: 3, fetchRequests: 1 })
  expect(figures().lag(0)).toBe(4)
  await fetch(3)
  expect(figures()).toMatchObject({ recordsConsumed: 7, fetchRequests: 2 })
})

test('the time for which a fetch waited for records is not that of the fetch', async () => {
  const waiting = fetch(0, { maxWaitMs: 500, minBytes: 1 })
  await broker.world.run(600)
  await waiting
  expect(figures()).toMatchObject({ recordsConsumed: 0, fetchRequests: 1, fetchMs: 0 })
})
