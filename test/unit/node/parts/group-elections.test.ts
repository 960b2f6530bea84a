import { describe, expect, test } from 'vitest'
import type { Uuid } from '../../../../protocol/uuid.ts'
import type { MetadataDelta, TopicDelta } from '../../../../src/metadata/delta.ts'
import { EMPTY_IMAGE, type PartitionImage, type TopicImage } from '../../../../src/metadata/image.ts'
import { GroupElections } from '../../../../src/node/parts/group-elections.ts'

const ID = 'AbCdEfGhIjKlMnOpQrStUg' as Uuid

function topic(name: string, leaders: readonly number[], leaderEpoch = 3): TopicImage {
  const partitions = leaders.map((leader): PartitionImage => {
    return {
      replicas: [1, 2],
      directories: [],
      isr: [1, 2],
      removingReplicas: [],
      addingReplicas: [],
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      leader,
      leaderEpoch,
      partitionEpoch: 0,
      leaderRecoveryState: 'recovered',
    }
  })
  return { name, id: ID, partitions }
}

function delta({ changed = [], deleted = [] }: { changed?: readonly TopicImage[]; deleted?: readonly TopicImage[] }): MetadataDelta {
  const change = (after: TopicImage): TopicDelta => ({ before: null, after, partitions: [...after.partitions.keys()] })
  return {
    before: EMPTY_IMAGE,
    topics: { changed: new Map(changed.map((after) => [after.id, change(after)])), deleted: new Map(deleted.map((before) => [before.id, before])) },
    brokers: new Set(),
    controllers: new Set(),
    configs: new Map(),
    features: new Set(),
    clientQuotas: new Set(),
    acls: new Set(),
    scram: new Set(),
    delegationTokens: new Set(),
    producerIds: false,
  }
}

function watched() {
  const calls: unknown[] = []
  const elections = new GroupElections(1, {
    onElection: (partition, epoch) => void calls.push(['elected', partition, epoch]),
    onResignation: (partition, epoch) => void calls.push(['resigned', partition, epoch]),
    onTopicsDeleted: (topics) => void calls.push(['deleted', topics.map(({ name }) => name)]),
  })
  return { calls, elections }
}

describe('GroupElections', () => {
  test('the coordinator learns of the partitions of __consumer_offsets that this node leads', () => {
    const { calls, elections } = watched()
    elections.onUpdate(delta({ changed: [topic('__consumer_offsets', [1, 2, 1])] }))
    expect(calls).toEqual([
      ['elected', 0, 3],
      ['elected', 2, 3],
    ])
    expect([...elections.led]).toEqual([0, 2])
  })

  test('other topics are none of its business, but their deletion is', () => {
    const { calls, elections } = watched()
    elections.onUpdate(delta({ changed: [topic('orders', [1])] }))
    elections.onUpdate(delta({ deleted: [topic('orders', [1])] }))
    expect(calls).toEqual([['deleted', ['orders']]])
  })

  test('a partition that another node leads now, or that is deleted, is given up', () => {
    const { calls, elections } = watched()
    elections.onUpdate(delta({ changed: [topic('__consumer_offsets', [1, 1])] }))
    elections.onUpdate(delta({ changed: [topic('__consumer_offsets', [2, 1], 4)] }))
    elections.onUpdate(delta({ deleted: [topic('__consumer_offsets', [2, 1])] }))
    expect(calls.slice(2)).toEqual([
      ['resigned', 0, 4],
      ['elected', 1, 4],
      ['resigned', 1, null],
      ['deleted', ['__consumer_offsets']],
    ])
    expect(elections.led.size).toBe(0)
  })
})
