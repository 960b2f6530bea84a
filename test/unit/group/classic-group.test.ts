import { describe, expect, it } from 'vitest'
import type { GroupSettings } from '../../../src/group/group-settings.ts'
import { play, type Step } from './scenario.ts'

interface Scenario {
  readonly name: string
  readonly settings?: Partial<GroupSettings>
  readonly steps: readonly Step[]
}

/** A group of `a` alone, stable in its first generation. */
const alone: readonly Step[] = [
  ['a joins', 'a: join MEMBER_ID_REQUIRED'],
  ['a joins'],
  ['wait 3000', 'a: joined 1 by range leading a'],
  ['a syncs a=all', 'a: assigned all'],
]

/** A group of `a`, who leads, and `b`, stable in its first generation. */
const pair: readonly Step[] = [
  ['a joins', 'a: join MEMBER_ID_REQUIRED'],
  ['b joins', 'b: join MEMBER_ID_REQUIRED'],
  ['a joins'],
  ['b joins'],
  ['wait 6000', 'a: joined 1 by range leading a,b', 'b: joined 1 by range'],
  ['b syncs'],
  ['a syncs a=x b=y', 'a: assigned x', 'b: assigned y'],
]

/** As `pair`, of static members `one` and `two`. */
const staticPair: readonly Step[] = [
  ['a joins as one'],
  ['b joins as two'],
  ['wait 6000', 'a: joined 1 by range leading a,b', 'b: joined 1 by range'],
  ['b syncs'],
  ['a syncs a=x b=y', 'a: assigned x', 'b: assigned y'],
]

