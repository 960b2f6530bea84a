import { beforeEach, describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import type { Partition } from '../../../../src/replication/partition.ts'
import { TestBroker } from '../test-broker.ts'

/** Kafka's replica.lag.time.max.ms. */
const LAG_MS = 30_000

let broker: TestBroker

beforeEach(async () => {
  broker = new TestBroker()
  await broker.start()
})

function partition(): Partition {
  return broker.replicas.partition('t', 0) as Partition
}

function append(count: number): void {
  const records = Array.from({ length: count }, () => ({ timestamp: broker.nowMs, key: null, value: Buffer.alloc(1) }))
  expect(partition().appendAsLeader(buildBatch({}, records), { origin: 'client', nowMs: broker.nowMs, requiredAcks: 1 }).kind).toBe('appended')
}

/** Node 2, whose registration has epoch 1, asks for what is behind `fetchOffset`. */
function fetched(fetchOffset: number, brokerEpoch = 1): void {
  const nowMs = broker.node.ports.clock.monotonicMs()
  partition().followerFetched({ replicaId: 2, brokerEpoch, fetchOffset, logStartOffset: 0, leaderEndOffset: partition().logEndOffset, nowMs })
}

/** Lets answers of the controller arrive. */
const answered = () => broker.world.run(1)

describe('a follower that is not in sync', () => {
  beforeEach(async () => {
    await broker.createTopic('t', { replicas: [1, 2], isr: [1], leaderEpoch: 4 })
    append(3)
  })

  it('joins the in-sync replicas when it has all that is committed', async () => {
    fetched(2)
    expect(broker.controller.asked).toEqual([])
    fetched(3)
    expect(broker.controller.take()).toMatchObject({
      brokerId: 1,
      topics: [
        {
          topicId: broker.topicId('t'),
          partitions: [
            {
              partition: 0,
              leaderEpoch: 4,
              partitionEpoch: 0,
              recoveryState: 'recovered',
              isr: [
                { brokerId: 1, brokerEpoch: 1 },
                { brokerId: 2, brokerEpoch: 1 },
              ],
            },
          ],
        },
      ],
    })
    await answered()
    expect(partition()).toMatchObject({ isr: [1, 2], partitionEpoch: 1 })
  })

  it('counts for the high watermark from the time the controller is asked', async () => {
    fetched(3)
    append(2)
    await broker.world.run(LAG_MS + 1)
    expect(partition()).toMatchObject({ isr: [1], highWatermark: 3, logEndOffset: 5 })
    broker.controller.answer(() => ({ errorCode: ErrorCode.INELIGIBLE_REPLICA, state: null }))
    await answered()
    append(1)
    expect(partition().highWatermark).toBe(6)
  })

  it('holds up nothing for longer than the lag that is allowed, where a producer only repeats what it sent', async () => {
    fetched(3)
    broker.controller.answer(() => ({ errorCode: ErrorCode.INELIGIBLE_REPLICA, state: null }))
    await answered()
    const batch = () => buildBatch({ producerId: 7, producerEpoch: 0, baseSequence: 0 }, [{ timestamp: broker.nowMs, value: Buffer.alloc(1) }])
    const send = () => partition().appendAsLeader(batch(), { origin: 'client', nowMs: broker.nowMs, requiredAcks: -1 })
    send()
    await broker.world.run(LAG_MS + 1)
    expect(partition()).toMatchObject({ highWatermark: 3, logEndOffset: 4 })
    expect(send()).toMatchObject({ kind: 'appended', duplicate: true })
    expect(partition().highWatermark).toBe(4)
  })

  it('is not proposed while its broker is fenced, shuts down or is another incarnation', async () => {
    await broker.changeBroker(2, { fenced: true })
    fetched(3)
    await broker.changeBroker(2, { fenced: false, inControlledShutdown: true })
    fetched(3)
    await broker.changeBroker(2, { inControlledShutdown: false, epoch: 9 })
    fetched(3)
    expect(broker.controller.asked).toEqual([])
    fetched(3, 9)
    expect(broker.controller.asked).toHaveLength(1)
  })

  it('is proposed again after the controller did not take it, at its next fetch', async () => {
    for (const errorCode of [ErrorCode.INELIGIBLE_REPLICA, ErrorCode.OPERATION_NOT_ATTEMPTED]) {
      fetched(3)
      broker.controller.answer(() => ({ errorCode, state: null }))
      await answered()
    }
    fetched(3)
    broker.controller.take()
    await answered()
    expect(partition().isr).toEqual([1, 2])
  })

  it('stays proposed where the controller cannot say whether it was taken, until the metadata tells', async () => {
    for (const errorCode of [ErrorCode.FENCED_LEADER_EPOCH, ErrorCode.INVALID_UPDATE_VERSION, ErrorCode.NEW_LEADER_ELECTED, ErrorCode.UNKNOWN_TOPIC_ID]) {
      fetched(3)
      broker.controller.answer(() => ({ errorCode, state: null }))
      await answered()
      fetched(3)
      expect(broker.controller.asked).toEqual([])
      await broker.changePartition('t', 0, { partitionEpoch: partition().partitionEpoch + 1 })
    }
    fetched(3)
    expect(broker.controller.asked).toHaveLength(1)
  })

  it('is asked for again while the controller is not reached, or answers that it is none', async () => {
    fetched(3)
    broker.controller.answer(() => ({ errorCode: ErrorCode.NOT_CONTROLLER, state: null }))
    await broker.world.run(100)
    broker.controller.take()
    await answered()
    expect(partition().isr).toEqual([1, 2])
  })
})

describe('the metadata', () => {
  it('overtakes a pending change: its answer comes too late', async () => {
    await broker.createTopic('t', { replicas: [1, 2, 3], isr: [1] })
    fetched(0)
    await broker.changePartition('t', 0, { isr: [1, 3], partitionEpoch: 5 })
    broker.controller.answer(() => ({ errorCode: 0, state: { leaderEpoch: 0, partitionEpoch: 4, isr: [1, 2] } }))
    await answered()
    expect(partition()).toMatchObject({ isr: [1, 3], partitionEpoch: 5 })
  })

  it('that is older than what the controller answered changes nothing', async () => {
    await broker.createTopic('t', { replicas: [1, 2], isr: [1] })
    fetched(0)
    broker.controller.take()
    await answered()
    await broker.changePartition('t', 0, { isr: [1], partitionEpoch: 0 })
    expect(partition()).toMatchObject({ isr: [1, 2], partitionEpoch: 1 })
  })
})

describe('an in-sync follower', () => {
  beforeEach(() => broker.createTopic('t', { replicas: [1, 2] }))

  it('is dropped when it has been behind for too long', async () => {
    append(2)
    fetched(1)
    await broker.world.run(LAG_MS)
    expect(partition().highWatermark).toBe(1)
    await broker.world.run(LAG_MS / 2 + 10)
    expect(broker.controller.take().topics[0]?.partitions[0]?.isr).toEqual([{ brokerId: 1, brokerEpoch: 1 }])
    expect(partition().highWatermark).toBe(1)
    await answered()
    expect(partition()).toMatchObject({ isr: [1], highWatermark: 2 })
  })

  it('stays while it reaches what the log end was at its fetch before', async () => {
    append(1)
    for (let step = 0; step < 10; step++) {
      fetched(partition().logEndOffset - 1)
      append(1)
      await broker.world.run(LAG_MS / 2)
    }
    expect(broker.controller.asked).toEqual([])
  })

  it('has its time again when another leader epoch of this node begins, and what it had it still has', async () => {
    append(3)
    fetched(3)
    await broker.world.run(LAG_MS - 1)
    await broker.changePartition('t', 0, { leaderEpoch: 1, partitionEpoch: 1 })
    expect(partition().highWatermark).toBe(3)
    append(1)
    await broker.world.run(LAG_MS - 1)
    expect(broker.controller.asked).toEqual([])
  })

  it('holds up nothing any more when it leaves because its broker is fenced', async () => {
    fetched(partition().logEndOffset)
    append(2)
    expect(partition().highWatermark).toBe(partition().logEndOffset - 2)
    await broker.fence(2, 't', 0, { isr: [1], partitionEpoch: 1 })
    expect(partition().highWatermark).toBe(partition().logEndOffset)
  })

  it('is watched no longer than this node leads', async () => {
    append(1)
    await broker.changePartition('t', 0, { leader: 2, leaderEpoch: 1, partitionEpoch: 1 })
    await broker.world.run(2 * LAG_MS)
    expect(broker.controller.asked).toEqual([])
  })
})

describe('changes of several partitions', () => {
  it('go in one request, one request at a time', async () => {
    await broker.createTopic('t', { replicas: [1, 2], partitionCount: 3 })
    for (const { index } of broker.replicas.partitions) {
      const records = [{ timestamp: broker.nowMs, key: null, value: null }]
      broker.replicas.partition('t', index)?.appendAsLeader(buildBatch({}, records), { origin: 'client', nowMs: broker.nowMs, requiredAcks: 1 })
    }
    await broker.world.run(2 * LAG_MS)
    expect(broker.controller.asked).toHaveLength(1)
    expect(broker.controller.take().topics[0]?.partitions).toHaveLength(1)
    await answered()
    expect(broker.controller.take().topics[0]?.partitions).toHaveLength(2)
    await answered()
    expect(broker.controller.asked).toEqual([])
  })
})

describe('who is in sync is logged', () => {
  const logged = () => broker.lines.filter(({ message }) => message.includes('sync')).map(({ message, fields }) => [message, fields.isr])

  it('once where the controller changes it by itself', async () => {
    await broker.createTopic('t', { replicas: [1, 2, 3], isr: [1, 2, 3] })
    await broker.changePartition('t', 0, { isr: [1, 3], partitionEpoch: 1 })
    await broker.changePartition('t', 0, { isr: [3, 1], partitionEpoch: 2 })
    expect(logged()).toEqual([['in-sync replicas changed', [1, 3]]])
  })

  it('once where the leader asked for it', async () => {
    await broker.createTopic('t', { replicas: [1, 2], isr: [1] })
    fetched(0)
    broker.controller.take()
    await answered()
    await broker.changePartition('t', 0, { isr: [1, 2], partitionEpoch: 1 })
    expect(logged()).toEqual([
      ['a partition is led from here with replicas out of sync', [1]],
      ['in-sync replicas changed', [1, 2]],
    ])
  })
})
