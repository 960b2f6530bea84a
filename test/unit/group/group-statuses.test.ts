import { expect, test } from 'vitest'
import { commitRequest, context, GroupBench, joinRequest } from './group-bench.ts'

const VERSION = 8

async function commit(bench: GroupBench, groupId: string, offsets: Readonly<Record<string, number>>): Promise<void> {
  await bench.complete(bench.groups.offsetCommit(context(VERSION), commitRequest(offsets, { groupId })))
}

test('a coordinator tells where each of its groups stands', async () => {
  const bench = await GroupBench.start()
  await commit(bench, 'simple', { 't-0': 5, 'u-1': 7 })
  await bench.complete(bench.groups.joinGroup(context(3), joinRequest()))
  expect([...bench.groups.statuses()]).toMatchObject([
    [
      'simple',
      {
        memberCount: 0,
        committed: [
          { topic: 't', partition: 0, offset: 5 },
          { topic: 'u', partition: 1, offset: 7 },
        ],
      },
    ],
    ['g', { memberCount: 1, committed: [] }],
  ])
})

test('groups that go while they are looked at are not told', async () => {
  const bench = await GroupBench.start()
  for (const groupId of ['a', 'b', 'c']) await commit(bench, groupId, { 't-0': 1 })
  const told: string[] = []
  for (const [groupId] of bench.groups.statuses()) {
    told.push(groupId)
    if (groupId === 'a') await bench.complete(bench.groups.deleteGroups(context(2), { groupsNames: ['b'] }))
  }
  expect(told).toEqual(['a', 'c'])
})

test('who coordinates nothing tells nothing', async () => {
  const bench = await GroupBench.start()
  await commit(bench, 'g', { 't-0': 1 })
  bench.groups.onResignation(0, null)
  expect([...bench.groups.statuses()]).toEqual([])
})