const scenarios: readonly Scenario[] = [
  { name: 'a first member waits for the initial rebalance delay and leads', steps: alone },
  { name: 'members that come during the initial delay are in the first generation', steps: pair },
  {
    name: 'the initial delay begins again with each new member, up to the rebalance timeout',
    steps: [
      ['a joins version 3'],
      ['wait 2000'],
      ['b joins version 3'],
      ['wait 2000'],
      ['c joins version 3'],
      ['wait 1900'],
      ['wait 4000', 'a: joined 1 by range leading a,b,c', 'b: joined 1 by range', 'c: joined 1 by range'],
    ],
  },
  {
    name: 'before version 4 a new member needs no id to join',
    steps: [['a joins version 3'], ['wait 3000', 'a: joined 1 by range leading a']],
  },
  {
    name: 'a member that joins makes the others join again',
    steps: [
      ...alone,
      ['b joins', 'b: join MEMBER_ID_REQUIRED'],
      ['b joins'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
      ['a joins', 'a: joined 2 by range leading a,b', 'b: joined 2 by range'],
      ['a syncs a=x b=y', 'a: assigned x'],
      ['b syncs', 'b: assigned y'],
      ['b heartbeats', 'b: heartbeat NONE'],
      ['describe', 'group: Stable a=x b=y'],
    ],
  },
  {
    name: 'members that do not join again in time are left behind, and another leads',
    steps: [
      ...pair,
      ['b joins with range,other'],
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
      ['wait 9000', 'b: joined 2 by range leading b'],
      ['a heartbeats', 'a: heartbeat UNKNOWN_MEMBER_ID'],
    ],
  },
  {
    name: 'a member whose session ends is removed, and the rest rebalance',
    steps: [
      ...pair,
      ['wait 6000'],
      ['a heartbeats', 'a: heartbeat NONE'],
      ['wait 5000'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
      ['a joins', 'a: joined 2 by range leading a'],
      ['b heartbeats', 'b: heartbeat UNKNOWN_MEMBER_ID'],
    ],
  },
  {
    name: 'a commit keeps its member alive',
    steps: [...alone, ['wait 9000'], ['a commits t-0=5', 'a: commit NONE'], ['wait 9000'], ['a heartbeats', 'a: heartbeat NONE']],
  },
  {
    name: 'a group whose members are all gone is empty, with a generation more',
    steps: [...alone, ['a leaves', 'a: left NONE NONE'], ['describe', 'group: Empty'], ['b joins version 3'], ['wait 3000', 'b: joined 3 by range leading b']],
  },
  {
    name: 'a member that leaves makes the others join again',
    steps: [
      ...pair,
      ['b leaves', 'b: left NONE NONE'],
      ['b leaves', 'b: left NONE UNKNOWN_MEMBER_ID'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
      ['a joins', 'a: joined 2 by range leading a'],
    ],
  },
  {
    name: 'a leader that leaves hands on to a member that is there',
    steps: [...pair, ['a leaves', 'a: left NONE NONE'], ['b joins', 'b: joined 2 by range leading b']],
  },
  {
    name: 'the one who leaves while it waits for a rebalance is told that it is no member',
    steps: [...pair, ['b joins with range,other'], ['b leaves', 'b: join UNKNOWN_MEMBER_ID', 'b: left NONE NONE']],
  },
  {
    name: 'the one who leaves while it waits for its assignment is told that it is no member',
    steps: [
      ['a joins version 3'],
      ['b joins version 3'],
      ['wait 6000', 'a: joined 1 by range leading a,b', 'b: joined 1 by range'],
      ['b syncs'],
      ['b leaves', 'b: left NONE NONE', 'b: sync UNKNOWN_MEMBER_ID'],
    ],
  },
  {
    name: 'an id that was given out and not used is forgotten with its session',
    steps: [...alone, ['b joins session 6000', 'b: join MEMBER_ID_REQUIRED'], ['wait 6000'], ['b joins', 'b: join UNKNOWN_MEMBER_ID']],
  },
  {
    name: 'a rebalance waits for an id that was given out',
    steps: [...alone, ['b joins', 'b: join MEMBER_ID_REQUIRED'], ['a joins'], ['b joins', 'a: joined 2 by range leading a,b', 'b: joined 2 by range']],
  },
  {
    name: 'a member may not join with a protocol that others lack, nor with another type',
    steps: [...alone, ['b joins with roundrobin', 'b: join INCONSISTENT_GROUP_PROTOCOL'], ['b joins type connect', 'b: join INCONSISTENT_GROUP_PROTOCOL']],
  },
  {
    name: 'the protocol is the one that all have and most prefer',
    steps: [
      ['a joins version 3 with range,roundrobin,sticky'],
      ['b joins version 3 with roundrobin,range'],
      ['c joins version 3 with sticky,roundrobin,range'],
      ['wait 9000', 'a: joined 1 by roundrobin leading a,b,c', 'b: joined 1 by roundrobin', 'c: joined 1 by roundrobin'],
    ],
  },
  {
    name: 'a member that joins again without news is told the present generation',
    steps: [...pair, ['b joins', 'b: joined 1 by range'], ['a heartbeats', 'a: heartbeat NONE']],
  },
  {
    name: 'a leader that joins again has the group assigned anew',
    steps: [
      ...pair,
      ['a joins'],
      ['b heartbeats', 'b: heartbeat REBALANCE_IN_PROGRESS'],
      ['b joins', 'a: joined 2 by range leading a,b', 'b: joined 2 by range'],
    ],
  },
  {
    name: 'an answer to a join that was lost is given again while the group waits for its assignment',
    steps: [
      ['a joins version 3'],
      ['b joins version 3'],
      ['wait 6000', 'a: joined 1 by range leading a,b', 'b: joined 1 by range'],
      ['a joins', 'a: joined 1 by range leading a,b'],
      ['b joins', 'b: joined 1 by range'],
    ],
  },
  {
    name: 'members that wait for an assignment are called back when another joins',
    steps: [
      ['a joins version 3'],
      ['b joins version 3'],
      ['wait 6000', 'a: joined 1 by range leading a,b', 'b: joined 1 by range'],
      ['b syncs'],
      ['c joins version 3', 'b: sync REBALANCE_IN_PROGRESS'],
      ['a syncs a=x', 'a: sync REBALANCE_IN_PROGRESS'],
    ],
  },
  {
    name: 'members that never sync are removed after the rebalance timeout',
    steps: [
      ['a joins version 3'],
      ['b joins version 3 session 100000'],
      ['wait 6000', 'a: joined 1 by range leading a,b', 'b: joined 1 by range'],
      ['a syncs a=x b=y', 'a: assigned x'],
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat NONE'],
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat NONE'],
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat NONE'],
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat NONE'],
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat NONE'],
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat NONE'],
      ['wait 7000'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
      ['a joins', 'a: joined 2 by range leading a'],
      ['b syncs', 'b: sync UNKNOWN_MEMBER_ID'],
    ],
  },
  {
    name: 'a member without a part in the assignment gets an empty one',
    steps: [...alone.slice(0, 3), ['a syncs', 'a: assigned nothing']],
  },
  {
    name: 'an assignment is handed out when it is stored, not before',
    steps: [...alone.slice(0, 3), ['writes stall'], ['a syncs a=all'], ['writes go on', 'a: assigned all']],
  },
  {
    name: 'an assignment that cannot be stored is not handed out, and the group rebalances',
    steps: [
      ...alone.slice(0, 3),
      ['the next write fails NOT_ENOUGH_REPLICAS'],
      ['a syncs a=all', 'a: sync COORDINATOR_NOT_AVAILABLE'],
      ['a heartbeats', 'a: heartbeat REBALANCE_IN_PROGRESS'],
      ['a joins', 'a: joined 2 by range leading a'],
      ['a syncs a=all', 'a: assigned all'],
    ],
  },
  {
    name: 'a group that cannot be stored was never there',
    steps: [
      ['the next write fails KAFKA_STORAGE_ERROR'],
      ['a joins version 3', 'a: join NOT_COORDINATOR'],
      ['wait 10000'],
      ['describe', 'group: Dead'],
      ['a joins version 3'],
      ['wait 3000', 'a: joined 1 by range leading a'],
    ],
  },
  {
    name: 'of two joins of one member the earlier is answered too',
    steps: [...pair, ['b joins with range,other'], ['b joins with range,other', 'b: join REBALANCE_IN_PROGRESS']],
  },
  {
    name: 'requests of another generation are refused',
    steps: [
      ...alone,
      ['b joins version 3'],
      ['a commits t-0=1', 'a: commit NONE'],
      ['a joins', 'a: joined 2 by range leading a,b', 'b: joined 2 by range'],
      ['a commits t-0=2', 'a: commit REBALANCE_IN_PROGRESS'],
      ['a syncs a=x b=y', 'a: assigned x'],
      ['x commits t-0=3', 'x: commit UNKNOWN_MEMBER_ID'],
    ],
  },
  {
    name: 'a full group takes no more members',
    settings: { maxGroupSize: 1 },
    steps: [...alone, ['b joins', 'b: join GROUP_MAX_SIZE_REACHED'], ['a heartbeats', 'a: heartbeat NONE']],
  },
  {
    name: 'a session outside of the bounds is refused',
    steps: [
      ['a joins session 5999', 'a: join INVALID_SESSION_TIMEOUT'],
      ['a joins session 1800001', 'a: join INVALID_SESSION_TIMEOUT'],
    ],
  },
  {
    name: 'a static member that comes back keeps its part, and nobody rebalances',
    steps: [...staticPair, ['b forgets its id'], ['b joins', 'b: joined 1 by range'], ['b syncs', 'b: assigned y'], ['a heartbeats', 'a: heartbeat NONE']],
  },
  {
    name: 'a static leader that comes back is told to keep the assignment',
    steps: [...staticPair, ['a forgets its id'], ['a joins', 'a: joined 1 by range leading a,b keeping the assignment'], ['a syncs', 'a: assigned x']],
  },
  {
    name: 'before version 9 a static leader that comes back is told of its old self as the leader',
    steps: [...staticPair, ['a forgets its id'], ['a joins version 8', 'a: joined 1 by range'], ['a syncs', 'a: assigned x']],
  },
  {
    name: 'the old self of a static member is fenced',
    steps: [
      ...staticPair,
      ['c joins as two', 'c: joined 1 by range'],
      ['b heartbeats', 'b: heartbeat FENCED_INSTANCE_ID'],
      ['b commits t-0=1', 'b: commit FENCED_INSTANCE_ID'],
    ],
  },
  {
    name: 'a static member that comes back with another protocol makes a rebalance when that changes the choice',
    steps: [
      ['a joins as one with range,sticky'],
      ['wait 3000', 'a: joined 1 by range leading a'],
      ['a syncs a=all', 'a: assigned all'],
      ['a forgets its id'],
      ['a joins with sticky,range', 'a: joined 2 by sticky leading a'],
    ],
  },
  {
    name: 'a static member that comes back while that cannot be stored has not come back',
    steps: [
      ...staticPair,
      ['b forgets its id'],
      ['the next write fails NOT_ENOUGH_REPLICAS'],
      ['b joins', 'b: join COORDINATOR_NOT_AVAILABLE'],
      ['describe', 'group: Stable a=x b=y'],
      ['b joins', 'b: joined 1 by range'],
    ],
  },
  {
    name: 'a static member that does not rejoin in time stays with the others until its session ends',
    steps: [
      ['a joins as one'],
      ['b joins as two session 100000'],
      ['wait 6000', 'a: joined 1 by range leading a,b', 'b: joined 1 by range'],
      ['b syncs'],
      ['a syncs a=x b=y', 'a: assigned x', 'b: assigned y'],
      ['c joins version 3'],
      ['a joins'],
      ['wait 60000', 'a: joined 2 by range leading a,b,c', 'c: joined 2 by range'],
      ['b heartbeats', 'b: heartbeat ILLEGAL_GENERATION'],
    ],
  },
  {
    name: 'a restart keeps groups, members and assignments, and gives members a whole session',
    steps: [
      ...pair,
      ['wait 9000'],
      ['a heartbeats', 'a: heartbeat NONE'],
      ['restart'],
      ['describe', 'group: Stable a=x b=y'],
      ['wait 9000'],
      ['b heartbeats', 'b: heartbeat NONE'],
      ['a heartbeats', 'a: heartbeat NONE'],
      ['b syncs', 'b: assigned y'],
    ],
  },
  {
    name: 'a restart during a rebalance goes back to the last generation that was assigned',
    steps: [
      ...alone,
      ['b joins version 3'],
      ['restart', 'b: join NOT_COORDINATOR'],
      ['describe', 'group: Stable a=all'],
      ['a heartbeats', 'a: heartbeat NONE'],
    ],
  },
  {
    name: 'members that do not come back after a restart are gone after their session',
    steps: [...alone, ['restart'], ['wait 10100'], ['describe', 'group: Empty']],
  },
]

describe('a classic group', () => {
  it.each(scenarios)('$name', async ({ steps, settings }) => {
    expect(await play(steps, settings)).toEqual(steps)
  })
})
