import { describe, expect, test } from 'vitest'
import { parsePlan, planText, spreadPartitions } from '../../../../../src/cli/operations/reassign/reassignment-plan.ts'

const brokers = (...ids: readonly number[]) => ids.map((id) => ({ id, rack: null }))
const present = (count: number, replicas: readonly number[]) => Array.from({ length: count }, (_, partition) => ({ topic: 't', partition, replicas }))

describe('plans', () => {
  test('what is written is read back', () => {
    const plan = present(3, [1, 2])
    expect(parsePlan(planText(plan))).toEqual(plan)
  })

  test.each([
    '{',
    '[]',
    '{"version":2,"partitions":[]}',
    '{"version":1,"partitions":[{"topic":"t","partition":0,"replicas":[]}]}',
    '{"version":1,"partitions":[{"topic":"t","partition":0,"replicas":[1,1]}]}',
  ])('%s is none', (text) => {
    expect(() => parsePlan(text)).toThrow(/plan/)
  })

  test('leaders and replicas are spread evenly', () => {
    const spread = spreadPartitions(present(12, [1, 2]), brokers(1, 2, 3, 4))
    const count = (ids: readonly number[]) => [1, 2, 3, 4].map((id) => ids.filter((one) => one === id).length)
    expect(count(spread.map(({ replicas }) => replicas[0] ?? 0))).toEqual([3, 3, 3, 3])
    expect(count(spread.flatMap(({ replicas }) => replicas))).toEqual([6, 6, 6, 6])
  })

  test('replicas of a partition stand in different racks', () => {
    const racks = [
      { id: 1, rack: 'a' },
      { id: 2, rack: 'a' },
      { id: 3, rack: 'b' },
    ]
    for (const { replicas } of spreadPartitions(present(6, [1, 2]), racks)) expect(replicas).toContain(3)
  })

  test('more replicas than brokers are refused', () => {
    expect(() => spreadPartitions(present(1, [1, 2]), brokers(1))).toThrow('t-0 has 2 replicas, and there are 1 brokers.')
  })
})
