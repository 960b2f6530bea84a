import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { unregisterBroker } from '../../../src/controller/cluster/unregister-broker.ts'
import { electLeaders } from '../../../src/controller/partitions/elect-leaders.ts'
import { reassignPartitions } from '../../../src/controller/partitions/reassign-partitions.ts'
import { broker, brokerChange, config, partition, topic } from '../metadata/records.ts'
import { cluster, rules, stateAfter, summary } from './cluster.ts'

const state = cluster(broker(1), broker(2), broker(3), topic('foo', 1), partition(1, 0, { replicas: [1, 2] }), partition(1, 1, { replicas: [2, 3], leader: 3 }))
const change = (partitionId: number, fields: string) => [`PartitionChangeRecord partitionId=${partitionId} ${fields}`]
const none = { errorCode: ErrorCode.NONE, errorMessage: null }

describe('electing leaders', () => {
  const elect = (from: typeof state, type: 'preferred' | 'unclean', partition: number, name = 'foo') =>
    electLeaders(from, { type, topics: [{ topic: name, partitions: [partition] }] }, rules())

  it('makes the preferred replica lead where another does', () => {
    const { records, reply } = elect(state, 'preferred', 1)
    expect(summary(records)).toEqual(change(1, 'leader=2'))
    expect(reply).toEqual({ ...none, topics: [{ topic: 'foo', partitions: [{ partition: 1, ...none }] }] })
    expect(stateAfter(state, records).image.topics.byName.get('foo')?.partitions[1]).toMatchObject({ leader: 2, leaderEpoch: 1 })
  })

  it('leaves the leader where the preferred replica is away or not in sync', () => {
    const away = stateAfter(state, [brokerChange(2, { fenced: 1 })])
    const behind = cluster(broker(1), broker(2), topic('foo', 1), partition(1, 0, { replicas: [2, 1], isr: [1], leader: 1 }))
    for (const { records, reply } of [elect(away, 'preferred', 1), elect(behind, 'preferred', 0)]) {
      expect(records).toEqual([])
      expect(reply.topics[0]?.partitions[0]?.errorCode).toBe(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE)
    }
  })

  it('takes any live replica where nobody leads, and only there', () => {
    const leaderless = cluster(broker(1), broker(2), topic('foo', 1), partition(1, 0, { replicas: [1, 2], isr: [1], leader: -1 }))
    const lost = stateAfter(leaderless, [brokerChange(1, { fenced: 1 })])
    expect(summary(elect(lost, 'unclean', 0).records)).toEqual(change(0, 'isr=[2] leader=2 leaderRecoveryState=1'))
    expect(elect(state, 'unclean', 0).reply.topics[0]?.partitions[0]?.errorCode).toBe(ErrorCode.ELECTION_NOT_NEEDED)
    const nobody = stateAfter(lost, [brokerChange(2, { fenced: 1 })])
    expect(elect(nobody, 'unclean', 0).reply.topics[0]?.partitions[0]?.errorCode).not.toBe(ErrorCode.NONE)
  })

  it('names, of all partitions, those that it changed or could not', () => {
    const { records, reply } = electLeaders(state, { type: 'preferred', topics: null }, rules())
    expect(summary(records)).toEqual(change(1, 'leader=2'))
    expect(reply.topics).toEqual([{ topic: 'foo', partitions: [{ partition: 1, ...none }] }])
  })

  it('says which topics and partitions are not there', () => {
    const errors = [elect(state, 'preferred', 9), elect(state, 'preferred', 0, 'bar')].map(({ reply }) => reply.topics[0]?.partitions[0]?.errorMessage)
    expect(errors).toEqual(['No such partition as foo-9', 'No such topic as bar'])
  })

  it('refuses a request that would write too much, as a whole', () => {
    const partitions = Array.from({ length: 10_001 }, () => 1)
    const { records, reply } = electLeaders(state, { type: 'preferred', topics: [{ topic: 'foo', partitions }] }, rules())
    expect(records).toEqual([])
    expect(reply).toMatchObject({ errorCode: ErrorCode.POLICY_VIOLATION, topics: [] })
  })
})

