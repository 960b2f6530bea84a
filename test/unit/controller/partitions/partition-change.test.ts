import { describe, expect, it } from 'vitest'
import { type PartitionChangeOptions, partitionChange } from '../../../../src/controller/partitions/partition-change.ts'
import { recordLevels } from '../../../../src/metadata/features.ts'
import { NO_LEADER, type PartitionImage } from '../../../../src/metadata/image.ts'
import { DIRECTORY, topicId } from '../../metadata/records.ts'
import { summary } from '../cluster.ts'

interface Case {
  readonly what: string
  /** Of three replicas 1, 2, 3, all in sync, 1 leads, unless said otherwise. */
  readonly before?: Partial<PartitionImage>
  readonly targetIsr: readonly number[]
  readonly live: readonly number[]
  readonly change?: Partial<PartitionChangeOptions>
  /** Of the record without its name; null when nothing changes. */
  readonly gives: string | null
}

const cases: readonly Case[] = [
  { what: 'nothing', targetIsr: [1, 2, 3], live: [1, 2, 3], gives: null },
  { what: 'a follower that leaves', targetIsr: [1, 2], live: [1, 2], gives: 'isr=[1,2]' },
  { what: 'a leader that leaves', targetIsr: [2, 3], live: [2, 3], gives: 'isr=[2,3] leader=2' },
  { what: 'a leader that leaves, and the next is not live', targetIsr: [2, 3], live: [3], gives: 'isr=[2,3] leader=3' },
  {
    what: 'an ISR below min.insync.replicas: who left stays eligible',
    targetIsr: [1],
    live: [1],
    change: { minIsr: 2 },
    gives: 'isr=[1] eligibleLeaderReplicas=[2,3]',
  },
  {
    what: 'an ISR that is large enough again: nobody else is eligible',
    before: { isr: [1], eligibleLeaderReplicas: [2, 3] },
    targetIsr: [1, 2],
    live: [1, 2],
    change: { minIsr: 2 },
    gives: 'isr=[1,2] eligibleLeaderReplicas=[]',
  },
  {
    what: 'a reassignment that ends below min.insync.replicas: who is no replica any longer is not eligible, and what it had is deleted',
    before: {
      replicas: [4, 3, 2, 1],
      directories: [DIRECTORY, DIRECTORY, DIRECTORY, DIRECTORY],
      isr: [1],
      eligibleLeaderReplicas: [3],
      addingReplicas: [4],
      removingReplicas: [1],
    },
    targetIsr: [1, 4],
    live: [1, 4],
    change: { minIsr: 2 },
    gives: 'isr=[4] leader=4 replicas=[4,3,2] removingReplicas=[] addingReplicas=[]',
  },
  {
    what: 'a former replica that was taken for eligible, and is added again without what it had',
    before: { replicas: [4, 3, 2], isr: [4], leader: 4, eligibleLeaderReplicas: [1, 3] },
    targetIsr: [4],
    live: [1, 4],
    change: { minIsr: 2, target: { replicas: [2, 1, 3, 4], addingReplicas: [1], removingReplicas: [4] } },
    gives: 'replicas=[2,1,3,4] removingReplicas=[4] addingReplicas=[1] eligibleLeaderReplicas=[3]',
  },
  {
    what: 'the last replica that leaves cleanly, as Kafka writes it',
    before: { replicas: [1], isr: [1] },
    targetIsr: [],
    live: [],
    gives: 'isr=[] leader=-1 eligibleLeaderReplicas=[1] lastKnownElr=[1]',
  },
  {
    what: 'its return, as Kafka writes it',
    before: { replicas: [1], isr: [], leader: NO_LEADER, eligibleLeaderReplicas: [1], lastKnownElr: [1] },
    targetIsr: [],
    live: [1],
    gives: 'isr=[1] leader=1 eligibleLeaderReplicas=[] lastKnownElr=[]',
  },
  {
    what: 'its return without a clean shutdown: first it is not eligible any longer, as Kafka writes it',
    before: { replicas: [1], isr: [], leader: NO_LEADER, eligibleLeaderReplicas: [1], lastKnownElr: [1] },
    targetIsr: [],
    live: [],
    change: { uncleanShutdownReplicas: [1] },
    gives: 'eligibleLeaderReplicas=[]',
  },
  {
    what: 'then it leads as the last known leader, and recovers, as Kafka writes it',
    before: { replicas: [1], isr: [], leader: NO_LEADER, lastKnownElr: [1] },
    targetIsr: [],
    live: [1],
    gives: 'isr=[1] leader=1 leaderRecoveryState=1 lastKnownElr=[]',
  },
  {
    what: 'the last known leader that still recovers',
    before: { replicas: [1], isr: [], leader: NO_LEADER, lastKnownElr: [1], leaderRecoveryState: 'recovering' },
    targetIsr: [],
    live: [1],
    gives: 'isr=[1] leader=1 lastKnownElr=[]',
  },
  {
    what: 'the last replica that stopped uncleanly while it led',
    before: { replicas: [1], isr: [1] },
    targetIsr: [],
    live: [],
    change: { uncleanShutdownReplicas: [1] },
    gives: 'isr=[] leader=-1 lastKnownElr=[1]',
  },
  {
    what: 'nobody in sync, and another replica alone: no leader',
    before: { isr: [1] },
    targetIsr: [],
    live: [2],
    change: { uncleanShutdownReplicas: [1] },
    gives: 'isr=[] leader=-1 lastKnownElr=[1]',
  },
  {
    what: 'nobody in sync, and another replica alone: it leads where unclean elections are allowed',
    before: { isr: [1] },
    targetIsr: [],
    live: [2],
    change: { uncleanShutdownReplicas: [1], election: 'unclean' },
    gives: 'isr=[2] leader=2 leaderRecoveryState=1',
  },
  {
    what: 'without eligible leader replicas the last one stays in the ISR',
    before: { replicas: [1], isr: [1] },
    targetIsr: [],
    live: [],
    change: { isElrEnabled: false },
    gives: 'leader=-1',
  },
  {
    what: 'before metadata.version 3.6 a shrunk ISR is a new leader epoch',
    targetIsr: [1, 2],
    live: [1, 2],
    change: { isElrEnabled: false, levels: recordLevels(10) },
    gives: 'isr=[1,2] leader=1',
  },
]

