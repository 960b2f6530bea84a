import { describe, expect, it } from 'vitest'
import { balanceLeaders, electUncleanLeaders } from '../../../../src/controller/partitions/balance-leaders.ts'
import { broker, config, partition, topic } from '../../metadata/records.ts'
import { cluster, rules, stateAfter, summary } from '../cluster.ts'

const TOPIC = 2
const brokers = [broker(1), broker(2), broker(3, { fenced: true })]

describe('leadership', () => {
  it('goes back to preferred replicas that are in sync and live, and to no others', () => {
    const state = cluster(
      ...brokers,
      topic('foo', 1),
      partition(1, 0, { replicas: [1, 2], leader: 2 }),
      partition(1, 1, { replicas: [1, 2], isr: [2], leader: 2 }),
      partition(1, 2, { replicas: [3, 2], isr: [3, 2], leader: 2 }),
      partition(1, 3, { replicas: [2, 1] }),
    )
    const { records, reply } = balanceLeaders(state, rules())
    expect(summary(records)).toEqual(['PartitionChangeRecord partitionId=0 leader=1'])
    expect(reply).toEqual({ hasMore: false })
  })

  it('is given back a thousand times at most in one look', () => {
    const partitions = Array.from({ length: 1500 }, (_, index) => partition(1, index, { replicas: [1, 2], leader: 2 }))
    const state = cluster(...brokers, topic('foo', 1), ...partitions)
    const first = balanceLeaders(state, rules())
    expect([first.records.length, first.reply.hasMore]).toEqual([1000, true])
    const second = balanceLeaders(stateAfter(state, first.records), rules())
    expect([second.records.length, second.reply.hasMore]).toEqual([500, false])
  })

  it('without anybody in sync goes to a live replica only where the topic allows it', () => {
    const lost = { replicas: [3, 2], isr: [3], leader: -1 }
    const state = cluster(
      ...brokers,
      topic('foo', 1),
      topic('bar', 2),
      config(TOPIC, 'bar', 'unclean.leader.election.enable', 'true'),
      partition(1, 0, lost),
      partition(2, 0, lost),
    )
    const records = electUncleanLeaders(state, rules()).records
    expect(summary(records)).toEqual(['PartitionChangeRecord partitionId=0 isr=[2] leader=2 leaderRecoveryState=1'])
    expect(stateAfter(state, records).image.topics.byName.get('bar')?.partitions[0]).toMatchObject({ leader: 2, leaderEpoch: 1 })
  })
})
