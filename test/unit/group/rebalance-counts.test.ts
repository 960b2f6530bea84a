import { expect, test } from 'vitest'
import { RebalanceCounts } from '../../../src/group/rebalance-counts.ts'
import { ManualTime } from '../../../src/platform/time/manual-time.ts'
import { context, GroupBench, joinRequest } from './group-bench.ts'

const HOUR_MS = 3_600_000

test('rebalances are counted for an hour, and since the beginning', async () => {
  const time = new ManualTime(0)
  const counts = new RebalanceCounts(time)
  counts.add('g')
  time.pass(HOUR_MS / 2)
  counts.add('g')
  counts.add('g')
  expect(counts.of('g')).toEqual({ total: 3, lastHour: 3 })
  time.pass(HOUR_MS / 2)
  expect(counts.of('g')).toEqual({ total: 3, lastHour: 2 })
  time.pass(HOUR_MS * 3)
  expect(counts.of('g')).toEqual({ total: 3, lastHour: 0 })
  expect(counts.of('other')).toEqual({ total: 0, lastHour: 0 })
})

test('of too many groups those that rebalanced longest ago are forgotten', () => {
  const counts = new RebalanceCounts(new ManualTime(0))
  for (let count = 0; count < 10_000; count++) counts.add(`g${count}`)
  counts.add('g0')
  counts.add('new')
  expect([counts.groupCount, counts.of('g0').total, counts.of('g1').total]).toEqual([10_000, 2, 0])
})

test('a coordinator counts the generations of its groups', async () => {
  const bench = await GroupBench.start()
  await bench.complete(bench.groups.joinGroup(context(3), joinRequest()))
  expect(bench.groups.rebalancesOf('g')).toEqual({ total: 1, lastHour: 1 })
})
