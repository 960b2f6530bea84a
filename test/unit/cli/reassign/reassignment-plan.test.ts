import { describe, expect, test } from 'vitest'
import { decodePlan, encodePlan } from '../../../../src/cli/reassign/reassignment-plan.ts'

const PLAN = [
  { topic: 'orders', partition: 0, replicas: [1, 2] },
  { topic: 'orders', partition: 1, replicas: [2, 4] },
]

describe('a plan', () => {
  test('is read as it was written', () => {
    expect(decodePlan(encodePlan(PLAN), 'plan.json')).toEqual(PLAN)
    expect(decodePlan(encodePlan([]), 'plan.json')).toEqual([])
  })

  test("may be one of Kafka's tool", () => {
    const text = '{"version":1,"partitions":[{"topic":"a","partition":0,"replicas":[3,1],"log_dirs":["any","any"]}]}'
    expect(decodePlan(text, 'plan.json')).toEqual([{ topic: 'a', partition: 0, replicas: [3, 1] }])
  })

  test.each([
    ['{"version":2,"partitions":[]}', 'version should be 1'],
    ['{"version":1}', 'partitions is missing'],
    ['{"version":1,"partitions":[{"topic":"a","partition":0,"replicas":[]}]}', 'partitions[0].replicas should be a list of one broker or more'],
    ['{"version":1,"partitions":[{"topic":"a","partition":0,"replicas":[1,1]}]}', 'none of them twice'],
    ['{"version":1,"partitions":[{"topic":"a","partition":0,"replicas":[1],"log_dirs":["/data"]}]}', 'partitions[0].log_dirs should be left out'],
    ['{"version":1,"partitions":[{"topic":"a","partition":0,"replicas":[1]},{"topic":"a","partition":0,"replicas":[1]}]}', 'without a-0 twice'],
  ])('is refused whole for what is wrong: %s', (text, why) => {
    expect(() => decodePlan(text, 'plan.json')).toThrow(why)
  })
})
