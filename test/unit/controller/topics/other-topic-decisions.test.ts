import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { allocateProducerIds } from '../../../../src/controller/cluster/producer-ids.ts'
import type { PartitionsToCreate } from '../../../../src/controller/controller.ts'
import { createPartitions } from '../../../../src/controller/topics/create-partitions.ts'
import { createTopics } from '../../../../src/controller/topics/create-topics.ts'
import { deleteTopics } from '../../../../src/controller/topics/delete-topics.ts'
import { broker, brokerChange, partition, topic, topicId } from '../../metadata/records.ts'
import { cluster, rules, stateAfter, summary } from '../cluster.ts'

const state = cluster(broker(1), broker(2), broker(3), topic('foo', 1), partition(1, 0, { replicas: [1, 2] }), partition(1, 1, { replicas: [2, 3] }))

describe('deleting topics', () => {
  it('removes those that are there and says which are not', () => {
    const { records, reply } = deleteTopics(state, [topicId(1), topicId(9)])
    expect(reply).toEqual([
      { id: topicId(1), name: 'foo', errorCode: ErrorCode.NONE, errorMessage: null },
      { id: topicId(9), name: null, errorCode: ErrorCode.UNKNOWN_TOPIC_ID, errorMessage: null },
    ])
    expect(records).toEqual([{ type: 'RemoveTopicRecord', version: 0, data: { topicId: topicId(1) } }])
  })

  it('makes room for a topic whose name collided', () => {
    const before = stateAfter(state, [topic('a.b', 2), partition(2, 0)])
    const colliding = { topics: [{ name: 'a_b', partitionCount: -1, replicationFactor: -1, assignments: [], configs: [] }], validateOnly: true }
    expect(createTopics(before, colliding, rules()).reply[0]?.errorCode).toBe(ErrorCode.INVALID_TOPIC_EXCEPTION)
    const deleted = stateAfter(before, deleteTopics(before, [topicId(2)]).records)
    expect(createTopics(deleted, colliding, rules()).reply[0]?.errorCode).toBe(ErrorCode.NONE)
  })
})

describe('adding partitions', () => {
  const ask = (change: Partial<PartitionsToCreate>, from = state, validateOnly = false) =>
    createPartitions(from, [{ topic: 'foo', totalCount: 3, assignments: null, ...change }], { validateOnly }, rules())

  it('places as many replicas as the first partition has', () => {
    const { records, reply } = ask({ totalCount: 4 })
    expect(reply).toEqual([{ topic: 'foo', errorCode: 0, errorMessage: null }])
    expect(records.map((record) => record.type === 'PartitionRecord' && [record.data.partitionId, record.data.replicas.length])).toEqual([
      [2, 2],
      [3, 2],
    ])
  })

  it('takes the assignments given', () => {
    expect(ask({ assignments: [[3, 1]] }).records).toMatchObject([{ data: { partitionId: 2, replicas: [3, 1], isr: [3, 1], leader: 3 } }])
  })

  it('only validates when asked to', () => {
    expect(ask({}, state, true)).toEqual({ records: [], reply: [{ topic: 'foo', errorCode: 0, errorMessage: null }] })
  })

  const fenced = stateAfter(
    state,
    [1, 2, 3].map((id) => brokerChange(id, { fenced: 1 })),
  )
  const cases: readonly [string, Partial<PartitionsToCreate>, keyof typeof ErrorCode, string | null, typeof state?][] = [
    ['to an unknown topic', { topic: 'bar' }, 'UNKNOWN_TOPIC_OR_PARTITION', null],
    ['up to as many as there are', { totalCount: 2 }, 'INVALID_PARTITIONS', 'Topic already has 2 partition(s).'],
    ['up to fewer than there are', { totalCount: 1 }, 'INVALID_PARTITIONS', 'The topic foo currently has 2 partition(s); 1 would not be an increase.'],
    [
      'with too few assignments',
      { totalCount: 4, assignments: [[1, 2]] },
      'INVALID_REPLICA_ASSIGNMENT',
      'Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.',
    ],
    [
      'with another number of replicas',
      { assignments: [[1]] },
      'INVALID_REPLICA_ASSIGNMENT',
      'The manual partition assignment includes a partition with 1 replica(s), but this is not consistent with previous partitions, which have 2 replica(s).',
    ],
    [
      'on fenced brokers',
      { assignments: [[1, 2]] },
      'INVALID_REPLICA_ASSIGNMENT',
      'All brokers specified in the manual partition assignment for partition 2 are fenced or in controlled shutdown.',
      fenced,
    ],
    ['while all are fenced', {}, 'INVALID_REPLICATION_FACTOR', 'All brokers are currently fenced, or have all their log directories cordoned.', fenced],
    ['by more than 10,000', { totalCount: 20_000 }, 'UNKNOWN_SERVER_ERROR', null],
  ]
  it.each(cases)('is refused %s', (_what, change, code, message, from = state) => {
    expect(ask(change, from)).toEqual({ records: [], reply: [{ topic: change.topic ?? 'foo', errorCode: ErrorCode[code], errorMessage: message }] })
  })
})

describe('producer ids', () => {
  it('are given in blocks that never overlap', () => {
    const first = allocateProducerIds(state, 1, 11)
    const second = allocateProducerIds(stateAfter(state, first.records), 2, 12)
    expect(first.reply.block).toEqual({ firstProducerId: 0, count: 1000 })
    expect(second.reply.block).toEqual({ firstProducerId: 1000, count: 1000 })
    expect(summary(second.records)).toEqual(['ProducerIdsRecord brokerId=2 nextProducerId=2000'])
  })

  it('are not given to an older incarnation of a broker', () => {
    expect(allocateProducerIds(state, 1, 10)).toMatchObject({
      records: [],
      reply: { errorCode: ErrorCode.STALE_BROKER_EPOCH, errorMessage: 'Expected broker epoch 11, but got broker epoch 10', block: null },
    })
    expect(allocateProducerIds(state, 7, 10).reply.errorMessage).toBe('No broker registration found for broker id 7')
  })
})
