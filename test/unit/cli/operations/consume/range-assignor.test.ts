import { expect, test } from 'vitest'
import { assignRanges } from '../../../../../src/cli/operations/consume/range-assignor.ts'

const member = (memberId: string, ...topics: readonly string[]) => ({ memberId, instanceId: null, topics })

test('each member that wants a topic has a run of its partitions, the first ones more', () => {
  const assigned = assignRanges(
    [member('b', 'x', 'y'), member('a', 'x'), member('c', 'y')],
    new Map([
      ['x', 3],
      ['y', 4],
    ]),
  )
  expect(Object.fromEntries([...assigned].map(([id, partitions]) => [id, partitions.map(({ topic, partition }) => `${topic}${partition}`)]))).toEqual({
    a: ['x0', 'x1'],
    b: ['x2', 'y0', 'y1'],
    c: ['y2', 'y3'],
  })
})

test('members that keep their names keep their places, whatever their ids are', () => {
  const named = (memberId: string, instanceId: string) => ({ memberId, instanceId, topics: ['x'] })
  const assigned = assignRanges([named('1', 'late'), named('2', 'early')], new Map([['x', 2]]))
  expect(assigned.get('2')).toEqual([{ topic: 'x', partition: 0 }])
})

test('more members than partitions: the last have none', () => {
  const assigned = assignRanges([member('a', 'x'), member('b', 'x')], new Map([['x', 1]]))
  expect(assigned.get('b')).toEqual([])
})