describe('a change of a partition', () => {
  it.each(cases)('$what', ({ before, targetIsr, live, change, gives }) => {
    const replicas = before?.replicas ?? [1, 2, 3]
    const partition: PartitionImage = {
      replicas,
      directories: replicas.map(() => DIRECTORY),
      isr: replicas,
      removingReplicas: [],
      addingReplicas: [],
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      leader: 1,
      leaderEpoch: 5,
      partitionEpoch: 9,
      leaderRecoveryState: 'recovered',
      ...before,
    }
    const record = partitionChange({
      topicId: topicId(1),
      partitionId: 0,
      partition,
      targetIsr,
      isAcceptableLeader: (id) => live.includes(id),
      election: 'online',
      uncleanShutdownReplicas: [],
      minIsr: 1,
      isElrEnabled: true,
      levels: recordLevels(30),
      ...change,
    })
    expect(record === null ? null : summary([record])[0]).toBe(gives === null ? null : ordered(gives))
  })
})

/** In the order of the record's fields. */
function ordered(gives: string): string {
  const fields = ['isr', 'leader', 'replicas', 'removingReplicas', 'addingReplicas', 'leaderRecoveryState', 'eligibleLeaderReplicas', 'lastKnownElr']
  const parts = gives.split(' ')
  const sorted = fields.flatMap((field) => parts.filter((part) => part.startsWith(`${field}=`)))
  return `PartitionChangeRecord partitionId=0 ${sorted.join(' ')}`
}
