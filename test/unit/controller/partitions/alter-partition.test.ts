import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { type AlteredPartition, alterPartition } from '../../../../src/controller/partitions/alter-partition.ts'
import { broker, brokerChange, partition, partitionChange, topic, topicId } from '../../metadata/records.ts'
import { cluster, rules, stateAfter, summary } from '../cluster.ts'

const replicas = [1, 2, 3]
const state = cluster(broker(1), broker(2), broker(3), topic('foo', 1), partition(1, 0, { replicas }))
const asked: AlteredPartition = { partition: 0, leaderEpoch: 0, partitionEpoch: 0, isr: isrOf(1), recoveryState: 'recovered' }

function isrOf(...ids: readonly number[]) {
  return ids.map((brokerId) => ({ brokerId, brokerEpoch: -1 }))
}

function alter(change: Partial<AlteredPartition>, from = state, { brokerId = 1, brokerEpoch = 11, times = 1 } = {}) {
  const partitions = Array.from({ length: times }, () => ({ ...asked, ...change }))
  return alterPartition(from, { brokerId, brokerEpoch, topics: [{ topicId: topicId(1), partitions }] }, rules())
}

const codes = (decision: ReturnType<typeof alter>) => decision.reply.topics[0]?.partitions.map(({ errorCode }) => errorCode)

describe('a leader that alters its partition', () => {
  it('takes followers out of the ISR, and is told the epoch that follows', () => {
    const { records, reply } = alter({ isr: isrOf(1, 3) })
    expect(summary(records)).toEqual(['PartitionChangeRecord partitionId=0 isr=[1,3]'])
    expect(reply.topics[0]?.partitions[0]).toMatchObject({ errorCode: 0, state: { isr: [1, 3], leader: 1, leaderEpoch: 0, partitionEpoch: 1 } })
  })

  it('is told what is, when nothing changes', () => {
    const { records, reply } = alter({ isr: isrOf(...replicas) })
    expect(records).toEqual([])
    expect(reply.topics[0]?.partitions[0]).toMatchObject({ errorCode: 0, state: { partitionEpoch: 0 } })
  })

  it('twice in one request is refused the second time: the first has changed the epoch', () => {
    const decision = alter({ isr: isrOf(1, 3) }, state, { times: 2 })
    expect(codes(decision)).toEqual([0, ErrorCode.INVALID_UPDATE_VERSION])
    expect(decision.records).toHaveLength(1)
  })

  it('ends a reassignment with the ISR that it needs; when the leader leaves, it is told of another', () => {
    const from = partition(1, 0, { replicas: [2, 3, 1], isr: [1], removingReplicas: [1], addingReplicas: [2, 3], leader: 1 })
    const moving = cluster(broker(1), broker(2), broker(3), topic('foo', 1), from)
    const decision = alter({ isr: isrOf(1, 2, 3) }, moving)
    expect(summary(decision.records)).toEqual(['PartitionChangeRecord partitionId=0 isr=[2,3] leader=2 replicas=[2,3] removingReplicas=[] addingReplicas=[]'])
    expect(codes(decision)).toEqual([ErrorCode.NEW_LEADER_ELECTED])
  })

  it('that has recovered says so', () => {
    const recovering = stateAfter(state, [partitionChange(1, 0, { isr: [1], leaderRecoveryState: 1 })])
    expect(summary(alter({ partitionEpoch: 1 }, recovering).records)).toEqual(['PartitionChangeRecord partitionId=0 leaderRecoveryState=0'])
    expect(codes(alter({ partitionEpoch: 1, isr: isrOf(1, 2), recoveryState: 'recovering' }, recovering))).toEqual([ErrorCode.INVALID_REQUEST])
  })

  const refusals: readonly [string, keyof typeof ErrorCode, Partial<AlteredPartition>, { readonly brokerId: number; readonly brokerEpoch: number }?][] = [
    ['an unknown partition', 'UNKNOWN_TOPIC_OR_PARTITION', { partition: 7 }],
    ['a leader epoch that is still to come', 'NOT_CONTROLLER', { leaderEpoch: 1 }],
    ['a partition epoch that is still to come', 'NOT_CONTROLLER', { partitionEpoch: 1 }],
    ['a leader epoch that is over', 'FENCED_LEADER_EPOCH', { leaderEpoch: -1 }],
    ['a partition epoch that is over', 'INVALID_UPDATE_VERSION', { partitionEpoch: -1 }],
    ['who does not lead', 'INVALID_REQUEST', {}, { brokerId: 2, brokerEpoch: 12 }],
    ['an empty ISR', 'INVALID_REQUEST', { isr: [] }],
    ['an ISR without the leader', 'INVALID_REQUEST', { isr: isrOf(2) }],
    ['an ISR with a replica twice', 'INVALID_REQUEST', { isr: isrOf(1, 2, 2) }],
    ['an ISR beyond the replicas', 'INVALID_REQUEST', { isr: isrOf(1, 9) }],
    ['a recovery that begins again', 'INVALID_REQUEST', { recoveryState: 'recovering' }],
    ['a recovery state that is none', 'INVALID_REQUEST', { recoveryState: 'unknown' }],
    ['a replica of another incarnation', 'INELIGIBLE_REPLICA', { isr: [...isrOf(1), { brokerId: 2, brokerEpoch: 11 }] }],
  ]
  it.each(refusals)('is refused %s', (_what, code, change, who) => {
    const decision = alter(change, state, who)
    expect(codes(decision)).toEqual([ErrorCode[code]])
    expect(decision.records).toEqual([])
  })

  it.each([
    ['fenced', { fenced: 1 }],
    ['leaving', { inControlledShutdown: 1 }],
  ])('may not count on a broker that is %s', (_how, change) => {
    expect(codes(alter({ isr: isrOf(1, 2) }, stateAfter(state, [brokerChange(2, change)])))).toEqual([ErrorCode.INELIGIBLE_REPLICA])
  })

  it('of another incarnation is refused as a whole', () => {
    expect(alter({}, state, { brokerId: 1, brokerEpoch: 10 }).reply).toMatchObject({ errorCode: ErrorCode.STALE_BROKER_EPOCH, topics: [] })
  })
})
