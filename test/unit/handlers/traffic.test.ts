import { beforeEach, expect, test } from 'vitest'
import { type BatchOptions, buildBatch } from '../../../protocol/records/build-batch.ts'
import { fetchHandler } from '../../../src/handlers/fetch.ts'
import { produceHandler } from '../../../src/handlers/produce.ts'
import { noTopicTraffic, noTraffic } from '../../../src/telemetry/traffic.ts'
import { TestBroker, type TestConnection } from '../replication/test-broker.ts'

const PRODUCE_VERSION = 9
const FETCH_VERSION = 12

let broker: TestBroker
let connection: TestConnection

beforeEach(async () => {
  broker = new TestBroker()
  await broker.start()
  connection = broker.connect()
  await broker.createTopic('t')
})

function batchOf(count: number, options: BatchOptions = {}): Buffer {
  const records = Array.from({ length: count }, () => ({ timestamp: broker.nowMs, key: null, value: Buffer.from('v') }))
  return buildBatch(options, records)
}

async function produce(records: Buffer, acks = 1): Promise<void> {
  const topicData = [{ name: 't', partitionData: [{ index: 0, records }] }]
  await connection.call(produceHandler, PRODUCE_VERSION, { transactionalId: null, acks, timeoutMs: 1000, topicData })
}

async function fetch(fetchOffset: number, replicaId = -1): Promise<void> {
  const partitions = [{ partition: 0, currentLeaderEpoch: -1, fetchOffset, lastFetchedEpoch: -1, logStartOffset: -1, partitionMaxBytes: 1_000_000 }]
  const limits = { maxWaitMs: 0, minBytes: 0, maxBytes: 1_000_000, isolationLevel: 0, sessionId: 0, sessionEpoch: -1, rackId: '' }
  await connection.call(fetchHandler, FETCH_VERSION, { ...limits, replicaId, topics: [{ topic: 't', partitions }], forgottenTopicsData: [] })
}

test('records that were written are counted, whether they are acknowledged or not', async () => {
  const [first, second] = [batchOf(3), batchOf(4)]
  const bytes = first.length + second.length
  await produce(first)
  await produce(second, 0)
  const written = { messagesIn: 7, bytesIn: bytes, produceRequests: 2, failedProduceRequests: 0 }
  expect(broker.traffic).toEqual({ ...noTraffic(), ...written })
  expect(broker.replicas.trafficOf('t')).toEqual({ ...noTopicTraffic(), ...written })
})

test('a batch that is refused is not counted, nor one that came before', async () => {
  const broken = batchOf(3)
  broken.writeUInt8(broken.readUInt8(broken.length - 1) ^ 1, broken.length - 1)
  await produce(broken)
  expect(broker.traffic).toMatchObject({ messagesIn: 0, produceRequests: 1, failedProduceRequests: 1 })
  const numbered = { producerId: 5, producerEpoch: 0, baseSequence: 0 }
  await produce(batchOf(2, numbered))
  await produce(batchOf(2, numbered))
  expect(broker.traffic.messagesIn).toBe(2)
})

test('records sent to consumers are counted each time they are sent, whole batches', async () => {
  await produce(batchOf(3))
  await produce(batchOf(2))
  await fetch(0)
  await fetch(4)
  await fetch(5)
  expect(broker.traffic.messagesOut).toBe(5 + 2)
  expect(broker.traffic.bytesOut).toBeGreaterThan(broker.traffic.bytesIn)
  expect(broker.traffic).toMatchObject({ fetchRequests: 3, failedFetchRequests: 0, replicationBytesOut: 0 })
})

test('a fetch that is answered with an error is a failed one', async () => {
  await fetch(99)
  expect(broker.traffic).toMatchObject({ fetchRequests: 1, failedFetchRequests: 1, bytesOut: 0 })
})
