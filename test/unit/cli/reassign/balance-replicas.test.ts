import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { balanceReplicas, type PlacedPartition, type TargetBroker } from '../../../../src/cli/reassign/balance-replicas.ts'

function brokers(...ids: readonly number[]): TargetBroker[] {
  return ids.map((id) => ({ id, rack: null }))
}

function topic(...replicas: readonly (readonly number[])[]): PlacedPartition[] {
  return replicas.map((of, partition) => ({ topic: 'orders', partition, replicas: of }))
}

/** All partitions as they are after the plan. */
function planned(before: readonly PlacedPartition[], plan: readonly PlacedPartition[]): readonly PlacedPartition[] {
  return before.map((one) => plan.find(({ topic: name, partition }) => name === one.topic && partition === one.partition) ?? one)
}

function countsOf(ids: readonly number[], targets: readonly TargetBroker[]): number[] {
  return targets.map(({ id }) => ids.filter((other) => other === id).length)
}

function spread(counts: readonly number[]): number {
  return Math.max(...counts) - Math.min(...counts)
}

describe('replicas that are spread over brokers', () => {
  test('stay where they are even already', () => {
    expect(balanceReplicas(topic([1, 2], [2, 3], [3, 1]), brokers(1, 2, 3))).toEqual([])
  })

  test('give a new broker its share, and no more', () => {
    const before = topic([1, 2, 3], [2, 3, 1], [3, 1, 2], [1, 2, 3])
    const plan = balanceReplicas(before, brokers(1, 2, 3, 4))
    expect(
      countsOf(
        planned(before, plan).flatMap(({ replicas }) => replicas),
        brokers(1, 2, 3, 4),
      ),
    ).toEqual([3, 3, 3, 3])
    const copies = plan.flatMap(({ replicas, partition }) => replicas.filter((id) => before[partition]?.replicas.includes(id) === false))
    expect(copies).toEqual([4, 4, 4])
  })

  test('leave a broker that goes', () => {
    const before = topic([1, 2], [2, 3], [3, 1])
    const plan = balanceReplicas(before, brokers(1, 2))
    expect(planned(before, plan).flatMap(({ replicas }) => replicas)).not.toContain(3)
  })

  test('become more or fewer', () => {
    const before = topic([1], [2])
    expect(planned(before, balanceReplicas(before, brokers(1, 2, 3), 3)).every(({ replicas }) => new Set(replicas).size === 3)).toBe(true)
    expect(planned(topic([1, 2, 3]), balanceReplicas(topic([1, 2, 3]), brokers(1, 2, 3), 1))[0]?.replicas).toHaveLength(1)
  })

  test('are led in turns', () => {
    const before = topic([1, 2], [1, 2], [1, 2], [1, 2])
    expect(planned(before, balanceReplicas(before, brokers(1, 2))).filter(({ replicas }) => replicas[0] === 1)).toHaveLength(2)
  })

  test('are kept in racks of their own', () => {
    const racks = [
      { id: 1, rack: 'a' },
      { id: 2, rack: 'a' },
      { id: 3, rack: 'b' },
      { id: 4, rack: 'b' },
    ]
    const before = topic([1], [1], [1], [1])
    for (const { replicas } of planned(before, balanceReplicas(before, racks, 2))) expect(new Set(replicas.map((id) => (id <= 2 ? 'a' : 'b')))).toHaveLength(2)
  })

  test('need as many brokers', () => {
    expect(() => balanceReplicas(topic([1, 2]), brokers(1))).toThrow('2 replicas of orders need as many brokers, and there are 1')
  })

  test('of any partitions are even, distinct, and as many as before', () => {
    const target = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 3, maxLength: 8 })
    const placed = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 }), { maxLength: 30 })
    fc.assert(
      fc.property(placed, target, (replicas, ids) => {
        const before = topic(...replicas)
        const targets = brokers(...ids)
        const now = planned(before, balanceReplicas(before, targets))
        for (const [partition, { replicas: of }] of now.entries()) {
          expect(new Set(of).size).toBe(replicas[partition]?.length)
          expect(of.every((id) => ids.includes(id))).toBe(true)
        }
        expect(
          spread(
            countsOf(
              now.flatMap(({ replicas: of }) => of),
              targets,
            ),
          ),
        ).toBeLessThanOrEqual(1)
      }),
    )
  })
})
