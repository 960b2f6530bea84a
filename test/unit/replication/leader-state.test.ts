import { describe, expect, it } from 'vitest'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import type { PartitionImage } from '../../../src/metadata/image.ts'
import { LeaderState } from '../../../src/replication/leader-state.ts'

function registration(change: Partial<PartitionImage> = {}): PartitionImage {
  return {
    replicas: [1, 2, 3],
    directories: [ZERO_UUID, ZERO_UUID, ZERO_UUID],
    isr: [1, 2, 3],
    removingReplicas: [],
    addingReplicas: [],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    leader: 1,
    leaderEpoch: 4,
    partitionEpoch: 9,
    leaderRecoveryState: 'recovered',
    ...change,
  }
}

const NOW_MS = 1_000_000
const LAG_MS = 30_000

function committed(state: LeaderState, logEndOffset: number, options: { minInsyncReplicas?: number; nowMs?: number } = {}): number | null {
  return state.committedOffset({
    logEndOffset,
    minInsyncReplicas: options.minInsyncReplicas ?? 1,
    nowMs: options.nowMs ?? NOW_MS,
    lagTimeMaxMs: LAG_MS,
    isEligible: () => true,
  })
}

function fetched(state: LeaderState, replicaId: number, fetchOffset: number, leaderEndOffset: number, nowMs = NOW_MS): void {
  state.followerFetched({ replicaId, brokerEpoch: -1, fetchOffset, logStartOffset: 0, leaderEndOffset, nowMs })
}

describe('a leader', () => {
  it('commits what it has when it is the only replica', () => {
    const state = new LeaderState(1, registration({ replicas: [1], isr: [1] }), 5, NOW_MS)
    expect(state.isAlone).toBe(true)
    expect(committed(state, 7)).toBe(7)
  })

  it('commits nothing before every in-sync replica has fetched', () => {
    const state = new LeaderState(1, registration(), 0, NOW_MS)
    fetched(state, 2, 6, 10)
    expect(committed(state, 10)).toBeNull()
    fetched(state, 3, 4, 10)
    expect(committed(state, 10)).toBe(4)
  })

  it('waits for no replica that is out of sync and behind', () => {
    const state = new LeaderState(1, registration({ isr: [1, 2] }), 0, NOW_MS)
    fetched(state, 2, 10, 10)
    expect(committed(state, 10)).toBe(10)
  })

  it('waits for a replica that has caught up and may join the in-sync ones', () => {
    const state = new LeaderState(1, registration({ isr: [1, 2] }), 0, NOW_MS)
    fetched(state, 2, 12, 12)
    fetched(state, 3, 10, 10)
    expect(committed(state, 12)).toBe(10)
    expect(committed(state, 12, { nowMs: NOW_MS + LAG_MS + 1 })).toBe(12)
  })

  it('commits nothing while fewer replicas are in sync than writes need', () => {
    const state = new LeaderState(1, registration({ isr: [1] }), 0, NOW_MS)
    expect(state.isUnderMinIsr(2)).toBe(true)
    expect(committed(state, 10, { minInsyncReplicas: 2 })).toBeNull()
  })

  it('needs no more in-sync replicas than there are', () => {
    const state = new LeaderState(1, registration({ replicas: [1], isr: [1] }), 0, NOW_MS)
    expect(state.isUnderMinIsr(2)).toBe(false)
  })

  it('forgets replicas that leave and knows those that come', () => {
    const state = new LeaderState(1, registration(), 0, NOW_MS)
    state.update(registration({ replicas: [1, 4], isr: [1] }), NOW_MS)
    expect([2, 3, 4].map((replicaId) => state.hasFollower(replicaId))).toEqual([false, false, true])
    fetched(state, 2, 3, 10)
    expect(committed(state, 10)).toBe(10)
  })

  it('knows in its next epoch what followers had, and nothing where another leader may have been between', () => {
    const first = new LeaderState(1, registration({ leaderEpoch: 4 }), 0, NOW_MS)
    for (const replicaId of [2, 3]) fetched(first, replicaId, 8, 10)
    expect(committed(new LeaderState(1, registration({ leaderEpoch: 5 }), 10, NOW_MS, first), 10)).toBe(8)
    expect(committed(new LeaderState(1, registration({ leaderEpoch: 6 }), 10, NOW_MS, first), 10)).toBeNull()
  })

  it('waits on for a replica that it has asked to take in when metadata come that it knows already, and no longer when newer ones decide', () => {
    const state = new LeaderState(1, registration({ isr: [1, 2], partitionEpoch: 9 }), 0, NOW_MS)
    fetched(state, 3, 10, 10)
    state.isr.propose('expand', [1, 2, 3])
    fetched(state, 2, 12, 12)
    const later = { nowMs: NOW_MS + LAG_MS + 1 }
    state.update(registration({ isr: [1, 2], partitionEpoch: 9 }), NOW_MS)
    expect(committed(state, 12, later)).toBe(10)
    state.update(registration({ isr: [1, 2], partitionEpoch: 10 }), NOW_MS)
    expect(committed(state, 12, later)).toBe(12)
  })

  it('has the lowest log start of all replicas as its low watermark', () => {
    const state = new LeaderState(1, registration({ replicas: [1, 2], isr: [1, 2] }), 0, NOW_MS)
    expect(state.lowWatermark(5)).toBe(-1)
    state.followerFetched({ replicaId: 2, brokerEpoch: -1, fetchOffset: 9, logStartOffset: 3, leaderEndOffset: 9, nowMs: NOW_MS })
    expect(state.lowWatermark(5)).toBe(3)
  })
})
