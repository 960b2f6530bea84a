import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completedReassignment, reassignmentTo, revertedReassignment, settledReplicaCount } from '../../../../src/controller/partitions/reassignment.ts'
import type { PartitionImage } from '../../../../src/metadata/image.ts'
import { DIRECTORY } from '../../metadata/records.ts'

const still = (replicas: readonly number[]) => ({ replicas, removingReplicas: [], addingReplicas: [] })

const partitionOf = (change: Partial<PartitionImage>): PartitionImage => {
  const replicas = change.replicas ?? [1, 2, 3]
  return {
    replicas,
    directories: replicas.map(() => DIRECTORY),
    isr: replicas,
    removingReplicas: [],
    addingReplicas: [],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    leader: replicas[0] ?? -1,
    leaderEpoch: 0,
    partitionEpoch: 0,
    leaderRecoveryState: 'recovered',
    ...change,
  }
}

describe('a reassignment', () => {
  it.each([
    { from: still([1, 2, 3]), to: [1, 2, 3], gives: still([1, 2, 3]) },
    { from: still([1, 2, 3]), to: [3, 2, 1], gives: still([3, 2, 1]) },
    { from: still([1, 2]), to: [1, 2, 3], gives: { replicas: [1, 2, 3], removingReplicas: [], addingReplicas: [3] } },
    { from: still([3, 1, 2]), to: [1], gives: { replicas: [1, 2, 3], removingReplicas: [2, 3], addingReplicas: [] } },
    { from: still([1, 2]), to: [4, 3], gives: { replicas: [4, 3, 1, 2], removingReplicas: [1, 2], addingReplicas: [3, 4] } },
  ])('from $from.replicas to $to', ({ from, to, gives }) => {
    expect(reassignmentTo(from, to)).toEqual(gives)
  })

  it('that is asked for again while it is under way goes on', () => {
    const first = reassignmentTo(still([1, 2]), [1, 3])
    expect(first).toEqual({ replicas: [1, 3, 2], removingReplicas: [2], addingReplicas: [3] })
    expect(reassignmentTo(first, [1, 3])).toEqual(first)
  })

  it.each([
    { what: 'nobody moves', target: still([1, 2]), isr: [1], gives: null },
    { what: 'who comes is not in sync', target: { replicas: [1, 2], removingReplicas: [], addingReplicas: [2] }, isr: [1], gives: null },
    {
      what: 'who comes is in sync',
      target: { replicas: [1, 2], removingReplicas: [], addingReplicas: [2] },
      isr: [1, 2],
      gives: { replicas: [1, 2], isr: [1, 2] },
    },
    { what: 'one goes', target: { replicas: [1, 2, 3], removingReplicas: [3], addingReplicas: [] }, isr: [1, 2, 3], gives: { replicas: [1, 2], isr: [1, 2] } },
    { what: 'only who goes is in sync', target: { replicas: [2, 1], removingReplicas: [1], addingReplicas: [] }, isr: [1], gives: null },
    {
      what: 'more go than come, and not all who stay are in sync',
      target: { replicas: [1, 2, 3], removingReplicas: [3], addingReplicas: [] },
      isr: [1, 3],
      gives: null,
    },
    {
      what: 'as many go as come, and one who stays is not in sync',
      target: { replicas: [1, 2, 4, 3], removingReplicas: [3], addingReplicas: [4] },
      isr: [1, 3, 4],
      gives: { replicas: [1, 2, 4], isr: [1, 4] },
    },
  ])('is complete or not when $what', ({ target, isr, gives }) => {
    expect(completedReassignment(target, isr)).toEqual(gives)
  })

  it('that is taken back leaves who was there, cleanly when one of them is in sync', () => {
    const moving = partitionOf({ replicas: [3, 4, 1, 2], isr: [1, 3], addingReplicas: [3, 4], removingReplicas: [1, 2] })
    expect(revertedReassignment(moving)).toEqual({ replicas: [1, 2], isr: [1], isUnclean: false })
    expect(revertedReassignment({ ...moving, isr: [3, 4] })).toEqual({ replicas: [1, 2], isr: [1], isUnclean: true })
    expect(revertedReassignment({ ...moving, replicas: [3, 4], isr: [3], removingReplicas: [] })).toBeNull()
  })

  it('counts the replicas that there are when it is done', () => {
    expect(settledReplicaCount(still([1, 2, 3]))).toBe(3)
    expect(settledReplicaCount({ replicas: [4, 1, 2], removingReplicas: [2], addingReplicas: [4] })).toBe(2)
  })

  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 })

  it('ends, with all in sync, exactly where it was to go', () => {
    fc.assert(
      fc.property(ids, ids, (from, to) => {
        const target = reassignmentTo(still(from), to)
        expect([...target.replicas].sort()).toEqual([...new Set([...from, ...to])].sort())
        const isSame = from.every((id) => to.includes(id)) && to.every((id) => from.includes(id))
        expect(completedReassignment(target, target.replicas)?.replicas ?? null).toEqual(isSame ? null : to)
      }),
    )
  })

  it('taken back at once leaves the same replicas', () => {
    fc.assert(
      fc.property(ids, ids, (from, to) => {
        const moving = partitionOf({ ...reassignmentTo(still(from), to), isr: from })
        expect([...(revertedReassignment(moving)?.replicas ?? [])].sort()).toEqual([...from].sort())
      }),
    )
  })
})
