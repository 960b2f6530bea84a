import { describe, expect, it } from 'vitest'
import { MemberConnections } from '../../../src/group/member-connections.ts'
import { play, type Step } from './scenario.ts'

const GRACE = { memberConnectionGraceMs: 1000 }

/** A group of `a`, who leads, and `b`, stable in its first generation. */
const pair: readonly Step[] = [
  ['a joins version 3'],
  ['b joins version 3'],
  ['wait 6000', 'a: joined 1 by range leading a,b', 'b: joined 1 by range'],
  ['b syncs'],
  ['a syncs a=x b=y', 'a: assigned x', 'b: assigned y'],
]

const scenarios: readonly { readonly name: string; readonly steps: readonly Step[]; readonly graceMs?: number }[] = [
  {
    name: 'is removed after the grace',
    steps: [
      ...pair,
      ['b disconnects'],
      ['wait 900'],
      ['a heartbeats', 'a: heartbeat NONE'],
      ['wait 200'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
      ['a joins', 'a: joined 2 by range leading a'],
    ],
  },
  {
    name: 'stays when it comes back on another connection within the grace',
    steps: [
      ...pair,
      ['b disconnects'],
      ['wait 900'],
      ['b heartbeats', 'b: heartbeat NONE'],
      ['wait 5000'],
      ['a heartbeats', 'a: heartbeat NONE'],
      ['b heartbeats', 'b: heartbeat NONE'],
    ],
  },
  {
    name: 'stays when it speaks over another connection already',
    steps: [...pair, ['b connects'], ['b heartbeats', 'b: heartbeat NONE'], ['b drops old'], ['wait 5000'], ['b heartbeats', 'b: heartbeat NONE']],
  },
  {
    name: 'that came back and is gone again has a whole grace',
    steps: [
      ...pair,
      ['b disconnects'],
      ['wait 900'],
      ['b commits t-0=1', 'b: commit NONE'],
      ['b disconnects'],
      ['wait 900'],
      ['describe', 'group: Stable a=x b=y'],
      ['wait 200'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
    ],
  },
  {
    name: 'and is static stays until its session ends',
    steps: [
      ['a joins as one'],
      ['wait 3000', 'a: joined 1 by range leading a'],
      ['a syncs a=all', 'a: assigned all'],
      ['a disconnects'],
      ['wait 9000'],
      ['describe', 'group: Stable a=all'],
      ['wait 1100'],
      ['describe', 'group: Empty'],
    ],
  },
  {
    name: 'does not keep the one that is started in its place waiting',
    steps: [
      ['a joins version 3'],
      ['wait 3000', 'a: joined 1 by range leading a'],
      ['a syncs a=all', 'a: assigned all'],
      ['a disconnects'],
      ['wait 500'],
      ['b joins', 'b: join MEMBER_ID_REQUIRED'],
      ['b joins'],
      ['wait 400'],
      ['wait 200', 'b: joined 2 by range leading b'],
    ],
  },
  {
    name: 'is not excused by waiting for a rebalance or for its assignment',
    steps: [
      ...pair,
      ['c joins version 3'],
      ['c disconnects'],
      ['wait 1100', 'c: join UNKNOWN_MEMBER_ID'],
      ['b joins'],
      ['a joins', 'a: joined 2 by range leading a,b', 'b: joined 2 by range'],
      ['b syncs'],
      ['b disconnects'],
      ['wait 1100', 'b: sync UNKNOWN_MEMBER_ID'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
    ],
  },
  {
    name: 'holds up nobody by an id that it was given and did not use',
    steps: [
      ...pair,
      ['c joins', 'c: join MEMBER_ID_REQUIRED'],
      ['d joins version 3'],
      ['a joins'],
      ['b joins'],
      ['c disconnects'],
      ['wait 1100', 'a: joined 2 by range leading a,b,d', 'b: joined 2 by range', 'd: joined 2 by range'],
    ],
  },
  {
    name: 'is left to its session where the setting is off',
    graceMs: -1,
    steps: [...pair, ['b disconnects'], ['wait 5000'], ['describe', 'group: Stable a=x b=y']],
  },
  {
    name: 'and whose group was loaded meanwhile has a whole session',
    steps: [...pair, ['b disconnects'], ['restart'], ['wait 5000'], ['describe', 'group: Stable a=x b=y'], ['wait 5100'], ['describe', 'group: Empty']],
  },
  {
    name: 'and whose group was loaded meanwhile does not keep a rebalance waiting',
    steps: [
      ...pair,
      ['a disconnects'],
      ['b disconnects'],
      ['restart'],
      ['wait 5000'],
      ['c joins version 3'],
      ['wait 900'],
      ['b joins'],
      ['wait 200', 'b: joined 2 by range leading b,c', 'c: joined 2 by range'],
    ],
  },
]

describe('a member whose connection closes', () => {
  it.each(scenarios)('$name', async ({ steps, graceMs }) => {
    expect(await play(steps, graceMs === undefined ? GRACE : { memberConnectionGraceMs: graceMs })).toEqual(steps)
  })
})

describe('the connections of members', () => {
  const open = (connectionId: number) => ({ connectionId, closed: new AbortController().signal })
  const name = (memberId: string) => ({ groupId: 'g', memberId })

  it('are bounded for each member: those used longest ago are let go', () => {
    const connections = new MemberConnections()
    for (let id = 1; id <= 5; id++) connections.used(name('a'), open(id))
    expect(connections.closed(1)).toEqual([])
    for (const id of [2, 3, 4]) expect(connections.closed(id)).toEqual([])
    expect(connections.isConnected(name('a'))).toBe(true)
    expect(connections.closed(5)).toEqual([name('a')])
    expect(connections.isConnected(name('a'))).toBe(false)
  })

  it('are bounded for each connection: of too many members the newest are watched', () => {
    const connections = new MemberConnections()
    for (let member = 0; member < 1_001; member++) connections.used(name(`m${member}`), open(1))
    expect(connections.isConnected(name('m0'))).toBe(false)
    expect(connections.closed(1)).toHaveLength(1_000)
  })

  it('are not kept for a connection that is gone already', () => {
    const connections = new MemberConnections()
    connections.used(name('a'), { connectionId: 1, closed: AbortSignal.abort() })
    expect(connections.isConnected(name('a'))).toBe(false)
    expect(connections.closed(1)).toEqual([])
  })
})
