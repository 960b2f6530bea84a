import { beforeEach, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { describeProducersHandler } from '../../../src/handlers/describe-producers.ts'
import { TestBroker, type TestConnection } from '../replication/test-broker.ts'

let broker: TestBroker
let connection: TestConnection

beforeEach(async () => {
  broker = new TestBroker()
  await broker.start()
  connection = broker.connect()
})

async function describeProducers(...topics: readonly { name: string; partitionIndexes: readonly number[] }[]) {
  const answer = await broker.world.complete(Promise.resolve(connection.call(describeProducersHandler, 0, { topics })))
  return answer?.topics.map(({ name, partitions }) => ({ name, partitions }))
}

function append(topic: string, producer: { readonly producerEpoch: number; readonly baseSequence: number; readonly isTransactional?: boolean }): void {
  const batch = buildBatch({ producerId: 7, ...producer }, [{ timestamp: 100, key: null, value: Buffer.from('v') }])
  broker.replicas.partition(topic, 0)?.appendAsLeader(batch, { origin: 'client', nowMs: broker.nowMs, requiredAcks: 1 })
}

it('tells what the leader remembers of each producer', async () => {
  await broker.createTopic('t')
  expect(await describeProducers({ name: 't', partitionIndexes: [0] })).toEqual([
    { name: 't', partitions: [{ partitionIndex: 0, errorCode: 0, errorMessage: null, activeProducers: [] }] },
  ])
  append('t', { producerEpoch: 3, baseSequence: 0 })
  append('t', { producerEpoch: 3, baseSequence: 1, isTransactional: true })
  const [described] = (await describeProducers({ name: 't', partitionIndexes: [0] })) ?? []
  expect(described?.partitions[0]?.activeProducers).toEqual([
    { producerId: 7, producerEpoch: 3, lastSequence: 1, lastTimestamp: 100, coordinatorEpoch: -1, currentTxnStartOffset: 1 },
  ])
})

it('says of each partition why it cannot tell', async () => {
  await broker.createTopic('t')
  const described = await describeProducers(
    { name: 't', partitionIndexes: [1] },
    { name: 'absent', partitionIndexes: [0] },
    { name: 'not a name', partitionIndexes: [0, 1] },
  )
  const { UNKNOWN_TOPIC_OR_PARTITION, INVALID_TOPIC_EXCEPTION } = ErrorCode
  expect(described?.map(({ partitions }) => partitions.map(({ errorCode }) => errorCode))).toEqual([
    [UNKNOWN_TOPIC_OR_PARTITION],
    [UNKNOWN_TOPIC_OR_PARTITION],
    [INVALID_TOPIC_EXCEPTION, INVALID_TOPIC_EXCEPTION],
  ])
})
