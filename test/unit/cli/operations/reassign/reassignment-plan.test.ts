import { describe, expect, test } from 'vitest'
import { PlanError, parsePlan, planText, spreadPartitions } from '../../../../../src/cli/operations/reassign/reassignment-plan.ts'

const brokers = (...ids: readonly number[]) => ids.map((id) => ({ id, rack: null }))
const present = (count: number, replicas: readonly number[]) => Array.from({ length: count }, (_, partition) => ({ topic: 't', partition, replicas }))

describe('plans', () => {
  test('what is written is read back', () => {
    const plan = present(3, [1, 2])
    expect(parsePlan(planText(plan))).toEqual(plan)
  })

  const planOf = (...partitions: readonly unknown[]) => JSON.stringify({ version: 1, partitions })
  const one = { topic: 't', partition: 0, replicas: [1] }

  test.each([
    ['{', 'it is not JSON'],
    ['[]', 'it is no object'],
    ['{"version":2,"partitions":[]}', 'version should be 1, and is 2'],
    ['{"version":1}', 'partitions is missing'],
    [planOf(), 'it names no partition'],
    [planOf({ ...one, replicas: [] }), 'partitions[0].replicas should be one broker or more'],
    [planOf(one, { ...one, partition: 1, replicas: [1, 1] }), 'partitions[1].replicas should be one broker or more, none of them twice, and is [1,1]'],
    [planOf({ ...one, partition: -1 }), 'partitions[0].partition should be a whole number'],
    [planOf(one, { ...one, replicas: [2] }), 'it names t-0 twice'],
    [planOf({ ...one, log_dirs: ['/data'] }), 'partitions[0].log_dirs should be `any` alone'],
  ])('%s is none', (text, why) => {
    expect(() => parsePlan(text)).toThrow(PlanError)
    expect(() => parsePlan(text)).toThrow(`This is no plan for reassign: ${why}`)
  })

  test('those of Kafka’s tool are read', () => {
    expect(parsePlan(planOf({ ...one, log_dirs: ['any'] }))).toEqual([one])
    expect(parsePlan(JSON.stringify({ partitions: [one] }))).toEqual([one])
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