describe('reassigning partitions', () => {
  const reassign = (from: typeof state, partition: number, replicas: readonly number[] | null) => {
    const topics = [{ topic: 'foo', partitions: [{ partition, replicas }] }]
    const { records, reply } = reassignPartitions(from, { allowReplicationFactorChange: true, topics }, rules())
    return { records, answer: reply[0]?.partitions[0] }
  }
  const moved = (partition: number, replicas: readonly number[]) => stateAfter(state, reassign(state, partition, replicas).records)

  it('notes who comes and who goes, and the leader stays', () => {
    expect(summary(reassign(state, 0, [1, 3]).records)).toEqual(change(0, 'replicas=[1,3,2] removingReplicas=[2] addingReplicas=[3]'))
    expect(moved(0, [1, 3]).image.topics.byName.get('foo')?.partitions[0]).toMatchObject({ replicas: [1, 3, 2], leader: 1, leaderEpoch: 0, partitionEpoch: 1 })
  })

  it('is complete at once, in a new epoch of the leader, when nobody has to come', () => {
    expect(summary(reassign(state, 0, [2]).records)).toEqual(change(0, 'isr=[2] leader=2 replicas=[2]'))
    expect(summary(reassign(state, 0, [1]).records)).toEqual(change(0, 'isr=[1] leader=1 replicas=[1]'))
    expect(summary(reassign(state, 0, [2, 1]).records)).toEqual(change(0, 'replicas=[2,1]'))
  })

  it('changes nothing where the partition is there already', () => {
    expect(reassign(state, 0, [1, 2])).toEqual({ records: [], answer: { partition: 0, ...none } })
  })

  it('is taken back while it is under way', () => {
    const { records, answer } = reassign(moved(0, [3, 2]), 0, null)
    expect(answer).toEqual({ partition: 0, ...none })
    expect(stateAfter(moved(0, [3, 2]), records).image.topics.byName.get('foo')?.partitions[0]).toMatchObject({
      replicas: [2, 1],
      isr: [1, 2],
      removingReplicas: [],
      addingReplicas: [],
      leader: 1,
    })
  })

  it('is not taken back where only who comes is in sync, unless unclean elections are allowed', () => {
    const moving = { replicas: [3, 1], isr: [3], leader: 3, addingReplicas: [3], removingReplicas: [1] }
    const from = cluster(broker(1), broker(3), topic('foo', 1), partition(1, 0, moving))
    expect(reassign(from, 0, null).answer).toMatchObject({
      errorCode: ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      errorMessage: 'Unable to revert partition assignment for foo:0 because it would require an unclean leader election.',
    })
    const allowed = stateAfter(from, [config(2, 'foo', 'unclean.leader.election.enable', 'true')])
    expect(summary(reassign(allowed, 0, null).records)).toEqual(change(0, 'isr=[1] leader=1 replicas=[1] removingReplicas=[] addingReplicas=[]'))
  })

  it('keeps the replication factor where it is told to', () => {
    const options = { allowReplicationFactorChange: false }
    const asked = (replicas: readonly number[]) =>
      reassignPartitions(state, { ...options, topics: [{ topic: 'foo', partitions: [{ partition: 0, replicas }] }] }, rules()).reply[0]?.partitions[0]
    expect(asked([3, 1])?.errorCode).toBe(ErrorCode.NONE)
    expect(asked([1])).toMatchObject({ errorCode: ErrorCode.INVALID_REPLICATION_FACTOR, errorMessage: 'The replication factor is changed from 2 to 1' })
  })

  it.each([
    ['unknown brokers', 0, [9], 'INVALID_REPLICA_ASSIGNMENT', 'The manual partition assignment includes broker 9, but no such broker is registered.'],
    ['a broker twice', 0, [1, 1], 'INVALID_REPLICA_ASSIGNMENT', 'The manual partition assignment includes the broker 1 more than once.'],
    ['no brokers', 0, [], 'INVALID_REPLICA_ASSIGNMENT', 'The manual partition assignment includes an empty replica list.'],
    ['a partition that is not there', 9, [1], 'UNKNOWN_TOPIC_OR_PARTITION', 'Unable to find partition foo:9.'],
    ['the end of nothing', 0, null, 'NO_REASSIGNMENT_IN_PROGRESS', null],
  ] as const)('refuses %s', (_, partition, replicas, code, errorMessage) => {
    expect(reassign(state, partition, replicas)).toEqual({ records: [], answer: { partition, errorCode: ErrorCode[code], errorMessage } })
  })

  it('decides on each partition by itself, up to the bound of a request', () => {
    const partitions = Array.from({ length: 10_001 }, () => ({ partition: 0, replicas: [2, 1] }))
    const { records, reply } = reassignPartitions(state, { allowReplicationFactorChange: true, topics: [{ topic: 'foo', partitions }] }, rules())
    expect(records).toHaveLength(10_000)
    expect(reply[0]?.partitions.map(({ errorCode }) => errorCode).filter((code) => code !== ErrorCode.NONE)).toEqual([ErrorCode.UNKNOWN_SERVER_ERROR])
  })
})

describe('unregistering a broker', () => {
  it('takes what it leads and holds in sync from it, then forgets it', () => {
    const { records, reply } = unregisterBroker(state, 3, rules())
    expect(reply).toEqual(none)
    expect(summary(records)).toEqual([...change(1, 'isr=[2] leader=2'), 'UnregisterBrokerRecord brokerId=3'])
    expect(stateAfter(state, records).image.cluster.brokers.has(3)).toBe(false)
  })

  it('leaves partitions of the only broker without a leader', () => {
    const alone = cluster(broker(1), topic('foo', 1), partition(1, 0))
    expect(summary(unregisterBroker(alone, 1, rules()).records)).toEqual([
      ...change(0, 'isr=[] leader=-1 eligibleLeaderReplicas=[1] lastKnownElr=[1]'),
      'UnregisterBrokerRecord brokerId=1',
    ])
  })

  it('says that a broker is not registered', () => {
    expect(unregisterBroker(state, 7, rules())).toEqual({
      records: [],
      reply: { errorCode: ErrorCode.BROKER_ID_NOT_REGISTERED, errorMessage: 'Broker ID 7 is not currently registered' },
    })
  })
})
